//! Whether the time of a refusal tells what a label is: unknown, of a foreign maker, revoked or claimed elsewhere.
//!
//! All four are asked about in turns, in an order that changes, by accounts that ask about each of them equally often. A
//! rank test then says for each pair whether one tends to take longer: it looks at the order of all times, so that no
//! single slow one decides.

use std::collections::BTreeMap;
use std::time::Instant;

use handover_wire::Role;
use serde::Serialize;
use serde_json::json;

use super::site::{Site, TEMPLATE, text as string};
use super::{Place, Trouble, runtime};
use crate::options::{Failure, Oracle as Options};
use crate::stats::{Times, ratio};
use crate::table::{Table, number};

/// What is refused, all with one answer.
const KINDS: [&str; 4] = [
    "unknown",
    "of a foreign maker",
    "revoked",
    "claimed elsewhere",
];
/// Labels of each kind.
const LABELS: usize = 200;
/// Refusals that one account gets: the cloud lets it have a hundred at once.
const OF_ONE_ACCOUNT: usize = 96;

/// What was measured on one database.
#[derive(Serialize)]
pub struct Report {
    database: &'static str,
    /// Refusals of each kind.
    of_each: usize,
    kinds: Vec<Kind>,
    pairs: Vec<Pair>,
}

/// The times of one kind.
#[derive(Serialize)]
struct Kind {
    kind: &'static str,
    ms: Times,
}

/// Two kinds beside each other.
#[derive(Serialize)]
struct Pair {
    kinds: [&'static str; 2],
    /// Of the medians.
    ratio: f64,
    test: RankTest,
}

/// The rank test of Mann and Whitney.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RankTest {
    /// How often one of the first takes longer than one of the second: a half where nothing tells them apart.
    longer: f64,
    /// How far that is from a half, in standard deviations of what chance alone would make of it.
    deviations: f64,
}

/// Measures each database.
pub fn measure(options: &Options) -> Result<Vec<Report>, Failure> {
    runtime()?
        .block_on(async {
            let mut reports = Vec::new();
            for place in Place::all(&options.place) {
                reports.push(one(options, &place).await?);
            }
            Ok(reports)
        })
        .map_err(Failure::Cloud)
}

async fn one(options: &Options, place: &Place) -> Result<Report, Trouble> {
    let site = place.start("oracle").await?;
    let accounts = (options.times * KINDS.len()).div_ceil(OF_ONE_ACCOUNT);
    let mut customers = site.customers(3, 1).await?;
    // Whoever claims is of the first: the second's own labels are a foreign maker's, and the third has claimed.
    let more = site.more_people(customers[0].org, accounts - 1).await?;
    customers[0].people.extend(more);
    let labels = labels(&site, customers[1].org, &customers[2].people[0]).await?;
    let mut order = Order(0x9e37_79b9_7f4a_7c15);
    let mut times: [Vec<f64>; 4] = Default::default();
    let mut answers = BTreeMap::new();
    for access in &customers[0].people {
        let mut connection = site.connect(access).await?;
        for round in 0..OF_ONE_ACCOUNT / KINDS.len() {
            let mut kinds = [0, 1, 2, 3];
            order.shuffle(&mut kinds);
            for kind in kinds {
                let label = &labels[kind][order.below(LABELS)];
                let key = format!("{round} {kind}");
                let sent = Instant::now();
                let answer = connection.claim(label, &key).await?;
                times[kind].push(sent.elapsed().as_secs_f64() * 1_000.0);
                *answers
                    .entry((answer.status, answer.body))
                    .or_insert(0_usize) += 1;
            }
        }
    }
    site.stop().await;
    match answers.into_keys().collect::<Vec<_>>().as_slice() {
        [(404, _)] => Ok(report(place.name(), &times)),
        [(status, body), ..] => {
            let body = String::from_utf8_lossy(body).into_owned();
            Err(Trouble::Refused(*status, body))
        }
        [] => Err(Trouble::Odd("nothing was asked")),
    }
}

/// Labels of each kind, in the order of `KINDS`.
async fn labels(site: &Site, foreign: i64, elsewhere: &str) -> Result<[Vec<String>; 4], Trouble> {
    let mut admin = site.connect(&site.sign_in(Role::Admin).await?).await?;
    // Labels that were, and are none any more: of a form and length like all others.
    let mut unknown = Vec::with_capacity(LABELS);
    let mut generate = json!({ "templateId": TEMPLATE, "count": LABELS });
    let made = admin
        .post("/static-tokens/generate", &generate)
        .await?
        .json()?;
    for token in made["content"].as_array().into_iter().flatten() {
        // Another last sign but one: the last has bits that no token has.
        let mut text = string(&token["token"])?;
        let at = text.len() - 2;
        let other = if text.as_bytes()[at] == b'A' {
            "B"
        } else {
            "A"
        };
        text.replace_range(at..=at, other);
        unknown.push(text);
    }
    generate["orgId"] = foreign.into();
    let made = admin
        .post("/static-tokens/generate", &generate)
        .await?
        .json()?;
    let tokens = made["content"].as_array().into_iter().flatten();
    let foreign = tokens
        .map(|token| string(&token["token"]))
        .collect::<Result<_, _>>()?;
    let batch = site.batch(None, LABELS).await?;
    let revoked = site.labels(batch).await?;
    let revoke = json!({ "batchId": batch });
    admin.post("/static-tokens/revoke", &revoke).await?.json()?;
    let claimed = site.labels(site.batch(None, LABELS).await?).await?;
    let mut there = site.connect(elsewhere).await?;
    for label in &claimed {
        there
            .claim(label, label.rsplit('_').next().unwrap_or_default())
            .await?
            .json()?;
    }
    Ok([unknown, foreign, revoked, claimed])
}

