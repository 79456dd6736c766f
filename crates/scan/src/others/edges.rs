//! Where a line across a picture goes from light to dark and back, to a fraction of a pixel.

/// The half width of the surroundings whose mean parts light from dark: this part of the line's samples, at least
/// [`LEAST_REACH`].
const REACH: f32 = 1.0 / 24.0;
const LEAST_REACH: usize = 24;

/// How far brightness must go beyond the mean, or it is noise: grey levels, and deviations of its surroundings.
const NOISE: f32 = 5.0;
const NOISE_DEVIATIONS: f32 = 0.25;

/// The edges of a line: from light to dark, then back, and so on, an even number of them. Positions in samples.
pub(super) fn edges(brightness: &[f32]) -> Vec<f32> {
    let reach = ((brightness.len() as f32 * REACH) as usize).max(LEAST_REACH);
    let sums = running_sums(brightness);
    let mut edges = Vec::new();
    // A dark place is beyond the mean where it is brighter, a light one where it is darker.
    let (mut sign, mut before) = (-1.0, 0.0);
    for index in 0..brightness.len() {
        let from = index.saturating_sub(reach);
        let to = (index + reach + 1).min(brightness.len());
        let part = 1.0 / (to - from) as f32;
        let mean = (sums[to][0] - sums[from][0]) * part;
        let now = brightness[index] - mean;
        // Most places end here: how far noise goes matters beyond the least alone.
        if now * sign > NOISE {
            let square = (sums[to][1] - sums[from][1]) * part;
            let deviation = (square - mean * mean).max(0.0).sqrt();
            // Both kinds of edges are late by the same, so that widths are right.
            let far = sign * NOISE.max(NOISE_DEVIATIONS * deviation);
            if now * sign > far * sign {
                sign = -sign;
                let part = ((now - far) / (now - before)).clamp(0.0, 1.0);
                edges.push(index as f32 - part);
            }
        }
        before = now;
    }
    if sign > 0.0 {
        edges.pop();
    }
    edges
}

/// Sums of all before, and of their squares.
fn running_sums(brightness: &[f32]) -> Vec<[f32; 2]> {
    let mut sums = Vec::with_capacity(brightness.len() + 1);
    let mut sum = [0.0; 2];
    sums.push(sum);
    for value in brightness {
        sum = [sum[0] + value, sum[1] + value * value];
        sums.push(sum);
    }
    sums
}

/// The stretches of a line that have room on both sides, as a symbol of bars has: each from its first bar's beginning to its
/// last bar's end, with at least `least` edges. They may overlap.
pub(super) fn stretches(edges: &[f32], least: usize) -> Vec<&[f32]> {
    /// Bars and spaces at the beginning that tell the size of a module, and how many modules they have on average.
    const FIRST: usize = 10;
    const FIRST_MODULES: f32 = 17.0;
    /// Modules of a quiet zone. The standards ask for 7 to 10; within a symbol no space has more than 4.
    const QUIET: f32 = 6.5;
    let mut found = Vec::new();
    let mut start = 0;
    while start + least.max(FIRST + 1) <= edges.len() {
        let before = edges[start] - start.checked_sub(1).map_or(0.0, |index| edges[index]);
        let quiet = QUIET / FIRST_MODULES * (edges[start + FIRST] - edges[start]);
        if before < quiet {
            start += 2;
            continue;
        }
        let ends = (start + 1..edges.len()).step_by(2);
        let end = ends
            .take_while(|&end| end - start < MOST_EDGES)
            .find(|&end| {
                edges
                    .get(end + 1)
                    .is_none_or(|next| next - edges[end] >= quiet)
            });
        if let Some(end) = end.filter(|end| end + 1 - start >= least) {
            found.push(&edges[start..=end]);
        }
        // Not on from the end: noise may have been taken for a first bar, with the true one behind it.
        start += 2;
    }
    found
}

/// The edges of the longest symbol: a Code 128 of 80 characters.
const MOST_EDGES: usize = 512;
