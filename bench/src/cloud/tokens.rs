//! Large batches: made and exported, and the memory that takes.

use std::fs;
use std::time::Instant;

use handover_wire::Role;
use serde::Serialize;
use serde_json::json;

use super::site::{Site, TEMPLATE};
use super::verdict::{Verdict, at_most};
use super::{Place, Trouble};
use crate::table::{Table, number};

/// A tenth of the tokens first: were memory to grow with a batch, it would show.
const PARTS: [usize; 2] = [10, 1];
/// What an export has beside its table.
const IMAGES: [&str; 3] = ["none", "png", "svg"];
/// Megabytes by which the memory of the whole batch's export may be more than that of the tenth's: a zip ends with a table
/// of contents, which is known when everything is written.
const FLAT: f64 = 64.0;

/// What was measured of one batch.
#[derive(Serialize)]
pub struct Tokens {
    database: &'static str,
    tokens: usize,
    seconds_to_make: f64,
    peak_more_megabytes: f64,
    exports: Vec<Export>,
    /// Milliseconds until a batch that was being made is cancelled.
    ms_to_cancel: f64,
}

/// One export.
#[derive(Serialize)]
struct Export {
    images: &'static str,
    seconds: f64,
    megabytes: f64,
    /// The most memory that this process had meanwhile, over what it had before.
    peak_more_megabytes: f64,
    /// Whether that is as much as of a tenth of the tokens, or little more.
    is_flat: Option<Verdict>,
}

/// Measures one database.
pub async fn measure(place: &Place, count: usize) -> Result<Vec<Tokens>, Trouble> {
    let site = place.start("tokens").await?;
    let mut all: Vec<Tokens> = Vec::new();
    for part in PARTS {
        let tokens = count / part;
        let memory = Memory::now();
        let began = Instant::now();
        let batch = site.batch(None, tokens).await?;
        let seconds_to_make = began.elapsed().as_secs_f64();
        let peak_more_megabytes = memory.peak_more();
        let mut exports = Vec::new();
        for (index, images) in IMAGES.into_iter().enumerate() {
            let few = all.last().map(|few| few.exports[index].peak_more_megabytes);
            exports.push(export(&site, batch, images, few).await?);
        }
        all.push(Tokens {
            database: place.name(),
            tokens,
            seconds_to_make,
            peak_more_megabytes,
            exports,
            ms_to_cancel: cancel(&site, tokens).await?,
        });
    }
    site.stop().await;
    Ok(all)
}

/// Takes a batch's file to its end; `few` is what a smaller one took.
async fn export(
    site: &Site,
    batch: i64,
    images: &'static str,
    few: Option<f64>,
) -> Result<Export, Trouble> {
    let mut admin = site.connect(&site.sign_in(Role::Admin).await?).await?;
    let path = format!("/static-tokens/batch/export?batchId={batch}&images={images}");
    let memory = Memory::now();
    let began = Instant::now();
    let bytes = admin.download(&path, |_| {}).await?;
    let seconds = began.elapsed().as_secs_f64();
    let peak_more_megabytes = memory.peak_more();
    Ok(Export {
        images,
        seconds,
        megabytes: bytes as f64 / 1e6,
        peak_more_megabytes,
        is_flat: few.map(|few| at_most(peak_more_megabytes, few.max(0.0) + FLAT)),
    })
}

/// Asks for a batch, and cancels it in the middle.
async fn cancel(site: &Site, tokens: usize) -> Result<f64, Trouble> {
    let mut admin = site.connect(&site.sign_in(Role::Admin).await?).await?;
    let body = json!({ "templateId": TEMPLATE, "name": "Cancelled", "count": tokens });
    let asked = admin.post("/static-tokens/batches", &body).await?.json()?;
    let of_batch = |what: &str| format!("/static-tokens/batch{what}?batchId={}", asked["id"]);
    while admin.get(&of_batch("")).await?.json()?["made"] == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let began = Instant::now();
    admin.post(&of_batch("/cancel"), &json!({})).await?.json()?;
    let taken = began.elapsed().as_secs_f64() * 1_000.0;
    let state = admin.get(&of_batch("")).await?.json()?["state"].clone();
    match state == "cancelled" {
        true => Ok(taken),
        false => Err(Trouble::Odd("a batch that is not cancelled")),
    }
}

/// What memory this process had before something.
struct Memory(f64);

impl Memory {
    fn now() -> Self {
        // Makes the highest mark begin anew; not every system lets us.
        let _ = fs::write("/proc/self/clear_refs", "5");
        Self(memory("VmRSS"))
    }

    /// The most megabytes that it had since then, over what it had.
    fn peak_more(&self) -> f64 {
        memory("VmHWM") - self.0
    }
}

/// A figure of this process's memory in megabytes; no number where the system does not tell.
fn memory(what: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    let kibibytes =
        line.and_then(|line| line.trim_matches([':', ' ', '\t', 'k', 'B']).parse().ok());
    kibibytes.map_or(f64::NAN, |kibibytes: f64| kibibytes * 1_024.0 / 1e6)
}

/// The table of all batches.
pub fn text(all: &[Tokens]) -> String {
    let mut table = Table::new([
        "tokens",
        "database",
        "made in s",
        "peak memory, MB more",
        "cancelled in ms",
        "images",
        "exported in s",
        "MB",
        "peak memory, MB more",
        "flat",
    ]);
    for tokens in all {
        for export in &tokens.exports {
            table.row([
                tokens.tokens.to_string(),
                tokens.database.to_owned(),
                number(tokens.seconds_to_make),
                number(tokens.peak_more_megabytes),
                number(tokens.ms_to_cancel),
                export.images.to_owned(),
                number(export.seconds),
                number(export.megabytes),
                number(export.peak_more_megabytes),
                export
                    .is_flat
                    .map_or_else(String::new, |flat| flat.to_string()),
            ]);
        }
    }
    format!("{table}\n")
}