fn report(database: &'static str, times: &[Vec<f64>; 4]) -> Report {
    let of = |kind: usize| Times::of(times[kind].iter().copied()).unwrap_or_default();
    let pairs =
        (0..KINDS.len()).flat_map(|one| (one + 1..KINDS.len()).map(move |other| (one, other)));
    Report {
        database,
        of_each: times[0].len(),
        kinds: KINDS
            .iter()
            .enumerate()
            .map(|(index, kind)| Kind {
                kind,
                ms: of(index),
            })
            .collect(),
        pairs: pairs
            .map(|(one, other)| Pair {
                kinds: [KINDS[one], KINDS[other]],
                ratio: ratio(of(one).median, of(other).median),
                test: rank_test(&times[one], &times[other]),
            })
            .collect(),
    }
}

/// The test with its normal approximation, which is good from some twenty times on; equal times share their ranks.
fn rank_test(first: &[f64], second: &[f64]) -> RankTest {
    let mut all: Vec<(f64, bool)> = first.iter().map(|&time| (time, true)).collect();
    all.extend(second.iter().map(|&time| (time, false)));
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut ranks, mut ties, mut begin) = (0.0, 0.0, 0);
    while begin < all.len() {
        let equal = all[begin..]
            .iter()
            .take_while(|one| one.0 == all[begin].0)
            .count();
        let rank = begin as f64 + (equal as f64 + 1.0) / 2.0;
        let of_first = all[begin..begin + equal].iter().filter(|one| one.1).count();
        ranks += rank * of_first as f64;
        ties += (equal as f64).powi(3) - equal as f64;
        begin += equal;
    }
    let (n, m) = (first.len() as f64, second.len() as f64);
    let wins = ranks - n * (n + 1.0) / 2.0;
    let variance = n * m / 12.0 * (n + m + 1.0 - ties / ((n + m) * (n + m - 1.0)));
    RankTest {
        longer: wins / (n * m),
        deviations: (wins - n * m / 2.0) / variance.sqrt(),
    }
}

/// An order that looks like chance and is the same in each run (splitmix64).
struct Order(u64);

impl Order {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap_or_default()
    }

    fn shuffle(&mut self, kinds: &mut [usize]) {
        for index in (1..kinds.len()).rev() {
            kinds.swap(index, self.below(index + 1));
        }
    }
}

/// The tables of all databases.
pub fn text(reports: &[Report]) -> String {
    reports.iter().map(Report::text).collect()
}

impl Report {
    fn text(&self) -> String {
        let head = format!("{}, {} of each", self.database, self.of_each);
        let mut kinds = Table::new([head.as_str(), "median ms", "mean ms", "95 % ms"]);
        for kind in &self.kinds {
            let figures = [kind.ms.median, kind.ms.mean, kind.ms.p95].map(number);
            kinds.row([kind.kind.to_owned()].into_iter().chain(figures));
        }
        let mut pairs = Table::new(["pair", "ratio of medians", "longer in", "deviations"]);
        for pair in &self.pairs {
            pairs.row([
                pair.kinds.join(" / "),
                number(pair.ratio),
                crate::table::percent(pair.test.longer),
                format!("{:.1}", pair.test.deviations),
            ]);
        }
        format!("{kinds}\n{pairs}\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_tell_what_is_longer() {
        let check = |first: &[f64], second: &[f64], longer: f64, deviations: f64| {
            let test = rank_test(first, second);
            assert!((test.longer - longer).abs() < 1e-9, "{test:?}");
            assert!((test.deviations - deviations).abs() < 1e-3, "{test:?}");
        };
        // U = 0 and U = 9 of 9; the variance is 3 * 3 * 7 / 12.
        check(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], 0.0, -1.964);
        check(&[4.0, 5.0, 6.0], &[1.0, 2.0, 3.0], 1.0, 1.964);
        check(&[1.0, 4.0], &[2.0, 3.0], 0.5, 0.0);
        // One tie of two: U = 0.5 of 4; the variance is 4 / 12 * (5 - 6 / 12).
        check(&[1.0, 2.0], &[2.0, 3.0], 0.125, -1.225);
    }

    #[test]
    fn an_order_is_the_same_each_time_and_has_each_kind_once() {
        let shuffled = || {
            let mut kinds = [0, 1, 2, 3];
            Order(7).shuffle(&mut kinds);
            kinds
        };
        assert_eq!(shuffled(), shuffled());
        let mut sorted = shuffled();
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3]);
    }
}
