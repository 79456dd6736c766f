//! Whether the time of a refusal tells what a label is: unknown, of a foreign maker, revoked or claimed elsewhere; and what
//! an identifier is that comes with a claim code: the same, or one with another code.
//!
//! All kinds are asked about in turns, in an order that changes. A rank test then says for each pair whether one tends to
//! take longer: it looks at the order of all times, so that no single slow one decides.

use std::collections::BTreeMap;
use std::time::Instant;

use handover_wire::Role;
use serde::Serialize;
use serde_json::json;
use sqlx::Connection as _;

use super::site::Site;
use super::verdict::{Verdict, at_most};
use super::{Place, Trouble, runtime};
use crate::options::{Failure, Oracle as Options};
use crate::stats::{Times, ratio};
use crate::table::{Table, number};

/// What is asked about.
const GROUPS: [&str; 2] = ["labels", "identifiers with a code"];
/// What is refused, all of a group with one answer. Labels have no code that could be wrong.
const KINDS: [&str; 5] = [
    "unknown",
    "of a foreign maker",
    "revoked",
    "claimed elsewhere",
    "with a wrong code",
];
/// Labels of each kind.
const LABELS: usize = 200;
/// Refusals between which nothing is forgotten: the cloud lets an account have a hundred at once.
const AT_ONCE: usize = 95;
/// Microseconds between two medians that nobody sees over a network, whose own times differ by more.
const UNSEEN: f64 = 50.0;
/// Standard deviations that chance alone seldom makes.
const CHANCE: f64 = 4.0;

/// What was measured of one group on one database.
#[derive(Serialize)]
pub struct Report {
    database: &'static str,
    group: &'static str,
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
    /// Between the medians, either way.
    microseconds: f64,
    test: RankTest,
    /// On the microseconds, or on the deviations where those are many.
    verdict: Verdict,
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
            for place in Place::all(&options.place, None) {
                reports.extend(one(options, &place).await?);
            }
            Ok(reports)
        })
        .map_err(Failure::Cloud)
}

/// What is sent: a label, and a code where one comes with it.
type Sent = (String, Option<String>);

async fn one(options: &Options, place: &Place) -> Result<Vec<Report>, Trouble> {
    let site = place.start("oracle").await?;
    let customers = site.customers(3, 1).await?;
    // Whoever claims is of the first: the second's own labels are a foreign maker's, and the third has claimed.
    let (foreign, elsewhere) = (customers[1].org, &customers[2].people[0]);
    let groups = [
        labels(&site, foreign, elsewhere).await?,
        identifiers(&site, foreign, elsewhere).await?,
    ];
    let mut reports = Vec::new();
    for (group, sent) in GROUPS.into_iter().zip(groups) {
        let times = ask(&site, &customers[0].people[0], &sent, options.times).await?;
        reports.push(report(place.name(), group, &times));
    }
    site.stop().await;
    Ok(reports)
}

/// Asks about each kind so many times, and gives the milliseconds.
async fn ask(
    site: &Site,
    access: &str,
    sent: &[Vec<Sent>],
    times: usize,
) -> Result<Vec<Vec<f64>>, Trouble> {
    let mut past = site.past().await?;
    let mut connection = site.connect(access).await?;
    let mut order = Order(0x9e37_79b9_7f4a_7c15);
    let mut taken = vec![Vec::with_capacity(times); sent.len()];
    let mut answers = BTreeMap::new();
    let rounds = AT_ONCE / sent.len();
    for round in 0..times {
        if round % rounds == 0 {
            // What is counted against guessing is counted the same for all, and would end this.
            sqlx::raw_sql("DELETE FROM limits")
                .execute(&mut past)
                .await?;
        }
        let mut kinds: Vec<usize> = (0..sent.len()).collect();
        order.shuffle(&mut kinds);
        for kind in kinds {
            let (label, code) = &sent[kind][order.below(LABELS)];
            let key = format!("{label} {round} {kind}");
            let began = Instant::now();
            let answer = connection.claim(label, code.as_deref(), &key).await?;
            taken[kind].push(began.elapsed().as_secs_f64() * 1_000.0);
            *answers
                .entry((answer.status, answer.body))
                .or_insert(0_usize) += 1;
        }
    }
    past.close().await?;
    match answers.into_keys().collect::<Vec<_>>().as_slice() {
        [(404, _)] => Ok(taken),
        [(status, body), ..] => {
            let body = String::from_utf8_lossy(body).into_owned();
            Err(Trouble::Refused(*status, body))
        }
        [] => Err(Trouble::Odd("nothing was asked")),
    }
}

