//! What was measured, and how good it is.

use serde::Serialize;

use super::generator::{Load, Rate};
use crate::cloud::verdict::{Verdict, at_least, at_most};
use crate::table::{Table, number};

/// Of the broker's rate, at least.
const LEAST_RATE: f64 = 0.25;
/// Milliseconds after which everything is committed.
const COMMITTED: f64 = 100.0;
/// Of the broker's memory for a connection, at most.
const MOST_MEMORY: f64 = 4.0;

/// Everything.
#[derive(Serialize)]
pub struct Report {
    wanted: usize,
    connections: usize,
    rates: Vec<Compared>,
    idle: Vec<(String, Idle)>,
    /// Gateways, nodes of each, and what came of it.
    tunnelled: Option<(usize, u16, Rate)>,
}

/// One host under one load, in each round.
#[derive(Serialize)]
pub struct Row {
    host: String,
    load: Load,
    rate: Rate,
}

/// The medians of both, beside each other.
#[derive(Serialize)]
struct Compared {
    load: Load,
    broker: Row,
    ours: Row,
    over: f64,
    /// Where as much is said as can be.
    goal: Option<Verdict>,
    floor: Option<Verdict>,
    /// Where it is said at times of the devices' own: a message that waits in a device is not the cloud's yet.
    committed: Option<Verdict>,
}

/// Connections that say nothing.
#[derive(Clone, Copy, Serialize)]
pub struct Idle {
    connections: usize,
    bytes_each: f64,
    bytes: u64,
}

impl Idle {
    /// The memory with some connections, and with so many more.
    pub fn new(more: usize, before: u64, after: u64) -> Self {
        Self {
            connections: more,
            bytes_each: after.saturating_sub(before) as f64 / more as f64,
            bytes: after,
        }
    }
}

impl Row {
    /// What came of a load.
    pub fn of(host: &str, load: Load, rate: Rate) -> Self {
        Self {
            host: host.to_owned(),
            load,
            rate,
        }
    }
}

impl Report {
    /// Of so many connections that say nothing, where that many were wanted.
    pub fn new(wanted: usize, connections: usize) -> Self {
        Self {
            wanted,
            connections,
            rates: Vec::new(),
            idle: Vec::new(),
            tunnelled: None,
        }
    }

    /// The rounds of gateways that speak for nodes.
    pub fn tunnel(&mut self, (gateways, nodes): (usize, u16), mut rates: Vec<Rate>) {
        rates.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
        let middle = rates.get(rates.len() / 2);
        self.tunnelled = middle.map(|rate| (gateways, nodes, *rate));
    }

    /// The rounds of one load, those of the broker and ours in turns.
    pub fn add(&mut self, rows: Vec<Row>) {
        let (ours, broker): (Vec<Row>, Vec<Row>) =
            rows.into_iter().partition(|row| row.host == super::OURS);
        let (Some(ours), Some(broker)) = (middle(ours), middle(broker)) else {
            return;
        };
        let over = ours.rate.per_second / broker.rate.per_second;
        let is_full = ours.load.each_second.is_none();
        self.rates.push(Compared {
            load: ours.load,
            over,
            goal: is_full.then(|| at_least(over, 1.0)),
            floor: is_full.then(|| at_least(over, LEAST_RATE)),
            committed: (!is_full).then(|| at_most(ours.rate.ms.max, COMMITTED)),
            broker,
            ours,
        });
    }

    /// Connections of a host that say nothing.
    pub fn idle(&mut self, host: &str, idle: Idle) {
        self.idle.push((host.to_owned(), idle));
    }

    /// The tables.
    pub fn text(&self) -> String {
        let tables = [
            (!self.rates.is_empty()).then(|| self.rates()),
            self.tunnelled.map(tunnelled),
            (!self.idle.is_empty()).then(|| self.memory()),
        ];
        let tables: Vec<_> = tables.iter().flatten().map(ToString::to_string).collect();
        format!("{}{}", tables.join("\n"), self.shortfall())
    }

    fn rates(&self) -> Table {
        let mut table = Table::new([
            "load",
            "host",
            "messages/s",
            "CPU us/message",
            "median ms",
            "95 % ms",
            "longest ms",
            "/ broker",
            "goal",
            "floor",
            "committed",
        ]);
        for compared in &self.rates {
            for row in [&compared.broker, &compared.ours] {
                let Rate {
                    per_second,
                    cpu_us,
                    ms,
                } = row.rate;
                let load = row.load;
                let mut cells = vec![
                    load.to_string(),
                    row.host.clone(),
                    number(per_second),
                    number(cpu_us),
                    number(ms.median),
                    number(ms.p95),
                    number(ms.max),
                ];
                if row.host == super::OURS {
                    cells.push(number(compared.over));
                    let verdicts = [compared.goal, compared.floor, compared.committed];
                    let words =
                        |verdict: Option<Verdict>| verdict.map(|verdict| verdict.to_string());
                    cells.extend(verdicts.map(|verdict| words(verdict).unwrap_or_default()));
                }
                table.row(cells);
            }
        }
        table
    }

    fn memory(&self) -> Table {
        let mut table = Table::new(["host", "connections", "bytes each", "MB in all", "floor"]);
        let least = self
            .idle
            .first()
            .map_or(f64::NAN, |(_, idle)| idle.bytes_each);
        for (host, idle) in &self.idle {
            let floor = at_most(idle.bytes_each / least, MOST_MEMORY);
            table.row([
                host.clone(),
                idle.connections.to_string(),
                number(idle.bytes_each),
                number(idle.bytes as f64 / 1e6),
                match host == super::OURS {
                    true => floor.to_string(),
                    false => String::new(),
                },
            ]);
        }
        table
    }

    fn shortfall(&self) -> String {
        match self.connections < self.wanted {
            true => format!(
                "This machine lets a program open too few files for {} connections.\n",
                self.wanted
            ),
            false => String::new(),
        }
    }
}

/// Gateways that speak for nodes: no broker beside which to put that, since none asks whose node it is.
fn tunnelled((gateways, nodes, rate): (usize, u16, Rate)) -> Table {
    let mut table = Table::new([
        "gateway tunnelling",
        "messages/s",
        "CPU us/message",
        "median ms",
        "95 % ms",
        "longest ms",
    ]);
    table.row([
        format!("{gateways} gateways of {nodes} nodes, {nodes} open each"),
        number(rate.per_second),
        number(rate.cpu_us),
        number(rate.ms.median),
        number(rate.ms.p95),
        number(rate.ms.max),
    ]);
    table
}

/// The round whose rate is in the middle.
fn middle(mut rows: Vec<Row>) -> Option<Row> {
    rows.sort_by(|one, other| one.rate.per_second.total_cmp(&other.rate.per_second));
    let middle = rows.len() / 2;
    (!rows.is_empty()).then(|| rows.swap_remove(middle))
}
