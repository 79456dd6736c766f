//! Tables for people.

use std::io::{self, Write};

/// Space between two columns.
const GAP: usize = 2;

/// Writes rows of equal length, each column as wide as its widest cell. The first row is the heading.
pub fn write<const COLUMNS: usize>(
    out: &mut impl Write,
    rows: &[[String; COLUMNS]],
) -> io::Result<()> {
    let width = |column: usize| rows.iter().map(|row| length(&row[column])).max();
    let widths: [usize; COLUMNS] = std::array::from_fn(|column| width(column).unwrap_or(0));
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - length(cell) + GAP));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn length(cell: &str) -> usize {
    cell.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned);
        let rows = [
            row(["", "name", "state"]),
            row(["new", "Größe", "online"]),
            row(["", "x", ""]),
        ];
        let mut text = Vec::new();
        write(&mut text, &rows).expect("a vector takes all");
        let expected = "     name   state\nnew  Größe  online\n     x\n";
        assert_eq!(String::from_utf8_lossy(&text), expected);
    }
}
