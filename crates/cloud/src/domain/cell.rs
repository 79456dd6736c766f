//! Cells of the tables that are exported, and imported again.

/// What programs for tables take for the beginning of a formula, some of them in East Asian width, too.
const STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// What a program for tables may take for the end of a cell: our separator is the comma, which quotes keep within a cell, but
/// those that expect another one do not see those quotes, as they stand in the middle of theirs.
const ENDS: [char; 4] = [';', '\t', '\n', '\r'];

/// Whether a text would be a formula, or is one that was made harmless, however often. Spaces and quotes before it may be
/// left out by what reads it.
fn starts_formula(text: &str) -> bool {
    text.trim_start_matches(['\'', '"', ' '])
        .starts_with(STARTS)
}

/// What somebody typed, so that no program for tables takes it for a formula, nor a part of it, whichever separator it expects.
pub fn harmless(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    for part in text.split_inclusive(ENDS) {
        if starts_formula(part) {
            whole.push('\'');
        }
        whole.push_str(part);
    }
    whole
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
pub fn as_typed(cell: &str) -> String {
    let parts = cell.split_inclusive(ENDS);
    parts
        .map(|part| match part.strip_prefix('\'') {
            Some(text) if starts_formula(text) => text,
            _ => part,
        })
        .collect()
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
            ("a;b", "a;b"),
            ("a;=1+1;b", "a;'=1+1;b"),
            ("a; \"=1", "a;' \"=1"),
            ("=1;-2", "'=1;'-2"),
            ("a\n@x", "a\n'@x"),
            (" =1", "' =1"),
        ] {
            assert_eq!(harmless(text), want);
        }
    }

    proptest! {
        #[test]
        fn what_was_made_harmless_is_read_as_it_was(text in "['=+@a;\"\t\r\n -]{0,9}.{0,4}") {
            let cell = harmless(&text);
            prop_assert!(!cell.split(ENDS).any(|part| part.starts_with(STARTS)), "{cell:?}");
            prop_assert_eq!(as_typed(&cell), text);
        }
    }
}
