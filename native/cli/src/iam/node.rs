//! A tree that is written as JSON, YAML or HCL, with its fields in the order in which they are read.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// A value of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Text(String),
    Number(u64),
    List(Vec<Item>),
    Object(Vec<(String, Node)>),
}

/// A value of a list, with what stands above it where the format has comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub comments: Vec<String>,
    pub value: Node,
}

impl Node {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An object of fields in their order.
    pub fn object<const N: usize>(fields: [(&str, Self); N]) -> Self {
        Self::Object(
            fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// A list without comments.
    pub fn list(values: impl IntoIterator<Item = Self>) -> Self {
        Self::List(values.into_iter().map(Item::from).collect())
    }

    /// A list of texts.
    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::list(texts.into_iter().map(Self::text))
    }
}

impl From<Node> for Item {
    fn from(value: Node) -> Self {
        Self {
            comments: vec![],
            value,
        }
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::List(items) => serializer.collect_seq(items.iter().map(|item| &item.value)),
            Self::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// What breaks a line or can't be seen, in some format or other.
pub fn is_special(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// A comment on one line.
pub fn one_line(comment: &str) -> String {
    comment
        .chars()
        .map(|c| if is_special(c) { ' ' } else { c })
        .collect()
}
