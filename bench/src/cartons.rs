//! Many labels at once: how many of them are read, and does each cost the same?

use std::collections::BTreeSet;

use handover_print::scene::{self, Layout};
use handover_scan::Picture;
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
#[derive(Debug, Default, PartialEq, Serialize)]
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
    /// What it did not read.
    pub missed: Vec<String>,
}

/// How many labels the cartons have.
const LABELS: [usize; 4] = [10, 30, 60, 100];
/// The easy kinds are alike; of a heap no two are.
const HEAPS: u64 = 4;

/// The cartons that are measured, taken one after the other: each number of labels on each of what they are on.
pub fn cartons(options: &Scan) -> impl Iterator<Item = Carton> {
    let first = options.seed.unwrap_or(0);
    let of_kind = move |(number, layout): (u64, Layout)| {
        let (pictures, module_px) = match layout {
            Layout::Heap | Layout::Worn => (HEAPS, 2.5),
            Layout::Sheet | Layout::Carton | Layout::Pallet => (1, 4.0),
        };
        let carton = move |labels, picture| scene::Carton {
            labels,
            layout,
            module_px,
            seed: 1000 * first + 10 * picture + number,
        };
        let pictures = move |labels| (0..pictures).map(move |picture| carton(labels, picture));
        LABELS.into_iter().flat_map(pictures)
    };
    (1..).zip(Layout::ALL).flat_map(of_kind).map(Carton::of)
}

impl Carton {
    fn of(carton: scene::Carton) -> Self {
        let shot = carton.shoot().expect("the built-in texts fit into codes");
        let texts = shot.symbols.into_iter().map(|symbol| symbol.text);
        Self {
            name: format!("{:?} of {}", carton.layout, carton.labels).to_lowercase(),
            texts: texts.collect(),
            picture: grey(shot.picture),
        }
    }
}

/// Shows every carton to everybody.
pub fn measure(
    cartons: impl Iterator<Item = Carton>,
    options: &Scan,
    line_up: &mut [Contestant],
) -> Vec<CartonResult> {
    let mut results = Vec::new();
    for (number, carton) in cartons.enumerate() {
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

impl CartonResult {
    /// What its labels are on.
    pub fn kind(&self) -> &str {
        self.name.split(' ').next().unwrap_or_default()
    }
}

impl Counted {
    /// The sums of one decoder over several cartons.
    pub fn sum<'a>(all: impl Iterator<Item = &'a Self>) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            decoder: one.decoder,
            read: sum.read + one.read,
            twice: sum.twice + one.twice,
            wrong: sum.wrong + one.wrong,
            ms: sum.ms + one.ms,
            missed: [sum.missed, one.missed.clone()].concat(),
        })
    }
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
        missed: shown.difference(&seen).cloned().collect(),
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
            missed: vec!["c".to_owned()],
        };
        assert_eq!(count("x", texts, 5.0, &shown), expected);
    }

    #[test]
    fn a_carton_has_as_many_labels_as_it_says() {
        let line_up = &mut peers::line_up(&Scan::default());
        let results = measure(cartons(&Scan::default()).take(1), &Scan::default(), line_up);
        assert_eq!(
            (results[0].name.as_str(), results[0].shown),
            ("sheet of 10", 10)
        );
        assert_eq!(
            Counted::sum(results[0].decoders.iter()),
            results[0].decoders[0]
        );
        assert_eq!(results[0].decoders[0].read, 10);
        assert_eq!(results[0].decoders[0].wrong, 0);
    }
}
