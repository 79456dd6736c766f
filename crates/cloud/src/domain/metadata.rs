//! What is known about a device: its template's metadata fields, with its own values or their defaults.

use std::collections::BTreeMap;

use handover_wire::{MetaField, MetaFieldContent, MetaFieldValue, MetaKind};
use serde_json::Value;

use super::FieldError;
use super::table::can_be_kept;

/// Whether a text is a number, as fields that hold numbers take it.
pub fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// What a device's fields hold: those of its template in their order, and after them what it has beside those, as where it
/// came with a table or the template had the field once.
pub fn values(fields: &[MetaField], own: &BTreeMap<String, String>) -> Vec<MetaFieldValue> {
    let of_template = fields.iter().map(|field| {
        let text = own.get(&field.name).or(field.default.as_ref());
        (field.name.clone(), content(field.kind, text))
    });
    let others = own
        .iter()
        .filter(|(name, _)| fields.iter().all(|field| field.name != **name))
        .map(|(name, text)| (name.clone(), content(MetaKind::Text, Some(text))));
    (1..)
        .zip(of_template.chain(others))
        .map(|(id, (name, value))| MetaFieldValue { id, name, value })
        .collect()
}

/// A number where the field holds numbers; what came with a table may be none all the same, and is shown as it is.
fn content(kind: MetaKind, text: Option<&String>) -> MetaFieldContent {
    let text = text.map_or("", String::as_str);
    let as_number = match kind {
        MetaKind::Number => number(text),
        MetaKind::Text => None,
    };
    let value = match as_number {
        Some(number) if number.fract() == 0.0 => {
            text.parse::<i64>().map_or(number.into(), Value::from)
        }
        Some(number) => number.into(),
        None => text.into(),
    };
    let kind = match kind {
        MetaKind::Text => "Text",
        MetaKind::Number => "Number",
    };
    MetaFieldContent {
        kind: kind.to_owned(),
        value,
    }
}

/// The values of its own that a device has after a change: an empty text gives a field back to its template's default.
pub fn edited(
    fields: &[MetaField],
    own: &BTreeMap<String, String>,
    changes: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, FieldError> {
    let wrong = |must| FieldError {
        field: "metaFields",
        must,
    };
    let mut after = own.clone();
    for (name, text) in changes {
        let field = fields.iter().find(|field| field.name == *name);
        if field.is_none() && !own.contains_key(name) {
            return Err(wrong(
                "fields of the device's template, or that it has already",
            ));
        }
        let text = text.trim();
        if !can_be_kept(text) {
            return Err(wrong(
                "texts of 1,000 characters at most, without characters that cannot be seen",
            ));
        }
        let holds_numbers = field.is_some_and(|field| field.kind == MetaKind::Number);
        if text.is_empty() {
            after.remove(name);
        } else if holds_numbers && number(text).is_none() {
            return Err(wrong("numbers where the template says so"));
        } else {
            after.insert(name.clone(), text.to_owned());
        }
    }
    Ok(after)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields() -> Vec<MetaField> {
        let field = |name: &str, kind, default: Option<&str>| MetaField {
            name: name.to_owned(),
            kind,
            default: default.map(str::to_owned),
        };
        vec![
            field("Place", MetaKind::Text, Some("field")),
            field("Depth", MetaKind::Number, Some("5")),
            field("Serial", MetaKind::Text, None),
        ]
    }

    fn own(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn a_device_has_its_own_values_or_the_defaults() {
        let check = |pairs: &[(&str, &str)], want: Value| {
            let found = values(&fields(), &own(pairs));
            let short: Vec<_> = found
                .iter()
                .map(|one| json!([one.id, one.name, one.value.kind, one.value.value]))
                .collect();
            assert_eq!(Value::from(short), want);
        };
        check(
            &[],
            json!([
                [1, "Place", "Text", "field"],
                [2, "Depth", "Number", 5],
                [3, "Serial", "Text", ""]
            ]),
        );
        check(
            &[("Depth", "2.5"), ("Board", "B"), ("Serial", "7")],
            json!([
                [1, "Place", "Text", "field"],
                [2, "Depth", "Number", 2.5],
                [3, "Serial", "Text", "7"],
                [4, "Board", "Text", "B"]
            ]),
        );
        check(
            &[("Depth", "deep")],
            json!([
                [1, "Place", "Text", "field"],
                [2, "Depth", "Number", "deep"],
                [3, "Serial", "Text", ""]
            ]),
        );
    }

    #[test]
    fn values_are_edited_where_there_is_a_field() {
        let before = own(&[("Board", "B"), ("Place", "shed")]);
        let long = "x".repeat(1_001);
        for (changes, want) in [
            (
                own(&[("Place", " barn ")]),
                Some(own(&[("Board", "B"), ("Place", "barn")])),
            ),
            (own(&[("Place", "")]), Some(own(&[("Board", "B")]))),
            (
                own(&[("Board", "C")]),
                Some(own(&[("Board", "C"), ("Place", "shed")])),
            ),
            (
                own(&[("Depth", "-2.5")]),
                Some(own(&[("Board", "B"), ("Depth", "-2.5"), ("Place", "shed")])),
            ),
            (own(&[("Depth", "deep")]), None),
            (own(&[("Depth", "inf")]), None),
            (own(&[("place", "barn")]), None),
            (own(&[("Place", &long)]), None),
            (own(&[("Place", "a\u{7}")]), None),
            (own(&[("Serial", "WX\u{200b}-ABC")]), None),
            (own(&[("Serial", "WX\u{202e}CBA")]), None),
        ] {
            assert_eq!(
                edited(&fields(), &before, &changes).ok(),
                want,
                "{changes:?}"
            );
        }
    }
}
