//! What each stage of the search brings, and in which order the looks should run.

use handover_scan::{Picture, Scanner, Stage, Stages, thread_cpu_ms};
use serde::Serialize;

use crate::options::{self, Failure};
use crate::order::{self, Alone, Step};
use crate::peers::{OURS, Outcome, readings};
use crate::photos::{each, seen};
use crate::stats::Times;
use crate::table::{Table, number};
use crate::truth::{self, Row};

/// What the scanner with some of its stages made of a photograph.
#[derive(Debug, Clone, Copy)]
struct Glance {
    is_read: bool,
    codes: usize,
    ms: f64,
}

/// What the scanner did with all photographs.
#[derive(Debug, Serialize)]
pub struct Sum {
    /// The stage that was left out; none where all of them ran.
    pub without: Option<&'static str>,
    /// Photographs read.
    pub read: usize,
    /// Codes read.
    pub codes: usize,
    /// Milliseconds of processor time for a photograph.
    pub ms: Times,
}

/// What stages are worth.
#[derive(Debug, Serialize)]
pub struct Worth {
    /// How many photographs were measured.
    pub photographs: usize,
    /// All stages, then all but one, for each of them.
    pub sums: Vec<Sum>,
    /// What each look alone makes of each photograph.
    pub alone: Vec<Alone>,
    /// The looks in the order in which the scanner has them.
    pub built_in: Vec<Step>,
    /// The looks in the greedy order.
    pub greedy: Vec<Step>,
}

/// Measures all photographs of a folder that have a code, or every so many of them.
pub fn measure(options: &options::Stages) -> Result<Worth, Failure> {
    let mut rows = truth::bounded(&options.photos)?;
    rows.retain(Row::has_code);
    let rows: Vec<Row> = rows.into_iter().step_by(options.every.into()).collect();
    let trials = trials();
    let glances = each(&options.photos, rows, |number, row, picture| {
        // Whoever comes first finds the caches cold.
        let turn = |index| (index + number) % trials.len();
        let mut glances: Vec<_> = (0..trials.len())
            .map(|index| (turn(index), glance(&trials[turn(index)], &row, &picture)))
            .collect();
        glances.sort_by_key(|(index, _)| *index);
        glances.into_iter().map(|(_, glance)| glance).collect()
    })?;
    Ok(worth(&glances))
}

/// The stages of each run: all, all without one, and each look with all ways of reading.
fn trials() -> Vec<Stages> {
    let without = Stage::ALL.map(|stage| Stages::ALL.without(stage));
    let looks = Stage::LOOKS.iter();
    let ways = looks
        .clone()
        .fold(Stages::ALL, |ways, &look| ways.without(look));
    let alone = looks.map(|&look| ways.with(look));
    [Stages::ALL]
        .into_iter()
        .chain(without)
        .chain(alone)
        .collect()
}

fn glance(stages: &Stages, row: &Row, picture: &Picture) -> Glance {
    let (report, ms) = thread_cpu_ms(|| Scanner::new(*stages).report(picture.frame()));
    let outcome = Outcome {
        readings: readings(report.codes),
        ms,
        panicked: false,
    };
    let seen = seen(row, OURS, outcome);
    Glance {
        is_read: seen.is_read(),
        codes: seen.good(),
        ms,
    }
}

/// `glances`: for each photograph what each of the trials made of it.
fn worth(glances: &[Vec<Glance>]) -> Worth {
    let of_trial = |trial: usize| glances.iter().map(move |glances| glances[trial]);
    let names = Stage::ALL.into_iter().map(|stage| Some(stage.name()));
    let sum = |(trial, without)| Sum {
        without,
        read: of_trial(trial).filter(|glance| glance.is_read).count(),
        codes: of_trial(trial).map(|glance| glance.codes).sum(),
        ms: Times::of(of_trial(trial).map(|glance| glance.ms)).unwrap_or_default(),
    };
    let first_alone = 1 + Stage::ALL.len();
    let alone = |(index, look): (usize, &Stage)| Alone {
        stage: look.name(),
        glances: of_trial(first_alone + index)
            .map(|glance| (glance.is_read, glance.ms))
            .collect(),
    };
    let alone: Vec<Alone> = Stage::LOOKS.iter().enumerate().map(alone).collect();
    Worth {
        photographs: glances.len(),
        sums: [None]
            .into_iter()
            .chain(names)
            .enumerate()
            .map(sum)
            .collect(),
        built_in: order::as_it_stands(&alone),
        greedy: order::greedy(&alone),
        alone,
    }
}