/// Labels of each kind, in the order of `KINDS`.
async fn labels(site: &Site, foreign: i64, elsewhere: &str) -> Result<Vec<Vec<Sent>>, Trouble> {
    let mut admin = site.connect(&site.sign_in(Role::Admin).await?).await?;
    // Labels that were, and are none any more: of a form and length like all others.
    let mut unknown = site.generate(None, LABELS).await?;
    for text in &mut unknown {
        // Another last sign but one: the last has bits that no token has.
        let at = text.len() - 2;
        let other = match text.as_bytes()[at] {
            b'A' => "B",
            _ => "A",
        };
        text.replace_range(at..=at, other);
    }
    let foreign = site.generate(Some(foreign), LABELS).await?;
    let batch = site.batch(None, LABELS).await?;
    let revoked = site.labels(batch).await?;
    let revoke = json!({ "batchId": batch });
    admin.post("/static-tokens/revoke", &revoke).await?.json()?;
    let claimed = site.labels(site.batch(None, LABELS).await?).await?;
    let mut there = site.connect(elsewhere).await?;
    for (number, label) in claimed.iter().enumerate() {
        let key = format!("label {number}");
        there.claim(label, None, &key).await?.json()?;
    }
    let sent = |labels: Vec<String>| labels.into_iter().map(|label| (label, None)).collect();
    Ok([unknown, foreign, revoked, claimed].map(sent).into())
}

/// Serial numbers of each kind, each with a code.
async fn identifiers(
    site: &Site,
    foreign: i64,
    elsewhere: &str,
) -> Result<Vec<Vec<Sent>>, Trouble> {
    let mut admin = site.connect(&site.sign_in(Role::Admin).await?).await?;
    let unknown = named("U").map(|name| (name, "AAAA-AAAA".to_owned()));
    let of_foreign = site.identified(Some(foreign), named("F").collect()).await?;
    let (batch, revoked) = site.identified(None, named("R").collect()).await?;
    let revoke = json!({ "batchId": batch });
    admin.post("/static-tokens/revoke", &revoke).await?.json()?;
    let (_, claimed) = site.identified(None, named("C").collect()).await?;
    let mut there = site.connect(elsewhere).await?;
    for (name, code) in &claimed {
        there.claim(name, Some(code), name).await?.json()?;
    }
    let (_, mut wrong) = site.identified(None, named("W").collect()).await?;
    for (_, code) in &mut wrong {
        // As long, and of the same signs.
        *code = code.chars().rev().collect();
    }
    let sent = |all: Vec<(String, String)>| {
        let sent = all.into_iter().map(|(name, code)| (name, Some(code)));
        sent.collect()
    };
    Ok([unknown.collect(), of_foreign.1, revoked, claimed, wrong]
        .map(sent)
        .into())
}

/// Serial numbers that begin like this.
fn named(with: &'static str) -> impl Iterator<Item = String> {
    (0..LABELS).map(move |number| format!("SN-{with}{number:05}"))
}

fn report(database: &'static str, group: &'static str, times: &[Vec<f64>]) -> Report {
    let of = |kind: usize| Times::of(times[kind].iter().copied()).unwrap_or_default();
    let kinds = 0..times.len();
    let pairs = kinds
        .clone()
        .flat_map(|one| (one + 1..times.len()).map(move |other| (one, other)));
    let pair = |(one, other): (usize, usize)| {
        let (first, second) = (of(one).median, of(other).median);
        let microseconds = (first - second).abs() * 1_000.0;
        let test = rank_test(&times[one], &times[other]);
        let verdict = match microseconds <= UNSEEN {
            true => at_most(microseconds, UNSEEN),
            false => at_most(test.deviations.abs(), CHANCE),
        };
        Pair {
            kinds: [KINDS[one], KINDS[other]],
            ratio: ratio(first, second),
            microseconds,
            test,
            verdict,
        }
    };
    Report {
        database,
        group,
        of_each: times[0].len(),
        kinds: kinds
            .map(|kind| Kind {
                kind: KINDS[kind],
                ms: of(kind),
            })
            .collect(),
        pairs: pairs.map(pair).collect(),
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
        let head = format!(
            "{}, {}, {} of each",
            self.database, self.group, self.of_each
        );
        let mut kinds = Table::new([head.as_str(), "median ms", "mean ms", "95 % ms"]);
        for kind in &self.kinds {
            let figures = [kind.ms.median, kind.ms.mean, kind.ms.p95].map(number);
            kinds.row([kind.kind.to_owned()].into_iter().chain(figures));
        }
        let mut pairs = Table::new([
            "pair",
            "ratio of medians",
            "apart, us",
            "longer in",
            "deviations",
            "verdict",
        ]);
        for pair in &self.pairs {
            pairs.row([
                pair.kinds.join(" / "),
                format!("{:.3}", pair.ratio),
                number(pair.microseconds),
                crate::table::percent(pair.test.longer),
                format!("{:.1}", pair.test.deviations),
                pair.verdict.to_string(),
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
