//! Tables of plain text.

use std::fmt;

/// Rows of cells: the first column stands left, the others right. Prints as Markdown, which is readable as it is.
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub fn new<T: ToString>(head: impl IntoIterator<Item = T>) -> Self {
        Self {
            head: head.into_iter().map(|cell| cell.to_string()).collect(),
            rows: Vec::new(),
        }
    }

    /// One more row. Cells that are missing are empty.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut cells: Vec<String> = cells.into_iter().collect();
        cells.resize(self.head.len(), String::new());
        self.rows.push(cells);
    }

    fn widths(&self) -> Vec<usize> {
        let width = |column: usize| {
            let cells = self.rows.iter().chain([&self.head]);
            cells.map(|row| row[column].chars().count()).max()
        };
        (0..self.head.len()).filter_map(width).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = self.widths();
        let line = |f: &mut fmt::Formatter<'_>, row: &[String]| {
            for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
                match column {
                    0 => write!(f, "| {cell:<width$} ")?,
                    _ => write!(f, "| {cell:>width$} ")?,
                }
            }
            writeln!(f, "|")
        };
        line(f, &self.head)?;
        for (column, width) in widths.iter().enumerate() {
            let end = if column == 0 { '-' } else { ':' };
            write!(f, "|{}{end}", "-".repeat(width + 1))?;
        }
        writeln!(f, "|")?;
        self.rows.iter().try_for_each(|row| line(f, row))
    }
}

/// Milliseconds, or a ratio: three digits that say something.
pub fn number(value: f64) -> String {
    match value {
        _ if value.is_nan() => "–".into(),
        _ if value < 10.0 => format!("{value:.2}"),
        _ if value < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// A part of a whole, in percent.
pub fn percent(part: f64) -> String {
    if part.is_nan() {
        "–".into()
    } else {
        format!("{:.1} %", part * 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other() {
        let mut table = Table::new(["decoder", "ms"]);
        table.row(["für".into(), "1.50".into()]);
        table.row(["x".into()]);
        let expected = "\
            | decoder |   ms |\n\
            |---------|-----:|\n\
            | für     | 1.50 |\n\
            | x       |      |\n";
        assert_eq!(table.to_string(), expected);
    }

    #[test]
    fn numbers_have_three_digits() {
        let check = |value, expected: &str| assert_eq!(number(value), expected);
        check(0.0, "0.00");
        check(1.234, "1.23");
        check(12.34, "12.3");
        check(1234.5, "1234");
        check(f64::NAN, "–");
        assert_eq!(percent(0.725), "72.5 %");
    }
}
