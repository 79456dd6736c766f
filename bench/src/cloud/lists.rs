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
const TIMES: usize = 40;
const WARM_UP: usize = 10;

/// From where a page is read.
#[derive(Clone, Copy)]
enum Begin {
    /// From the start of the list.
    Start,
    /// From where this part of all devices is before it.
    Part(f64),
    /// From where 50 are left.
    End,
}
use Begin::{End, Part, Start};

/// How often the many may take as long as the few.
const LIST: f64 = 1.5;
const SEARCH: f64 = 5.0;

/// What is asked for: a title, the parameters, from where, and the bound. Lists are of all devices.
#[rustfmt::skip]
const LISTS: [(&str, &str, Begin, f64); 22] = [
    ("newest", "", Start, LIST),
    ("newest, middle", "", Part(0.5), LIST),
    ("newest, end", "", End, LIST),
    ("oldest", "&sort=oldest", Start, LIST),
    ("name", "&sort=name", Start, LIST),
    ("name, middle", "&sort=name", Part(0.5), LIST),
    ("name, end", "&sort=name", End, LIST),
    ("name reversed", "&sort=name_reversed", Start, LIST),
    ("recently seen", "&sort=recently_seen", Start, LIST),
    ("recently seen, middle", "&sort=recently_seen", Part(0.5), LIST),
    ("long unseen", "&sort=long_unseen", Start, LIST),
    ("online", "&state=online", Start, LIST),
    ("online, middle", "&state=online", Part(0.14), LIST),
    ("offline by name, middle", "&state=offline&sort=name", Part(0.28), LIST),
    ("never there, recently seen", "&state=never_connected&sort=recently_seen", Start, LIST),
    ("a common kind", "&templateId=TMPLmany01003", Start, LIST),
    ("a common kind by name, middle", "&templateId=TMPLmany01003&sort=name", Part(0.1), LIST),
    ("a rare kind, newest", "&templateId=TMPLrare01001", Start, LIST),
    ("a rare kind by name", "&templateId=TMPLrare01001&sort=name", Start, LIST),
    ("a rare kind, online, by last seen", "&templateId=TMPLrare01001&state=online&sort=long_unseen", Start, LIST),
    ("a kind of no device by name", "&templateId=TMPLnone01002&sort=name", Start, LIST),
    ("a kind of no device, offline", "&templateId=TMPLnone01002&state=offline", Start, LIST),
];
/// Other pages: a title, a path, and the bound.
#[rustfmt::skip]
const OTHERS: [(&str, &str, f64); 27] = [
    // As many as each customer has of the few: it is the same page that is compared.
    ("one customer's", "/devices?orgId=1007&size=10", LIST),
    ("one customer's by name", "/devices?orgId=1007&size=10&sort=name", LIST),
    ("page 10 by its number", "/devices?includeSubOrgDevices=true&page=9", LIST),
    ("batches", "/static-tokens/batches?size=50", LIST),
    ("search: pum", "/search/devices?query=pum", SEARCH),
    ("search: PUMP 99", "/search/devices?query=PUMP%2099", SEARCH),
    ("search: ther stat", "/search/devices?query=ther%20stat", SEARCH),
    ("search: weather station 1", "/search/devices?query=weather%20station%201", SEARCH),
    ("search: 987", "/search/devices?query=987", SEARCH),
    ("search: camera 989", "/search/devices?query=camera%20989", SEARCH),
    ("search: nothing", "/search/devices?query=cucumber", SEARCH),
    ("search: one customer's pum", "/search/devices?query=pum&orgId=1007", SEARCH),
    ("search: pum by name", "/search/devices?query=pum&sort=name", SEARCH),
    ("search: camera 989 by name", "/search/devices?query=camera%20989&sort=name", SEARCH),
    ("search: pum, online, by last seen", "/search/devices?query=pum&state=online&sort=recently_seen", SEARCH),
    ("search: pum of a rare kind", "/search/devices?query=pum&templateId=TMPLrare01001", SEARCH),
    ("search: pum of a kind of no device", "/search/devices?query=pum&templateId=TMPLnone01002", SEARCH),
    ("search: 02:00:5e:00:00:07", "/search/devices?query=02:00:5e:00:00:07", SEARCH),
    ("labels", "/static-tokens/find?size=50", LIST),
    ("labels that are claimed", "/static-tokens/find?state=CLAIMED&size=50", LIST),
    ("labels: SN-0, which all have", "/static-tokens/find?query=SN-0", SEARCH),
    ("labels: SN-0000987", "/static-tokens/find?query=SN-0000987", SEARCH),
    ("labels: 02:00:5e:00:00:07", "/static-tokens/find?query=02:00:5e:00:00:07", SEARCH),
    ("labels: 0000987", "/static-tokens/find?query=0000987", SEARCH),
    ("labels: nothing", "/static-tokens/find?query=cucumber", SEARCH),
    ("labels: batch, which all have", "/static-tokens/find?query=batch", SEARCH),
    ("labels: pum, which devices have", "/static-tokens/find?query=pum", SEARCH),
];

