//! Cells of the tables that are exported, and imported again.

/// What programs for tables take for the beginning of a formula.
const STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether a text would be a formula, or is one that was made harmless, however often.
fn starts_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(STARTS)
}

/// What somebody typed, so that no program for tables takes it for a formula.
pub fn harmless(text: &str) -> String {
    if starts_formula(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Rows of a table as RFC 4180 has them.
pub fn table_rows<Row>(rows: impl IntoIterator<Item = Row>) -> Result<Vec<u8>, csv::Error>
where
    Row: IntoIterator<Item = String>,
{
    let mut text = Vec::new();
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(&mut text);
    for row in rows {
        writer.write_record(row)?;
    }
    writer.flush().map_err(csv::Error::from)?;
    drop(writer);
    Ok(text)
}

/// Reads what [`harmless`] wrote, so that what was exported is imported as it was.
pub fn as_typed(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if starts_formula(text) => text,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_made_harmless() {
        for (text, want) in [
            ("Pump", "Pump"),
            ("'Pump'", "'Pump'"),
            ("=1+1", "'=1+1"),
            ("-5", "'-5"),
            ("'=1", "''=1"),
            ("", ""),
        ] {
            assert_eq!(harmless(text), want);
        }
    }

    proptest! {
        #[test]
        fn what_was_made_harmless_is_read_as_it_was(text in "['=+@a-]{0,4}.{0,4}") {
            let cell = harmless(&text);
            prop_assert!(!cell.starts_with(STARTS));
            prop_assert_eq!(as_typed(&cell), text);
        }
    }
}
