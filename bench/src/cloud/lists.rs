//! Pages of lists and searches over many devices, beside the same over few.

use std::time::Instant;

use handover_wire::Role;
use serde::Serialize;

use super::http::Connection;
use super::verdict::{Verdict, at_most};
use super::{Place, Trouble};
use crate::stats::{Times, ratio};
use crate::table::{Table, number};

/// The few.
const FEW: i64 = 1_000;
/// Each page is asked for so many times at each cloud, in turns, after some that do not count; and all pages in several
/// rounds, so that whatever else the machine does for some seconds falls on a part of each page's times.
const ROUNDS: usize = 5;
const TIMES: usize = 100;
const WARM_UP: usize = 10;

/// What is asked for: a title, a path, and how often the many may take as long as the few.
const PAGES: [(&str, &str, f64); 13] = [
    (
        "list: all devices",
        "/devices?includeSubOrgDevices=true",
        1.5,
    ),
    // As many as each customer has of the few: it is the same page that is compared.
    ("list: one customer's", "/devices?orgId=1007&size=10", 1.5),
    (
        "list: page 10 of all",
        "/devices?includeSubOrgDevices=true&page=9",
        1.5,
    ),
    ("list: batches", "/static-tokens/batches?size=50", 1.5),
    ("search: pum", "/search/devices?query=pum", 5.0),
    ("search: pump", "/search/devices?query=pump", 5.0),
    ("search: PUMP 99", "/search/devices?query=PUMP%2099", 5.0),
    (
        "search: ther stat",
        "/search/devices?query=ther%20stat",
        5.0,
    ),
    (
        "search: weather station 1",
        "/search/devices?query=weather%20station%201",
        5.0,
    ),
    ("search: 987", "/search/devices?query=987", 5.0),
    (
        "search: camera 989",
        "/search/devices?query=camera%20989",
        5.0,
    ),
    ("search: nothing", "/search/devices?query=cucumber", 5.0),
    (
        "search: one customer's pum",
        "/search/devices?query=pum&orgId=1007",
        5.0,
    ),
];

/// What was measured on one database.
#[derive(Serialize)]
pub struct Lists {
    database: &'static str,
    few: i64,
    many: i64,
    /// None where they were there already.
    seconds_to_seed: Option<f64>,
    pages: Vec<Page>,
}

/// A page, over few devices and over many.
#[derive(Serialize)]
struct Page {
    title: &'static str,
    /// Rows on the page.
    rows: [usize; 2],
    /// Hits, as the answers count them.
    hits: [u64; 2],
    few_ms: Times,
    many_ms: Times,
    /// Of the medians.
    ratio: f64,
    limit: Verdict,
}

/// What was answered for a page, by the few and by the many.
#[derive(Clone, Default)]
struct Answers {
    ms: [Vec<f64>; 2],
    rows: [usize; 2],
    hits: [u64; 2],
}

/// Measures one database.
pub async fn measure(place: &Place, devices: i64) -> Result<Lists, Trouble> {
    let (few, _) = place.seeded(FEW).await?;
    let (many, seconds_to_seed) = place.seeded(devices).await?;
    let at_few = few.connect(&few.sign_in(Role::Admin).await?).await?;
    let at_many = many.connect(&many.sign_in(Role::Admin).await?).await?;
    let mut connections = [at_few, at_many];
    let mut answers = vec![Answers::default(); PAGES.len()];
    for _ in 0..ROUNDS {
        for ((_, path, _), answers) in PAGES.iter().zip(&mut answers) {
            for turn in 0..WARM_UP + TIMES {
                // Who begins changes from turn to turn.
                for index in [turn % 2, 1 - turn % 2] {
                    ask(
                        &mut connections[index],
                        path,
                        answers,
                        index,
                        turn >= WARM_UP,
                    )
                    .await?;
                }
            }
        }
    }
    few.stop().await;
    many.stop().await;
    let pages = PAGES.iter().zip(answers);
    Ok(Lists {
        database: place.name(),
        few: FEW,
        many: devices,
        seconds_to_seed,
        pages: pages
            .map(|((title, _, bound), answers)| page(title, *bound, answers))
            .collect(),
    })
}

fn page(title: &'static str, bound: f64, answers: Answers) -> Page {
    let [few_ms, many_ms] = answers.ms.map(|ms| Times::of(ms).unwrap_or_default());
    let ratio = ratio(many_ms.median, few_ms.median);
    Page {
        title,
        rows: answers.rows,
        hits: answers.hits,
        few_ms,
        many_ms,
        ratio,
        limit: at_most(ratio, bound),
    }
}

/// Asks one of the two clouds for a page.
async fn ask(
    connection: &mut Connection,
    path: &str,
    answers: &mut Answers,
    index: usize,
    counts: bool,
) -> Result<(), Trouble> {
    let sent = Instant::now();
    let answer = connection.get(path).await?;
    let time = sent.elapsed().as_secs_f64() * 1_000.0;
    if counts {
        answers.ms[index].push(time);
    }
    let page = answer.json()?;
    let (rows, total) = (page["content"].as_array(), page["totalElements"].as_u64());
    let odd = || Trouble::Odd("an answer that is no page");
    answers.rows[index] = rows.ok_or_else(odd)?.len();
    answers.hits[index] = total.ok_or_else(odd)?;
    Ok(())
}

impl Lists {
    /// The table.
    pub fn text(&self) -> String {
        let (few, many) = (self.few, self.many);
        let mut table = Table::new([
            format!("{}, median ms", self.database),
            format!("at {few}"),
            format!("at {many}"),
            "95 % ms".to_owned(),
            "ratio".to_owned(),
            "limit".to_owned(),
            "rows".to_owned(),
            "hits".to_owned(),
        ]);
        for page in &self.pages {
            table.row([
                page.title.to_owned(),
                number(page.few_ms.median),
                number(page.many_ms.median),
                number(page.many_ms.p95),
                number(page.ratio),
                page.limit.to_string(),
                both(page.rows),
                both(page.hits),
            ]);
        }
        match self.seconds_to_seed {
            Some(seconds) => format!("{table}\nseeded in {} s\n\n", number(seconds)),
            None => format!("{table}\n"),
        }
    }
}

/// A number at the few, and at the many.
fn both([few, many]: [impl ToString; 2]) -> String {
    format!("{}, {}", few.to_string(), many.to_string())
}
