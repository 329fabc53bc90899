//! YAML, as much as a CloudFormation template needs: blocks, and texts in double quotes.

use std::fmt::Write;

use super::node::{Node, is_special, one_line};

/// Writes a tree; it ends with a line break.
pub fn write(node: &Node) -> String {
    let mut text = String::new();
    block(&mut text, node, 0);
    text
}

/// Writes comment lines.
pub fn comment(text: &mut String, indent: usize, lines: &[String]) {
    for line in lines {
        let _ = writeln!(text, "{:indent$}# {}", "", one_line(line));
    }
}

fn block(text: &mut String, node: &Node, indent: usize) {
    match node {
        Node::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let _ = write!(text, "{:indent$}{}:", "", key(name));
                after_key(text, value, indent);
            }
        }
        Node::List(items) if !items.is_empty() => {
            for item in items {
                comment(text, indent, &item.comments);
                let _ = write!(text, "{:indent$}-", "");
                match &item.value {
                    Node::Object(fields) if !fields.is_empty() => {
                        // The first field stands behind the dash, the others below it.
                        let mut inner = String::new();
                        block(&mut inner, &item.value, indent + 2);
                        text.push(' ');
                        text.push_str(inner.trim_start());
                    }
                    Node::List(items) if !items.is_empty() => {
                        text.push('\n');
                        block(text, &item.value, indent + 2);
                    }
                    value => flat(text, value),
                }
            }
        }
        value => flat(text, value),
    }
}

fn after_key(text: &mut String, value: &Node, indent: usize) {
    match value {
        Node::Object(fields) if !fields.is_empty() => {
            text.push('\n');
            block(text, value, indent + 2);
        }
        Node::List(items) if !items.is_empty() => {
            text.push('\n');
            block(text, value, indent + 2);
        }
        value => flat(text, value),
    }
}

fn flat(text: &mut String, value: &Node) {
    let _ = match value {
        Node::Text(value) => writeln!(text, " {}", quoted(value)),
        Node::Number(value) => writeln!(text, " {value}"),
        Node::List(_) => writeln!(text, " []"),
        Node::Object(_) => writeln!(text, " {{}}"),
    };
}

fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !name.ends_with(':')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == ':');
    if plain { name.to_owned() } else { quoted(name) }
}

fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => {
                text.push('\\');
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
    fn a_tree_is_written_in_blocks() {
        let tree = Node::object([
            ("A", Node::text("x: \"y\"\\\n#")),
            ("Fn::Equals", Node::texts(["1", "2"])),
            (
                "sts:Key",
                Node::List(vec![
                    Item {
                        comments: vec!["why\nso".to_owned()],
                        value: Node::object([
                            ("B", Node::Number(1)),
                            ("C", Node::object([("D", Node::List(vec![]))])),
                        ]),
                    },
                    Node::list([Node::text("in")]).into(),
                ]),
            ),
        ]);
        assert_eq!(
            write(&tree),
            "\
A: \"x: \\\"y\\\"\\\\\\u000A#\"
Fn::Equals:
  - \"1\"
  - \"2\"
sts:Key:
  # why so
  - B: 1
    C:
      D: []
  -
    - \"in\"
"
        );
    }
}
