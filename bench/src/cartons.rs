//! Many labels at once: how many of them are read, and does each cost the same?

use std::collections::BTreeSet;

use handover_print::{qr_luma, scene};
use handover_scan::Picture;
use image::{GrayImage, imageops};
use serde::Serialize;

use crate::films::grey;
use crate::options::Scan;
use crate::peers::Contestant;
use crate::photos::take_turns;

/// A picture of many labels, no two of them alike.
pub struct Carton {
    /// What makes it hard, and its seed.
    pub name: String,
    /// What the labels say.
    pub texts: BTreeSet<String>,
    /// The picture.
    pub picture: Picture,
}

/// What the decoders made of one carton.
#[derive(Debug, Serialize)]
pub struct CartonResult {
    /// The carton.
    pub name: String,
    /// Labels in it.
    pub shown: usize,
    /// By decoder, in the order of the line-up.
    pub decoders: Vec<Counted>,
}

/// How many labels a decoder read.
#[derive(Debug, PartialEq, Serialize)]
pub struct Counted {
    /// The decoder.
    pub decoder: &'static str,
    /// Labels read.
    pub read: usize,
    /// Readings of a label that was read already.
    pub twice: usize,
    /// Texts that no label has.
    pub wrong: usize,
    /// Milliseconds of processor time.
    pub ms: f64,
}

/// The cartons that are measured.
pub fn cartons() -> Vec<Carton> {
    [1, 4, 16, 36, 100].map(sheet).into()
}

/// A sheet of photographs, each of one label that is tilted and shaded in its own way.
fn sheet(count: u32) -> Carton {
    const TILE: (u32, u32) = (320, 240);
    let across = count.isqrt();
    let mut sheet = GrayImage::new(across * TILE.0, count.div_ceil(across) * TILE.1);
    let mut texts = BTreeSet::new();
    for index in 0..count {
        let text = format!("SN-{count:03}-{index:03}");
        let label = qr_luma(&text, 8).expect("the text fits into a code");
        let tile = grey(scene::photograph(&label, u64::from(index), TILE));
        let tile = GrayImage::from_raw(tile.width, tile.height, tile.grey).expect("it is whole");
        let (x, y) = (index % across * TILE.0, index / across * TILE.1);
        imageops::replace(&mut sheet, &tile, x.into(), y.into());
        texts.insert(text);
    }
    Carton {
        name: format!("sheet of {count}"),
        texts,
        picture: Picture {
            width: sheet.width(),
            height: sheet.height(),
            grey: sheet.into_raw(),
        },
    }
}

/// Shows every carton to everybody.
pub fn measure(
    cartons: Vec<Carton>,
    options: &Scan,
    line_up: &mut [Contestant],
) -> Vec<CartonResult> {
    let mut results = Vec::new();
    for (number, carton) in cartons.into_iter().enumerate() {
        if !carton.name.contains(&options.only) {
            continue;
        }
        let outcomes = take_turns(line_up, number, |contestant| {
            contestant.read(&carton.picture, options.repeat)
        });
        let count = |(decoder, outcome): (_, crate::peers::Outcome)| {
            let texts = outcome.readings.into_iter().map(|reading| reading.text);
            count(decoder, texts, outcome.ms, &carton.texts)
        };
        results.push(CartonResult {
            decoders: outcomes.into_iter().map(count).collect(),
            shown: carton.texts.len(),
            name: carton.name,
        });
    }
    results
}

fn count(
    decoder: &'static str,
    texts: impl Iterator<Item = String>,
    ms: f64,
    shown: &BTreeSet<String>,
) -> Counted {
    let mut seen = BTreeSet::new();
    let (mut twice, mut wrong) = (0, 0);
    for text in texts {
        if !shown.contains(&text) {
            wrong += 1;
        } else if !seen.insert(text) {
            twice += 1;
        }
    }
    Counted {
        decoder,
        read: seen.len(),
        twice,
        wrong,
        ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peers;

    #[test]
    fn each_label_counts_once() {
        let shown = ["a", "b", "c"].map(str::to_owned).into();
        let texts = ["a", "b", "a", "x"].into_iter().map(str::to_owned);
        let expected = Counted {
            decoder: "x",
            read: 2,
            twice: 1,
            wrong: 1,
            ms: 5.0,
        };
        assert_eq!(count("x", texts, 5.0, &shown), expected);
    }

    #[test]
    fn a_sheet_has_as_many_labels_as_it_says() {
        let line_up = &mut peers::line_up(&Scan::default());
        let results = measure(vec![sheet(4)], &Scan::default(), line_up);
        assert_eq!(results[0].shown, 4);
        assert_eq!(results[0].decoders[0].wrong, 0);
    }
}
