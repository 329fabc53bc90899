//! The JSON Schema of the rules file, for editors.
//!
//! It takes every file that the reading takes, and refuses what can be told without looking at several
//! places at once: names, kinds, forms and limits, and that a rule has one outcome.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::base_source::SOURCES;
use super::grammar::FileText;
use super::pattern;
use super::versions::known_versions;

/// The schema of a rules file, in draft 7 of JSON Schema, which all editors know.
pub fn json_schema() -> Value {
    let mut schema = SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<FileText<'_>>()
        .to_value();
    without_nulls(&mut schema);
    let required = [
        ("", json!(["version", "rules", "otherwise"])),
        ("/definitions/Rule", json!(["name"])),
        ("/definitions/Base", json!(["source"])),
    ];
    for (at, names) in required {
        insert(&mut schema, at, "required", names);
    }
    insert(&mut schema, "/definitions/Rule", "oneOf", one_outcome());
    insert(
        &mut schema,
        "/definitions/Base",
        "if",
        json!({"properties": {"source": {"const": "properties"}}}),
    );
    insert(
        &mut schema,
        "/definitions/Base",
        "then",
        json!({"required": ["file"]}),
    );
    insert(
        &mut schema,
        "/definitions/Base",
        "else",
        json!({"properties": {"file": false}}),
    );
    schema
}

fn insert(schema: &mut Value, at: &str, name: &str, value: Value) {
    if let Some(Value::Object(object)) = schema.pointer_mut(at) {
        object.insert(name.to_owned(), value);
    }
}

/// Defaults of fields that may be left out, which none may be written as, and formats of Rust's.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for name in ["default", "format"] {
                if object.get(name).is_some_and(Value::is_null) {
                    object.remove(name);
                }
            }
            object.values_mut().for_each(without_nulls);
        }
        Value::Array(values) => values.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

fn one_outcome() -> Value {
    json!([
        {"required": ["role"], "properties": {"use": false, "deny": false}},
        {
            "required": ["use"],
            "properties": {"role": false, "deny": false, "session": false, "base": false}
        },
        {
            "required": ["deny"],
            "properties": {"role": false, "use": false, "session": false, "base": false}
        }
    ])
}

/// Names what a field holds, whose Rust type says less than can be said.
macro_rules! forms {
    ($($name:ident: $schema:expr;)+) => {
        $(
            pub(super) struct $name;

            impl JsonSchema for $name {
                fn inline_schema() -> bool {
                    true
                }

                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    $schema
                }
            }
        )+
    };
}

forms! {
    Version: json_schema!({
        "type": "integer",
        "minimum": *known_versions().start(),
        "maximum": *known_versions().end()
    });
    Otherwise: json_schema!({"enum": ["deny", "base"]});
    Use: json_schema!({"const": "base"});
    Names: json_schema!({
        "type": "array",
        "minItems": 1,
        "items": {"type": "string", "minLength": 1}
    });
    Expressions: json_schema!({
        "type": "array",
        "minItems": 1,
        "items": {"type": "string", "minLength": 1, "maxLength": pattern::LONGEST}
    });
    Prefixes: json_schema!({
        "type": "array",
        "minItems": 1,
        "items": {"type": "string", "pattern": "^s3[an]?://[^/*]"}
    });
    Conf: json_schema!({
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"minLength": 1},
        "additionalProperties": {
            "type": "array",
            "minItems": 1,
            "items": {"type": "string"}
        }
    });
    Role: json_schema!({
        "type": "string",
        "pattern": "^arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]+$"
    });
    SessionName: json_schema!({
        "type": "string",
        "minLength": 2,
        "pattern": r"^([A-Za-z0-9_+=,.@-]|\$\{[^}]+\})+$"
    });
    ExternalId: json_schema!({
        "type": "string",
        "minLength": 2,
        "pattern": r"^([A-Za-z0-9_+=,.@:/-]|\$\{[^}]+\})+$"
    });
    Tags: json_schema!({
        "type": "object",
        "maxProperties": 50,
        "propertyNames": {"minLength": 1, "maxLength": 128},
        "additionalProperties": {"type": "string"}
    });
    TagKeys: json_schema!({
        "type": "array",
        "maxItems": 50,
        "uniqueItems": true,
        "items": {"type": "string", "minLength": 1, "maxLength": 128}
    });
    Policy: json_schema!({"type": "object", "required": ["Statement"]});
    PolicyArns: json_schema!({
        "type": "array",
        "maxItems": 10,
        "items": {
            "type": "string",
            "pattern": "^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[!-~]+$"
        }
    });
    Region: json_schema!({"type": "string", "pattern": "^[a-z0-9-]{1,32}$"});
    Endpoint: json_schema!({"type": "string", "pattern": "^(https?://)?[!-~]+$"});
    Source: json_schema!({"enum": SOURCES});
    AbsolutePath: json_schema!({"type": "string", "pattern": "^/"});
}
