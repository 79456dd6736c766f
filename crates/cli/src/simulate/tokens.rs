//! The auth tokens of a fleet, from whatever file has them.

use std::fs;
use std::io;
use std::path::Path;

use handover_device::AuthToken;
use serde::Deserialize;

use crate::failure::Failure;

/// The column of exports that has them.
const COLUMN: &str = "Auth Token";

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
pub fn read(path: &Path) -> Result<Vec<AuthToken>, Failure> {
    let failed = |why: String| Failure::file(path)(io::Error::other(why));
    let text = fs::read_to_string(path).map_err(Failure::file(path))?;
    let found = found(&text).map_err(failed)?;
    if found.is_empty() {
        return Err(failed("it has no auth token".to_owned()));
    }
    let parsed = found.iter().enumerate().map(|(index, token)| {
        // What is no token may be another secret, so it is not repeated.
        AuthToken::new(token)
            .map_err(|_| failed(format!("its token {} is no auth token", index + 1)))
    });
    parsed.collect()
}

fn found(text: &str) -> Result<Vec<String>, String> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        let demo: Demo =
            serde_json::from_str(text).map_err(|error| format!("it is no demo.json: {error}"))?;
        return Ok(demo
            .tokens
            .into_iter()
            .map(|token| token.auth_token)
            .collect());
    }
    let first = text.lines().next().unwrap_or_default();
    if !first.contains(COLUMN) {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        return Ok(lines.map(str::to_owned).collect());
    }
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let headers = table.headers().map_err(|error| error.to_string())?;
    let column = headers.iter().position(|name| name == COLUMN);
    let column = column.ok_or_else(|| format!("it has no column \"{COLUMN}\""))?;
    let rows = table.records().map(|row| {
        let row = row.map_err(|error| error.to_string())?;
        Ok(row.get(column).unwrap_or_default().to_owned())
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_has_them() {
        for (text, want) in [
            ("a\n\n  b \n", Ok(vec!["a", "b"])),
            (
                "Device Name,Auth Token\n\"A, B\",t1\nC,t2\n",
                Ok(vec!["t1", "t2"]),
            ),
            ("\u{feff}Auth Token\nt1\n", Ok(vec!["t1"])),
            (
                r#"{"tokens": [{"authToken": "t1", "more": 1}]}"#,
                Ok(vec!["t1"]),
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
            let want =
                want.map(|tokens: Vec<&str>| tokens.into_iter().map(str::to_owned).collect());
            assert_eq!(found(text), want.map_err(str::to_owned), "{text}");
        }
    }
}
