//! HCL, as much as a Terraform file needs: values inside `jsonencode(…)`, and texts.

use std::fmt::Write;

use super::node::{Node, is_special, one_line};

/// A value as an expression, whose first line goes on at the place where it is put.
pub fn expression(node: &Node, indent: usize) -> String {
    let mut text = String::new();
    write(&mut text, node, indent);
    text
}

/// Writes comment lines.
pub fn comment(text: &mut String, indent: usize, lines: &[String]) {
    for line in lines {
        let _ = writeln!(text, "{:indent$}# {}", "", one_line(line));
    }
}

fn write(text: &mut String, node: &Node, indent: usize) {
    let inner = indent + 2;
    match node {
        Node::Text(value) => text.push_str(&quoted(value)),
        Node::Number(value) => {
            let _ = write!(text, "{value}");
        }
        Node::List(items) if items.is_empty() => text.push_str("[]"),
        Node::List(items) => {
            text.push_str("[\n");
            for item in items {
                comment(text, inner, &item.comments);
                let _ = write!(text, "{:inner$}", "");
                write(text, &item.value, inner);
                text.push_str(",\n");
            }
            let _ = write!(text, "{:indent$}]", "");
        }
        Node::Object(fields) if fields.is_empty() => text.push_str("{}"),
        Node::Object(fields) => {
            text.push_str("{\n");
            for (name, value) in fields {
                let _ = write!(text, "{:inner$}{} = ", "", key(name));
                write(text, value, inner);
                text.push('\n');
            }
            let _ = write!(text, "{:indent$}}}", "");
        }
    }
}

fn key(name: &str) -> String {
    if name.chars().all(|c| c.is_ascii_alphabetic()) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// A text in which nothing is a template.
pub fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    let mut characters = value.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' | '\\' => {
                text.push('\\');
                text.push(c);
            }
            '$' | '%' if characters.peek() == Some(&'{') => {
                text.push(c);
                text.push(c);
            }
            c if is_special(c) => {
                let _ = write!(text, "\\u{:04X}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::super::node::Item;
    use super::*;

    #[test]
    fn nothing_in_a_text_is_a_template() {
        assert_eq!(
            quoted("${a} %{b} $c \"\\\n"),
            r#""$${a} %%{b} $c \"\\\u000A""#
        );
    }

    #[test]
    fn a_tree_is_an_expression() {
        let tree = Node::object([
            ("A", Node::Number(1)),
            (
                "sts:Key",
                Node::List(vec![Item {
                    comments: vec!["why".to_owned()],
                    value: Node::object([("B", Node::texts(["x"]))]),
                }]),
            ),
            ("C", Node::List(vec![])),
        ]);
        assert_eq!(
            expression(&tree, 0),
            "\
{
  A = 1
  \"sts:Key\" = [
    # why
    {
      B = [
        \"x\",
      ]
    },
  ]
  C = []
}"
        );
    }
}
