//! `docs/API.md`, written out from the OpenAPI document.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::Value;

/// What stands before the calls.
const HEAD: &str = "\
# The cloud's API

Written by `cargo xtask codegen` from the OpenAPI document, which every cloud serves as `/api/openapi.json`; a test holds
the two together. *Published* calls follow the published Platform API, and what of them is ours is named; *ours* are
additions. Ids are query parameters, times are milliseconds since the Unix epoch, lists come in pages (`page` from 0,
`size` 50 unless told, 1,000 at the most) as `{\"content\": [...], \"totalElements\": N}`.

Errors are `{\"error\": {\"message\", \"code\", \"attributes\"}}`: `message` is published, `code` is one of a closed set, and
`attributes` hold facts such as `field` or `retryAfter`. The sign-in endpoints answer as RFC 6749 says. Any call may be
answered with 401 (no good access token), 408, 413, 429 (with `Retry-After`: also whatever is asked, where an organization
makes more than 10,000 requests in a minute), 500, 503 (the database does not answer) or 507 (the disk is full: nothing was
changed).

Whoever is signed in may call what names no permission. Which role has which permission:

";

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// A text in one line, as a cell of a table takes it.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

fn permissions(out: &mut String) {
    use handover_wire::{Permission, Role};
    out.push_str("| permission | Admin | Staff | User |\n| --- | --- | --- | --- |\n");
    for &permission in Permission::ALL {
        let name = serde_json::to_value(permission).expect("serializes");
        let _ = write!(out, "| `{}` |", name.as_str().unwrap_or_default());
        for role in [Role::Admin, Role::Staff, Role::User] {
            let mark = if crate::domain::may(role, permission) {
                "yes"
            } else {
                ""
            };
            let _ = write!(out, " {mark} |");
        }
        out.push('\n');
    }
}

/// A schema's type in a few words.
fn kind(schema: &Value) -> String {
    if let Some(place) = schema["$ref"].as_str() {
        return place.rsplit('/').next().unwrap_or_default().to_owned();
    }
    for list in ["oneOf", "anyOf", "allOf"] {
        if let Some(all) = schema[list].as_array() {
            let kinds = all.iter().map(kind).filter(|kind| kind != "null");
            return kinds.collect::<Vec<_>>().join(" or ");
        }
    }
    match &schema["type"] {
        Value::String(one) if one == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(one) => one.clone(),
        Value::Array(all) => {
            let named = all
                .iter()
                .filter_map(Value::as_str)
                .filter(|one| *one != "null");
            named.collect::<Vec<_>>().join(" or ")
        }
        _ => "any".to_owned(),
    }
}

fn parameters(out: &mut String, operation: &Value) {
    let all = operation["parameters"].as_array();
    for parameter in all.into_iter().flatten() {
        let must = if parameter["required"] == true {
            ""
        } else {
            ", optional"
        };
        let _ = writeln!(
            out,
            "- `{}` ({} {}{must}): {}",
            text(parameter, "name"),
            text(parameter, "in"),
            kind(&parameter["schema"]),
            cell(text(parameter, "description")),
        );
    }
}

/// The fields of a schema, each with what it is.
fn fields(out: &mut String, document: &Value, schema: &Value) {
    let place = text(schema, "$ref").trim_start_matches('#').to_owned();
    let schema = document.pointer(&place).unwrap_or(schema);
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let must = required.iter().any(|one| one == name);
        let must = if must { "" } else { ", optional" };
        // A field whose type has a description of its own has its words beside that type.
        let beside = field["oneOf"].as_array().into_iter().flatten();
        let beside: String = beside.map(|one| text(one, "description")).collect();
        let words = match text(field, "description") {
            "" => beside,
            own => own.to_owned(),
        };
        let _ = writeln!(out, "- `{name}` ({}{must}): {}", kind(field), cell(&words));
    }
}

fn answers(out: &mut String, operation: &Value) {
    out.push_str("\n| answer | what it says |\n| --- | --- |\n");
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        let content = answer["content"].as_object();
        let schema = content.and_then(|content| content.values().next());
        let body = schema
            .map(|schema| kind(&schema["schema"]))
            .unwrap_or_default();
        let words = cell(text(answer, "description"));
        let words = [body, words];
        let said: Vec<_> = words
            .iter()
            .filter(|part| !part.is_empty())
            .cloned()
            .collect();
        let _ = writeln!(out, "| {status} | {} |", said.join(": "));
    }
}

fn operation(out: &mut String, document: &Value, heading: &str, operation: &Value) {
    let _ = writeln!(out, "### `{heading}`\n");
    let whose = text(operation, "x-handover");
    let who = match text(operation, "x-permission") {
        "" => "open to all".to_owned(),
        "any" => "for whoever is signed in".to_owned(),
        permission => format!("needs `{permission}`"),
    };
    let _ = writeln!(out, "*{whose}; {who}*\n");
    let _ = writeln!(out, "{}", text(operation, "summary"));
    let more = text(operation, "description");
    if !more.is_empty() {
        let _ = writeln!(out, "\n{more}");
    }
    let mut asked = String::new();
    parameters(&mut asked, operation);
    let body = operation["requestBody"]["content"].as_object();
    for content in body.into_iter().flat_map(serde_json::Map::values) {
        fields(&mut asked, document, &content["schema"]);
    }
    if !asked.is_empty() {
        let _ = write!(out, "\n{asked}");
    }
    answers(out, operation);
    out.push('\n');
}

/// The whole file.
fn api_md() -> String {
    let document = serde_json::to_value(super::openapi()).expect("serializes");
    let mut by_tag: BTreeMap<&str, Vec<(String, &Value)>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, one) in item.as_object().expect("operations") {
            let tag = one["tags"][0].as_str().unwrap_or("other");
            let heading = format!("{} {path}", method.to_uppercase());
            by_tag.entry(tag).or_default().push((heading, one));
        }
    }
    let mut out = HEAD.to_owned();
    permissions(&mut out);
    for (tag, operations) in by_tag {
        let mut letters = tag.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        let title: String = first.chain(letters).collect();
        let _ = writeln!(out, "\n## {title}\n");
        for (heading, one) in operations {
            operation(&mut out, &document, &heading, one);
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

#[test]
fn the_document_is_in_docs_api_md() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/API.md");
    if std::env::var_os("UPDATE_API_MD").is_some() {
        std::fs::write(&path, api_md()).expect("API.md can be written");
    }
    let current = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        current == api_md(),
        "docs/API.md is not what the document says: run `cargo xtask codegen`"
    );
}
