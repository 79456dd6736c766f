//! Lines of JSON: what a program says of a node.

use serde::Deserialize;
use serde_json::Value;

use crate::rules::unhex;

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What the node is called.
    pub from: String,
    /// What it said.
    pub payload: Vec<u8>,
    /// When it was measured.
    pub at: Option<i64>,
    /// What the answer is to name.
    pub number: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    from: String,
    payload: Option<Value>,
    text: Option<String>,
    hex: Option<String>,
    at: Option<i64>,
    number: Option<u64>,
}

/// Reads a line.
///
/// # Errors
/// Where it is none, in words, with the number that it has.
pub fn read(text: &str) -> Result<Line, (Option<u64>, String)> {
    let raw: Raw = serde_json::from_str(text).map_err(|error| (None, error.to_string()))?;
    let number = raw.number;
    let payload = match (raw.payload, raw.text, raw.hex) {
        (Some(json), None, None) => json.to_string().into_bytes(),
        (None, Some(text), None) => text.into_bytes(),
        (None, None, Some(hex)) => {
            let bytes = unhex(&hex);
            bytes.ok_or_else(|| (number, "`hex` has pairs of hexadecimal digits".to_owned()))?
        }
        _ => return Err((number, "one of `payload`, `text` and `hex`".to_owned())),
    };
    Ok(Line {
        from: raw.from,
        payload,
        at: raw.at,
        number,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let line = |payload: &[u8], at, number| {
            Ok(Line {
                from: "a".to_owned(),
                payload: payload.to_vec(),
                at,
                number,
            })
        };
        for (text, expected) in [
            (
                r#"{"from":"a","payload":{"V1":2}}"#,
                line(br#"{"V1":2}"#, None, None),
            ),
            (
                r#"{"from":"a","text":"2;3","at":5}"#,
                line(b"2;3", Some(5), None),
            ),
            (
                r#"{"from":"a","hex":"00 fF","number":7}"#,
                line(&[0, 255], None, Some(7)),
            ),
            (
                r#"{"from":"a","hex":"0","number":7}"#,
                Err((Some(7), "`hex` has pairs of hexadecimal digits".to_owned())),
            ),
            (
                r#"{"from":"a","hex":"00","text":"","number":8}"#,
                Err((Some(8), "one of `payload`, `text` and `hex`".to_owned())),
            ),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        for text in ["", "1", "{}", r#"{"from":"a","payload":1,"more":2}"#] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