impl Worth {
    /// The tables.
    pub fn text(&self) -> String {
        format!(
            "{} photographs with a code, without one stage each\n\n{}\n\
             Each look alone, with all ways of reading\n\n{}\n\
             Orders: what each look adds to those before it\n\n{}\n\
             By these figures alone {} ms a photograph as built in, {} ms in the greedy order.\n",
            self.photographs,
            self.ablation(),
            self.each_alone(),
            self.orders(),
            number(order::mean_ms(&self.built_in, self.photographs)),
            number(order::mean_ms(&self.greedy, self.photographs)),
        )
    }

    fn ablation(&self) -> Table {
        let mut table = Table::new(["without", "photographs", "codes", "mean ms", "median ms"]);
        let all = &self.sums[0];
        for sum in &self.sums {
            let than = |count: usize, all: usize| match sum.without {
                None => count.to_string(),
                Some(_) => format!("{:+}", count as i64 - all as i64),
            };
            let ms = |ms: f64, all: f64| match sum.without {
                None => number(ms),
                Some(_) => format!("{:+.2}", ms - all),
            };
            table.row([
                sum.without.unwrap_or("(all stages)").to_owned(),
                than(sum.read, all.read),
                than(sum.codes, all.codes),
                ms(sum.ms.mean, all.ms.mean),
                ms(sum.ms.median, all.ms.median),
            ]);
        }
        table
    }

    fn each_alone(&self) -> Table {
        let mut table = Table::new(["look", "photographs", "mean ms", "photographs a second"]);
        for alone in &self.alone {
            let read = alone.glances.iter().filter(|(read, _)| *read).count();
            let ms: f64 = alone.glances.iter().map(|(_, ms)| ms).sum();
            table.row([
                alone.stage.to_owned(),
                read.to_string(),
                number(ms / self.photographs as f64),
                number(1_000.0 * read as f64 / ms),
            ]);
        }
        table
    }

    fn orders(&self) -> Table {
        let head = [
            "built in", "adds", "ms", "greedy", "adds ", "ms ", "a second",
        ];
        let mut table = Table::new(head);
        for (here, best) in self.built_in.iter().zip(&self.greedy) {
            table.row([
                here.stage.to_owned(),
                here.adds.to_string(),
                number(here.ms),
                best.stage.to_owned(),
                best.adds.to_string(),
                number(best.ms),
                number(1_000.0 * best.worth()),
            ]);
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stage_is_left_out_once_and_each_look_is_alone_once() {
        let trials = trials();
        assert_eq!(trials.len(), 1 + Stage::ALL.len() + Stage::LOOKS.len());
        let count = |stages: &Stages| {
            Stage::ALL
                .into_iter()
                .filter(|&stage| stages.has(stage))
                .count()
        };
        let counts: Vec<_> = trials.iter().map(count).collect();
        let ways = Stage::ALL.len() - Stage::LOOKS.len();
        assert_eq!(counts[0], Stage::ALL.len());
        assert!(
            counts[1..=Stage::ALL.len()]
                .iter()
                .all(|&count| count == Stage::ALL.len() - 1)
        );
        assert!(
            counts[1 + Stage::ALL.len()..]
                .iter()
                .all(|&count| count == ways + 1)
        );
    }

    #[test]
    fn what_a_stage_brings_is_what_is_lost_without_it() {
        // Two photographs; without the second stage the first of them is not read.
        let mut glances = vec![
            vec![
                Glance {
                    is_read: true,
                    codes: 2,
                    ms: 3.0
                };
                trials().len()
            ];
            2
        ];
        glances[0][2] = Glance {
            is_read: false,
            codes: 0,
            ms: 1.0,
        };
        let worth = worth(&glances);
        let rows: Vec<_> = worth.sums.iter().map(|sum| (sum.read, sum.codes)).collect();
        assert_eq!(rows[..4], [(2, 4), (2, 4), (1, 2), (2, 4)]);
        let text = worth.ablation().to_string();
        assert!(text.contains(Stage::ALL[1].name()), "{text}");
        let line = text
            .lines()
            .nth(4)
            .expect("two lines of the head, all, and two stages");
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        assert_eq!(cells[2..6], ["-1", "-2", "-1.00", "-1.00"]);
        assert_eq!(worth.greedy.iter().map(|step| step.adds).sum::<usize>(), 2);
    }

    #[test]
    fn a_label_is_read_by_the_look_at_its_size() {
        let label = handover_print::qr_luma("SN001", 6).expect("a label");
        let picture = Picture {
            width: label.width(),
            height: label.height(),
            grey: label.into_raw(),
        };
        let row = Row {
            set: "x".into(),
            text: Some("SN001".into()),
            ..Row::default()
        };
        let check = |stages: Stages, read: bool| {
            let glance = glance(&stages, &row, &picture);
            assert_eq!((glance.is_read, glance.codes), (read, usize::from(read)));
        };
        let looks = [Stage::Size640, Stage::Plain];
        check(looks.into_iter().collect(), true);
        check([Stage::Size640].into_iter().collect(), false);
    }
}
