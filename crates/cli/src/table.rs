//! Tables for people.

use std::io::{self, Write};

/// Space between two columns.
const GAP: usize = 2;

/// Writes rows of equal length, each column as wide as its widest cell. The first row is the heading.
pub fn write<R: AsRef<[String]>>(out: &mut impl Write, rows: &[R]) -> io::Result<()> {
    let rows = rows.iter().map(R::as_ref);
    let mut widths = Vec::new();
    for row in rows.clone() {
        widths.resize(row.len(), 0);
        for (cell, width) in row.iter().zip(&mut widths) {
            *width = length(cell).max(*width);
        }
    }
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - length(cell) + GAP));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Narrows the widest columns until a row fits into so many characters, and cuts their cells. No column gets narrower than its
/// heading, so that very narrow terminals wrap.
pub fn fit<const COLUMNS: usize>(rows: &mut [[String; COLUMNS]], most: usize) {
    let width = |column: usize| rows.iter().map(|row| length(&row[column])).max();
    let mut widths: [usize; COLUMNS] = std::array::from_fn(|column| width(column).unwrap_or(0));
    let least = rows
        .first()
        .map(|row| row.each_ref().map(|cell| length(cell)));
    let Some(least) = least else {
        return;
    };
    let gaps = GAP * COLUMNS.saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > most {
        let wide = (0..COLUMNS).filter(|&column| widths[column] > least[column]);
        let Some(widest) = wide.max_by_key(|&column| widths[column]) else {
            break;
        };
        widths[widest] -= 1;
    }
    for row in rows {
        for (cell, width) in row.iter_mut().zip(widths) {
            if length(cell) > width {
                *cell = cell.chars().take(width.saturating_sub(1)).collect();
                cell.push('…');
            }
        }
    }
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

    #[test]
    fn rows_fit_into_a_terminal() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned);
        let numbers = "1, 3, 5, 7, 9, 11, 13, 15, 17, 19";
        let table = || {
            [
                row(["ID", "WHO", "DETAIL"]),
                row(["1", "Ada Marsh", numbers]),
            ]
        };
        for (most, detail) in [
            (100, numbers),
            (30, "1, 3, 5, 7, 9,…"),
            (24, "1, 3, 5,…"),
            (1, "1, 3,…"),
        ] {
            let mut rows = table();
            fit(&mut rows, most);
            assert_eq!(rows[1][2], detail, "{most}");
            assert_eq!(rows[0], row(["ID", "WHO", "DETAIL"]));
        }
    }
}
