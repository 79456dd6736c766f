//! Pages of lists and searches over many devices, beside the same over few.

use std::time::Instant;

use handover_wire::Role;
use serde::Serialize;

use super::http::Connection;
use super::verdict::{Verdict, at_most};
use super::{Place, Trouble, seed};
use crate::stats::{Times, ratio};
use crate::table::{Table, number};

/// The few.
const FEW: i64 = 1_000;
/// Requests of each kind at each cloud, in turns, after some that do not count.
const TIMES: usize = 200;
const WARM_UP: usize = 20;

/// What is asked for: a title, a path, and how often the many may take as long as the few.
const PAGES: [(&str, &str, f64); 13] = [
    (
        "list: all devices",
        "/devices?includeSubOrgDevices=true",
        1.5,
    ),
    ("list: one customer's", "/devices?orgId=1007", 1.5),
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
    seconds_to_seed: f64,
    pages: Vec<Page>,
}

/// A page, over few devices and over many.
#[derive(Serialize)]
struct Page {
    title: &'static str,
    /// Hits, as the answers count them.
    hits: [u64; 2],
    few_ms: Times,
    many_ms: Times,
    /// Of the medians.
    ratio: f64,
    limit: Verdict,
}

/// Measures one database.
pub async fn measure(place: &Place, devices: i64) -> Result<Lists, Trouble> {
    let few = place.start("few").await?;
    seed::fill(&few, FEW).await?;
    let many = place.start("many").await?;
    let began = Instant::now();
    seed::fill(&many, devices).await?;
    let seconds_to_seed = began.elapsed().as_secs_f64();
    let mut at_few = few.connect(&few.sign_in(Role::Admin).await?).await?;
    let mut at_many = many.connect(&many.sign_in(Role::Admin).await?).await?;
    let mut pages = Vec::with_capacity(PAGES.len());
    for (title, path, bound) in PAGES {
        let mut ms = [Vec::new(), Vec::new()];
        let mut hits = [0, 0];
        for turn in 0..WARM_UP + TIMES {
            for (index, connection) in [&mut at_few, &mut at_many].into_iter().enumerate() {
                let (time, total) = ask(connection, path).await?;
                hits[index] = total;
                if turn >= WARM_UP {
                    ms[index].push(time);
                }
            }
        }
        let [few_ms, many_ms] = ms.map(|ms| Times::of(ms).unwrap_or_default());
        let ratio = ratio(many_ms.median, few_ms.median);
        pages.push(Page {
            title,
            hits,
            few_ms,
            many_ms,
            ratio,
            limit: at_most(ratio, bound),
        });
    }
    few.stop().await;
    many.stop().await;
    Ok(Lists {
        database: place.name(),
        few: FEW,
        many: devices,
        seconds_to_seed,
        pages,
    })
}

/// The milliseconds of one page, and how many rows there are in all.
async fn ask(connection: &mut Connection, path: &str) -> Result<(f64, u64), Trouble> {
    let sent = Instant::now();
    let answer = connection.get(path).await?;
    let time = sent.elapsed().as_secs_f64() * 1_000.0;
    let total = answer.json()?["totalElements"].as_u64();
    Ok((time, total.ok_or(Trouble::Odd("a page without a total"))?))
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
            format!("hits at {few}"),
            format!("hits at {many}"),
        ]);
        for page in &self.pages {
            table.row([
                page.title.to_owned(),
                number(page.few_ms.median),
                number(page.many_ms.median),
                number(page.many_ms.p95),
                number(page.ratio),
                page.limit.to_string(),
                page.hits[0].to_string(),
                page.hits[1].to_string(),
            ]);
        }
        format!("{table}\nseeded in {} s\n\n", number(self.seconds_to_seed))
    }
}
