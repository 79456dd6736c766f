//! Everything that was measured, as text and as JSON.

use std::fs;
use std::path::Path;

use serde::Serialize;

use crate::cartons::{CartonResult, Counted};
use crate::film_report;
use crate::films::FilmResult;
use crate::judge::Verdict;
use crate::list;
use crate::native::Native;
use crate::options::Failure;
use crate::peers::{OURS, YARDSTICK};
use crate::photos::Part;
use crate::stats::Times;
use crate::summary::{Figures, Group, MANY, WITH, WITHOUT};
use crate::table::{Table, number, percent};

/// Everything that was measured.
#[derive(Default, Serialize)]
pub struct Report {
    /// Photographs, by size.
    pub photos: Vec<Part>,
    /// Films of a label.
    pub films: Vec<FilmResult>,
    /// Films without one.
    pub empty_films: Vec<FilmResult>,
    /// Pictures of many labels.
    pub cartons: Vec<CartonResult>,
    /// Generated labels of every symbology, one in each picture.
    pub symbols: Vec<CartonResult>,
}

impl Report {
    /// The tables. `with_list`: with a row for each photograph.
    pub fn text(&self, with_list: bool) -> String {
        let mut text = String::new();
        for part in &self.photos {
            text += &part_text(part, with_list);
        }
        text += &film_report::films(&self.films);
        text += &film_report::empty_films(&self.empty_films);
        text += &cartons_text("Many labels at once", &self.cartons);
        text += &cartons_text("Generated symbols", &self.symbols);
        text
    }
}

/// Writes everything that was measured to a file.
pub fn write(measured: &impl Serialize, path: &Path) -> Result<(), Failure> {
    let mut json = serde_json::to_string_pretty(measured).expect("figures and texts serialize");
    json.push('\n');
    fs::write(path, json).map_err(|error| Failure::File {
        path: path.to_owned(),
        error,
    })
}

fn part_text(part: &Part, with_list: bool) -> String {
    let mut text = String::new();
    if with_list {
        text += &list::pictures(part);
    }
    let is_total = |group: &&Group| [WITH, WITHOUT, MANY].contains(&group.name.as_str());
    let (totals, sets): (Vec<_>, Vec<_>) = part.groups.iter().partition(is_total);
    for group in totals {
        text += &group_text(part.title, group);
    }
    text += &by_set(part.title, "read", &sets, |figures, _| {
        figures.read.to_string()
    });
    text += &by_set(part.title, "median ms", &sets, |figures, _| {
        number(figures.ms.median)
    });
    if let Some(native) = &part.native {
        text += &native_text(part.title, native);
    }
    text += &list::texts(part, Verdict::Wrong, "Wrong texts");
    if with_list {
        text += &list::texts(part, Verdict::Garbled, "Texts in the wrong character set");
        text += &list::texts(part, Verdict::Unconfirmed, "Unconfirmed texts");
    }
    text += &list::difference(part);
    text
}

fn group_text(title: &str, group: &Group) -> String {
    let mut table = Table::new([
        "decoder",
        "read",
        "wrong",
        "unconfirmed",
        "garbled",
        "panics",
        "codes",
        "in marks",
        "median ms",
        "mean ms",
        "95 % ms",
        "max ms",
    ]);
    for figures in &group.decoders {
        let counts = [
            figures.read,
            figures.wrong,
            figures.unconfirmed,
            figures.garbled,
            figures.panics,
            figures.codes,
            figures.found,
        ];
        let counts = counts.map(|count| count.to_string());
        let cells = counts.into_iter().chain(times(figures.ms));
        table.row([figures.decoder.to_owned()].into_iter().chain(cells));
    }
    if let Some(over) = group.ours_over_zxing_cpp {
        let blank = [(); 7].map(|()| String::new());
        let cells = blank.into_iter().chain(times(over));
        table.row([format!("{OURS} / {YARDSTICK}")].into_iter().chain(cells));
    }
    format!(
        "{title}, {}: {} pictures, {} marked codes; {} read by any peer, {} by anybody\n\n{table}\n",
        group.name, group.pictures, group.marked, group.read_by_any_peer, group.read_by_anybody
    )
}

fn times(times: Times) -> [String; 4] {
    [times.median, times.mean, times.p95, times.max].map(number)
}

fn by_set(
    title: &str,
    what: &str,
    sets: &[&Group],
    cell: impl Fn(&Figures, &Group) -> String,
) -> String {
    let Some(first) = sets.first() else {
        return String::new();
    };
    let names = first.decoders.iter().map(|figures| figures.decoder);
    let mut table = Table::new(
        ["set", "pictures"]
            .into_iter()
            .chain(names)
            .chain(["any peer"]),
    );
    for group in sets {
        let cells = group.decoders.iter().map(|figures| cell(figures, group));
        let any_peer = (what == "read").then(|| group.read_by_any_peer.to_string());
        let name = [group.name.clone(), group.pictures.to_string()];
        table.row(name.into_iter().chain(cells).chain(any_peer));
    }
    format!("{title}, by set: {what}\n\n{table}\n")
}

fn native_text(title: &str, native: &Native) -> String {
    let names = native.average.iter().map(|part| part.decoder);
    let mut table = Table::new(["category", "codes"].into_iter().chain(names));
    for category in &native.categories {
        let parts = category.found.iter().map(|part| percent(part.part));
        let name = [category.set.clone(), category.codes.to_string()];
        table.row(name.into_iter().chain(parts));
    }
    let parts = native.average.iter().map(|part| percent(part.part));
    table.row(
        ["average".to_owned(), String::new()]
            .into_iter()
            .chain(parts),
    );
    let mut text =
        format!("{title}: codes found (text read, middle inside the corners)\n\n{table}\n");
    if let Some(large) = &native.large {
        text += &group_text(title, large);
    }
    text
}

fn cartons_text(title: &str, cartons: &[CartonResult]) -> String {
    if cartons.is_empty() {
        return String::new();
    }
    let mut table = Table::new([
        "carton",
        "decoder",
        "read",
        "twice",
        "wrong",
        "ms",
        "ms a label",
    ]);
    let mut row = |name: &str, counted: &Counted, shown: usize| {
        table.row([
            name.to_owned(),
            counted.decoder.to_owned(),
            format!("{} of {shown}", counted.read),
            counted.twice.to_string(),
            counted.wrong.to_string(),
            number(counted.ms),
            number(counted.ms / counted.read as f64),
        ]);
    };
    let mut rows = |name: &str, cartons: &[CartonResult]| {
        let shown = cartons.iter().map(|carton| carton.shown).sum();
        for index in 0..cartons[0].decoders.len() {
            let counted = cartons.iter().map(|carton| &carton.decoders[index]);
            row(name, &Counted::sum(counted), shown);
        }
    };
    for alike in cartons.chunk_by(|a, b| a.name == b.name) {
        rows(&alike[0].name, alike);
    }
    for of_kind in cartons.chunk_by(|a, b| a.kind() == b.kind()) {
        rows(&format!("every {}", of_kind[0].kind()), of_kind);
    }
    rows("all", cartons);
    format!("{title}; time for each label that was read\n\n{table}\n")
}
