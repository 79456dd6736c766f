//! Claims in a second, beside what the disk can do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::commits;
use super::site::Site;
use super::verdict::{Verdict, at_least};
use super::{Place, Trouble};
use crate::stats::Times;
use crate::table::{Table, number};

/// Clients at one time, as many as the goal names: people of eight customers.
const CLIENTS: usize = 64;
const CUSTOMERS: usize = 8;
/// The most claims in a second that there are labels for.
const MOST: usize = 6_000;

/// What was measured on one database.
#[derive(Serialize)]
pub struct Claims {
    database: &'static str,
    /// Single-row durable commits in a second, before, between and after the claims.
    bare_commits: Vec<f64>,
    one_client: Rate,
    many_clients: Rate,
    /// Claims of many clients over bare commits.
    over_bare: f64,
    /// Claims of many clients over those of one.
    over_one: f64,
    /// What is wished for; PostgreSQL has commits of its own side by side, and no such wish.
    goal: Option<Verdict>,
    /// What must be.
    floor: Verdict,
}

/// Claims of so many clients.
#[derive(Serialize)]
struct Rate {
    clients: usize,
    claims: usize,
    per_second: f64,
    /// Milliseconds from request to answer.
    ms: Times,
}

/// Measures one database.
pub async fn measure(place: &Place, seconds: u32) -> Result<Claims, Trouble> {
    let site = place.start("claims").await?;
    let customers = site.customers(CUSTOMERS, CLIENTS / CUSTOMERS).await?;
    // The clients take turns through the customers, so that any few of them are of several.
    let people: Vec<String> = (0..CLIENTS)
        .map(|client| customers[client % CUSTOMERS].people[client / CUSTOMERS].clone())
        .collect();
    let batch = site.batch(None, MOST * seconds as usize).await?;
    let labels = Arc::new(site.labels(batch).await?);
    let next = Arc::new(AtomicUsize::new(0));
    let how_long = Duration::from_secs(seconds.into());
    let mut bare = vec![commits::bare(&site, how_long / 2).await?];
    let one_client = claim(&site, &people[..1], &labels, &next, how_long).await?;
    bare.push(commits::bare(&site, how_long / 2).await?);
    let many_clients = claim(&site, &people, &labels, &next, how_long).await?;
    bare.push(commits::bare(&site, how_long / 2).await?);
    let is_sqlite = site.is_sqlite;
    site.stop().await;
    let mean = bare.iter().sum::<f64>() / bare.len() as f64;
    let over_bare = many_clients.per_second / mean;
    let over_one = many_clients.per_second / one_client.per_second;
    Ok(Claims {
        database: place.name(),
        over_bare,
        over_one,
        goal: is_sqlite.then(|| at_least(over_bare, 2.0)),
        floor: match is_sqlite {
            true => at_least(over_bare, 0.5),
            false => at_least(over_one, 1.0),
        },
        bare_commits: bare,
        one_client,
        many_clients,
    })
}

/// Everybody claims one label after the other, each on a connection of their own.
async fn claim(
    site: &Site,
    people: &[String],
    labels: &Arc<Vec<String>>,
    next: &Arc<AtomicUsize>,
    how_long: Duration,
) -> Result<Rate, Trouble> {
    let mut tasks = tokio::task::JoinSet::new();
    let began = Instant::now();
    for access in people {
        let mut connection = site.connect(access).await?;
        let (labels, next) = (labels.clone(), next.clone());
        tasks.spawn(async move {
            let mut times = Vec::new();
            while began.elapsed() < how_long {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let label = labels.get(index).ok_or(Trouble::Odd("no label is left"))?;
                let sent = Instant::now();
                let answer = connection
                    .claim(label, None, &format!("key {index}"))
                    .await?;
                if answer.status != 201 {
                    let body = String::from_utf8_lossy(&answer.body).into_owned();
                    return Err(Trouble::Refused(answer.status, body));
                }
                times.push(sent.elapsed().as_secs_f64() * 1_000.0);
            }
            Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        times.extend(ended.map_err(|_| Trouble::Odd("a client broke"))??);
    }
    Ok(Rate {
        clients: people.len(),
        claims: times.len(),
        per_second: times.len() as f64 / began.elapsed().as_secs_f64(),
        ms: Times::of(times).unwrap_or_default(),
    })
}

/// The table of all databases.
pub fn text(all: &[Claims]) -> String {
    let mut table = Table::new([
        "claims",
        "bare commits/s",
        "1 client/s",
        "64 clients/s",
        "/ bare",
        "/ 1 client",
        "median ms",
        "95 % ms",
        "goal",
        "floor",
    ]);
    for claims in all {
        let bare: Vec<String> = claims
            .bare_commits
            .iter()
            .map(|rate| number(*rate))
            .collect();
        table.row([
            claims.database.to_owned(),
            bare.join(" "),
            number(claims.one_client.per_second),
            number(claims.many_clients.per_second),
            number(claims.over_bare),
            number(claims.over_one),
            number(claims.many_clients.ms.median),
            number(claims.many_clients.ms.p95),
            claims
                .goal
                .map_or_else(String::new, |goal| goal.to_string()),
            claims.floor.to_string(),
        ]);
    }
    format!("{table}\n")
}