/// A page to measure: what it is called, its path at the few and at the many, and the bound.
struct Asked {
    title: &'static str,
    paths: [String; 2],
    bound: f64,
}

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
    let access = [
        few.sign_in(Role::Admin).await?,
        many.sign_in(Role::Admin).await?,
    ];
    let sites = [(&few, &access[0]), (&many, &access[1])];
    let mut asked = Vec::with_capacity(LISTS.len() + OTHERS.len());
    for (title, parameters, begin, bound) in LISTS {
        let mut paths = [String::new(), String::new()];
        for (path, (site, access)) in paths.iter_mut().zip(sites) {
            // A connection of its own: the others would wait too long meanwhile.
            *path = path_from(&mut site.connect(access).await?, parameters, begin).await?;
        }
        asked.push(Asked {
            title,
            paths,
            bound,
        });
    }
    let mut connections = [
        few.connect(&access[0]).await?,
        many.connect(&access[1]).await?,
    ];
    asked.extend(OTHERS.map(|(title, path, bound)| Asked {
        title,
        paths: [path, path].map(str::to_owned),
        bound,
    }));
    let mut answers = vec![Answers::default(); asked.len()];
    for _ in 0..ROUNDS {
        for (asked, answers) in asked.iter().zip(&mut answers) {
            for turn in 0..WARM_UP + TIMES {
                // Who begins changes from turn to turn.
                for index in [turn % 2, 1 - turn % 2] {
                    ask(
                        &mut connections[index],
                        &asked.paths[index],
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
    let pages = asked.into_iter().zip(answers);
    Ok(Lists {
        database: place.name(),
        few: FEW,
        many: devices,
        seconds_to_seed,
        pages: pages
            .map(|(asked, answers)| page(asked.title, asked.bound, answers))
            .collect(),
    })
}

/// Where a page of all devices is asked for, once one has come to where it begins.
async fn path_from(
    connection: &mut Connection,
    parameters: &str,
    begin: Begin,
) -> Result<String, Trouble> {
    let base = format!("/devices?includeSubOrgDevices=true{parameters}");
    let all = connection.get("/devices?includeSubOrgDevices=true&size=1");
    let all = all.await?.json()?["totalElements"].as_f64();
    let all = all.ok_or(Trouble::Odd("an answer that is no page"))?;
    let mut before = match begin {
        Start => 0,
        Part(part) => (all * part) as u64,
        End => all as u64 - 50,
    };
    let mut path = base.clone();
    while before > 0 {
        let size = before.min(1_000);
        let page = connection.get(&format!("{path}&size={size}")).await?;
        let page = page.json()?;
        let next = page["next"].as_str();
        let next = next.ok_or(Trouble::Odd("a list that ends too early"))?;
        path = format!("{base}&after={next}");
        before -= size;
    }
    Ok(path)
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
