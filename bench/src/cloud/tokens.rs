//! Large batches: made and exported, and the memory that takes.

use std::fs;
use std::time::Instant;

use handover_wire::Role;
use serde::Serialize;

use super::{Place, Trouble};
use crate::table::{Table, number};

/// A tenth of the tokens first: were memory to grow with a batch, it would show.
const PARTS: [usize; 2] = [10, 1];
/// What an export has beside its table.
const IMAGES: [&str; 2] = ["none", "png"];

/// What was measured of one batch.
#[derive(Serialize)]
pub struct Tokens {
    database: &'static str,
    tokens: usize,
    seconds_to_make: f64,
    exports: Vec<Export>,
}

/// One export.
#[derive(Serialize)]
struct Export {
    images: &'static str,
    seconds: f64,
    megabytes: f64,
    /// The most memory that this process had meanwhile, over what it had before.
    peak_more_megabytes: f64,
}

/// Measures one database.
pub async fn measure(place: &Place, count: usize) -> Result<Vec<Tokens>, Trouble> {
    let site = place.start("tokens").await?;
    let mut all = Vec::new();
    for part in PARTS {
        let tokens = count / part;
        let began = Instant::now();
        let batch = site.batch(None, tokens).await?;
        let seconds_to_make = began.elapsed().as_secs_f64();
        let mut exports = Vec::new();
        for images in IMAGES {
            let mut admin = site.connect(&site.sign_in(Role::Admin).await?).await?;
            let path = format!("/static-tokens/batch/export?batchId={batch}&images={images}");
            let before = memory("VmRSS");
            // Makes the highest mark begin anew; not every system lets us.
            let _ = fs::write("/proc/self/clear_refs", "5");
            let began = Instant::now();
            let bytes = admin.download(&path, |_| {}).await?;
            exports.push(Export {
                images,
                seconds: began.elapsed().as_secs_f64(),
                megabytes: bytes as f64 / 1e6,
                peak_more_megabytes: memory("VmHWM") - before,
            });
        }
        all.push(Tokens {
            database: place.name(),
            tokens,
            seconds_to_make,
            exports,
        });
    }
    site.stop().await;
    Ok(all)
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
        "images",
        "exported in s",
        "MB",
        "peak memory, MB more",
    ]);
    for tokens in all {
        for export in &tokens.exports {
            table.row([
                tokens.tokens.to_string(),
                tokens.database.to_owned(),
                number(tokens.seconds_to_make),
                export.images.to_owned(),
                number(export.seconds),
                number(export.megabytes),
                number(export.peak_more_megabytes),
            ]);
        }
    }
    format!("{table}\n")
}
