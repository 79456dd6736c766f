//! Lists of the Platform API, to their end.

use std::fmt::Display;
use std::io::{self, Write};

use handover_client::{Client, Method};
use handover_wire::{MAX_PAGE_SIZE, Page};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use url::form_urlencoded;

use crate::failure::Failure;
use crate::printable::printable_json;
use crate::table;

/// Hits of which a search has an order or a filter: of more, the newest.
const SORTED: usize = 1_000;

/// What a list came to.
pub struct Found<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// Whether a search finds more than the cloud counts.
    pub is_more: bool,
}

/// A target with its query. Parameters without a value are left out.
pub fn target(path: &str, parameters: &[(&str, Option<String>)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// Every row of a list, page by page.
pub async fn all<T: DeserializeOwned>(
    client: &Client,
    path: &str,
    parameters: &[(&str, Option<String>)],
) -> Result<Vec<T>, Failure> {
    Ok(found(client, path, parameters).await?.rows)
}

/// The same, and whether there are more than the cloud counts.
pub async fn found<T: DeserializeOwned>(
    client: &Client,
    path: &str,
    parameters: &[(&str, Option<String>)],
) -> Result<Found<T>, Failure> {
    let mut rows = Vec::new();
    let mut is_more = false;
    for page in 0_u32.. {
        let mut parameters = parameters.to_vec();
        parameters.push(("page", Some(page.to_string())));
        parameters.push(("size", Some(MAX_PAGE_SIZE.to_string())));
        let target = target(path, &parameters);
        let answer: Page<T> = client.organization(Method::GET, &target, None).await?;
        let is_last = answer.content.len() < MAX_PAGE_SIZE as usize;
        is_more |= answer.total_is_lower_bound;
        rows.extend(answer.content);
        if is_last {
            break;
        }
    }
    Ok(Found { rows, is_more })
}

/// Says that a search which has an order or a filter is of the newest hits alone, where there are more than those: beside the
/// rows, which programs read as ever.
pub fn tell_newest_alone<T>(found: &Found<T>, what: &str, json: bool) {
    if found.is_more && found.rows.len() <= SORTED {
        // With nobody to read it the rows are what is left to say.
        let _ = writeln!(io::stderr(), "{}", newest_alone(what, json));
    }
}

fn newest_alone(what: &str, json: bool) -> String {
    let message = format!(
        "More than 1,000 {what} have this: what is listed is of the newest 1,000 of them alone."
    );
    let next = "Search for more of it to see the others.";
    notice("newest_alone", &message, next, json)
}

/// What is to be known beside an answer, for standard error.
pub fn notice(code: &str, message: &str, next: &str, json: bool) -> String {
    match json {
        true => {
            let notice = json!({ "code": code, "message": message, "next": next });
            json!({ "notice": notice }).to_string()
        }
        false => format!("handover: {message} {next}"),
    }
}

/// Prints rows: a table for people, or one JSON object for each.
pub fn print<T: Serialize, const COLUMNS: usize>(
    rows: &[T],
    json: bool,
    headings: [&str; COLUMNS],
    cells: impl Fn(&T) -> [String; COLUMNS],
) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if json {
        return Ok(write_json(&mut out, rows)?);
    }
    let mut lines = vec![headings.map(str::to_owned)];
    lines.extend(rows.iter().map(cells));
    Ok(table::write(&mut out, &lines)?)
}

/// The same, cut to the width of the terminal that shows it: for tables whose cells may be long, which programs read as JSON.
pub fn print_fitting<T: Serialize, const COLUMNS: usize>(
    rows: &[T],
    json: bool,
    headings: [&str; COLUMNS],
    cells: impl Fn(&T) -> [String; COLUMNS],
) -> Result<(), Failure> {
    if json {
        return print(rows, json, headings, cells);
    }
    let mut lines = vec![headings.map(str::to_owned)];
    lines.extend(rows.iter().map(cells));
    if let Some((width, _)) = terminal_size::terminal_size_of(io::stdout()) {
        table::fit(&mut lines, width.0.into());
    }
    Ok(table::write(&mut io::stdout().lock(), &lines)?)
}

/// Prints what was made: its number, or all of it as a JSON object.
pub fn print_made<T: Serialize>(made: &T, id: impl Display, json: bool) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if json {
        Ok(write_json(&mut out, std::slice::from_ref(made))?)
    } else {
        Ok(writeln!(out, "{id}")?)
    }
}

/// Says what was done where that was asked for: as a JSON object, to programs. People are told nothing, as all is well.
pub fn print_done<T: Serialize>(done: &T, json: bool) -> Result<(), Failure> {
    match json {
        true => Ok(write_json(
            &mut io::stdout().lock(),
            std::slice::from_ref(done),
        )?),
        false => Ok(()),
    }
}

/// Writes one JSON object for each row.
pub fn write_json<T: Serialize>(out: &mut impl Write, rows: &[T]) -> io::Result<()> {
    for row in rows {
        let line = serde_json::to_string(row).map_err(io::Error::from)?;
        writeln!(out, "{}", printable_json(&line))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_told_to_people_and_programs() {
        let words = newest_alone("labels", false);
        assert!(
            words.starts_with("handover: More than 1,000 labels"),
            "{words}"
        );
        let line = newest_alone("labels", true);
        let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(line["notice"]["code"], "newest_alone");
    }

    #[test]
    fn targets_hold_whatever_is_typed() {
        for (parameters, want) in [
            (vec![], "users"),
            (vec![("query", None)], "users"),
            (
                vec![("query", Some("a&b=c #ü".to_owned())), ("orgId", None)],
                "users?query=a%26b%3Dc+%23%C3%BC",
            ),
        ] {
            assert_eq!(target("users", &parameters), want);
        }
    }
}
