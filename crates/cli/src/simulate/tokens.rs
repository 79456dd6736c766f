//! The auth tokens of a fleet, from whatever file has them.

use std::fs;
use std::io;
use std::path::Path;

use handover_device::AuthToken;
use handover_wire::DeviceId;
use serde::Deserialize;

use crate::failure::Failure;

/// The column of exports that has them.
const COLUMN: &str = "Auth Token";
/// The column of exports of devices that has their numbers.
const ID: &str = "Device ID";

/// A device of a fleet.
pub struct Known {
    /// Its auth token.
    pub token: AuthToken,
    /// Its number, where the file says it.
    pub id: Option<DeviceId>,
}

/// As far as it matters here, a demo's file.
#[derive(Deserialize)]
struct Demo {
    tokens: Vec<DemoToken>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DemoToken {
    auth_token: String,
}

/// Reads them.
pub fn read(path: &Path) -> Result<Vec<Known>, Failure> {
    let failed = |why: String| Failure::file(path)(io::Error::other(why));
    let text = fs::read_to_string(path).map_err(Failure::file(path))?;
    let found = found(&text).map_err(failed)?;
    if found.is_empty() {
        return Err(failed("it has no auth token".to_owned()));
    }
    let parsed = found.iter().enumerate().map(|(index, (token, id))| {
        // What is no token may be another secret, so it is not repeated.
        let token = AuthToken::new(token)
            .map_err(|_| failed(format!("its token {} is no auth token", index + 1)))?;
        Ok(Known { token, id: *id })
    });
    parsed.collect()
}

/// Tokens, with the numbers of their devices where the file has those.
type Found = Vec<(String, Option<DeviceId>)>;

fn alone(tokens: impl Iterator<Item = String>) -> Found {
    tokens.map(|token| (token, None)).collect()
}

fn found(text: &str) -> Result<Found, String> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        let demo: Demo =
            serde_json::from_str(text).map_err(|error| format!("it is no demo.json: {error}"))?;
        let tokens = demo.tokens.into_iter();
        return Ok(alone(tokens.map(|token| token.auth_token)));
    }
    let first = text.lines().next().unwrap_or_default();
    if !first.contains(COLUMN) {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        return Ok(alone(lines.map(str::to_owned)));
    }
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let headers = table.headers().map_err(|error| error.to_string())?;
    let column = headers.iter().position(|name| name == COLUMN);
    let column = column.ok_or_else(|| format!("it has no column \"{COLUMN}\""))?;
    let id = headers.iter().position(|name| name == ID);
    let rows = table.records().map(|row| {
        let row = row.map_err(|error| error.to_string())?;
        let id = id.and_then(|id| row.get(id)?.parse().ok());
        let token = row.get(column).unwrap_or_default();
        Ok((token.to_owned(), id.map(DeviceId)))
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_has_them() {
        for (text, want) in [
            ("a\n\n  b \n", Ok(vec![("a", None), ("b", None)])),
            (
                "Device Name,Auth Token\n\"A, B\",t1\nC,t2\n",
                Ok(vec![("t1", None), ("t2", None)]),
            ),
            (
                "Device ID,Name,Auth Token\n7,A,t1\n",
                Ok(vec![("t1", Some(7))]),
            ),
            ("\u{feff}Auth Token\nt1\n", Ok(vec![("t1", None)])),
            (
                r#"{"tokens": [{"authToken": "t1", "more": 1}]}"#,
                Ok(vec![("t1", None)]),
            ),
            (
                "{}",
                Err("it is no demo.json: missing field `tokens` at line 1 column 2"),
            ),
            (
                "My Auth Token,x\n1,2\n",
                Err("it has no column \"Auth Token\""),
            ),
            ("", Ok(vec![])),
        ] {
            let owned = |(token, id): (&str, Option<i64>)| (token.to_owned(), id.map(DeviceId));
            let want = want.map(|all: Vec<_>| all.into_iter().map(owned).collect());
            assert_eq!(found(text), want.map_err(str::to_owned), "{text}");
        }
    }
}
