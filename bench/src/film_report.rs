//! Tables about films.

use crate::films::{FilmResult, FirstRead};
use crate::peers::{OURS, YARDSTICK};
use crate::stats::{Times, ratio};
use crate::table::{Table, number};

/// What one decoder did with all films.
struct Total {
    decoder: &'static str,
    read: usize,
    wrong: usize,
    ms: Vec<f64>,
}

impl Total {
    fn of(decoder: &'static str, films: &[FilmResult]) -> Self {
        let all = films.iter().flat_map(|film| &film.decoders);
        let of: Vec<&FirstRead> = all.filter(|first| first.decoder == decoder).collect();
        Self {
            decoder,
            read: of.iter().filter(|first| first.frame.is_some()).count(),
            wrong: of.iter().map(|first| first.wrong).sum(),
            ms: of
                .iter()
                .flat_map(|first| first.ms.iter().copied())
                .collect(),
        }
    }

    fn sum(&self) -> f64 {
        self.ms.iter().sum()
    }

    /// Median, mean, 95th percentile and longest of the frames.
    fn times(&self) -> [String; 4] {
        let times = Times::of(self.ms.iter().copied()).unwrap_or_default();
        [times.median, times.mean, times.p95, times.max].map(number)
    }
}

/// How soon each film of a label was read, and at what cost.
pub fn films(films: &[FilmResult]) -> String {
    let names = names(films);
    if names.is_empty() {
        return String::new();
    }
    let mut table = Table::new(["film"].iter().chain(&names));
    for film in films {
        let cells = film.decoders.iter().map(cell);
        table.row([film.name.clone()].into_iter().chain(cells));
    }
    let mut totals = Table::new([
        "decoder",
        "films read",
        "wrong",
        "frames looked at",
        "ms in all",
        "median ms",
        "mean ms",
        "95 % ms",
        "max ms",
        "frames / zxing-cpp",
        "ms / zxing-cpp",
    ]);
    let yardstick = Total::of(YARDSTICK, films);
    for name in names {
        let total = Total::of(name, films);
        let counts = [total.read, total.wrong, total.ms.len()].map(|count| count.to_string());
        let ratios = [
            ratio(total.ms.len() as f64, yardstick.ms.len() as f64),
            ratio(total.sum(), yardstick.sum()),
        ];
        let cells = [total.decoder.to_owned()].into_iter().chain(counts);
        let cells = cells.chain([number(total.sum())]).chain(total.times());
        totals.row(cells.chain(ratios.map(number)));
    }
    format!(
        "Films: number of the first frame that is read (processor time until then)\n\n{table}\n{} films\n\n{totals}\n",
        films.len()
    )
}

fn cell(first: &FirstRead) -> String {
    let ms = number(first.ms.iter().sum());
    match first.frame {
        Some(frame) => format!("{frame} ({ms} ms)"),
        None => format!("never ({ms} ms)"),
    }
}

/// What a frame without a code costs.
pub fn empty_films(films: &[FilmResult]) -> String {
    let names = names(films);
    if names.is_empty() {
        return String::new();
    }
    let mut table = Table::new(["film"].iter().chain(&names).chain(&["mean / zxing-cpp"]));
    for film in films {
        let mean = |first: &FirstRead| {
            let times = Times::of(first.ms.iter().copied()).unwrap_or_default();
            format!("{} (95 %: {})", number(times.mean), number(times.p95))
        };
        let cells = film.decoders.iter().map(mean);
        let this = std::slice::from_ref(film);
        let over = ratio(
            Total::of(OURS, this).sum(),
            Total::of(YARDSTICK, this).sum(),
        );
        let cells = cells.chain([number(over)]);
        table.row([film.name.clone()].into_iter().chain(cells));
    }
    let mut totals = Table::new([
        "decoder",
        "frames",
        "read",
        "median ms",
        "mean ms",
        "95 % ms",
        "max ms",
        "mean / zxing-cpp",
    ]);
    let yardstick = Total::of(YARDSTICK, films);
    for name in names {
        let total = Total::of(name, films);
        let counts = [total.ms.len(), total.wrong].map(|count| count.to_string());
        let cells = [total.decoder.to_owned()].into_iter().chain(counts);
        let over = number(ratio(total.sum(), yardstick.sum()));
        totals.row(cells.chain(total.times()).chain([over]));
    }
    format!("Films without a label: mean processor time of a frame in ms\n\n{table}\n{totals}\n")
}

fn names(films: &[FilmResult]) -> Vec<&'static str> {
    let first = films.first().map_or(&[][..], |film| &film.decoders[..]);
    first.iter().map(|first| first.decoder).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film(rows: [(&'static str, Option<usize>, &[f64]); 2]) -> FilmResult {
        let first = |(decoder, frame, ms): (_, _, &[f64])| FirstRead {
            decoder,
            frame,
            ms: ms.to_vec(),
            wrong: 0,
        };
        FilmResult {
            name: "x".into(),
            shown: 3,
            decoders: rows.map(first).to_vec(),
        }
    }

    #[test]
    fn ratios_are_of_sums() {
        let shown = [film([
            (OURS, Some(1), &[2.0]),
            (YARDSTICK, None, &[4.0, 4.0]),
        ])];
        let text = films(&shown);
        assert!(text.contains("1 (2.00 ms)"), "{text}");
        assert!(text.contains("never (8.00 ms)"), "{text}");
        assert!(text.contains("0.50 |           0.25 |"), "{text}");
        let text = empty_films(&shown);
        assert_eq!(
            text.matches("0.25 |").count(),
            2,
            "the film's own and all films': {text}"
        );
        assert_eq!(films(&[]), "");
    }
}
