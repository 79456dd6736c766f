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

/// The same edges, from the first bar's to the last one's, each where the brightness is halfway between the darkest of its bar
/// and the lightest of its space. A mean of the surroundings tells where edges are, but it lies nearer to what there is more
/// of, which makes bars of few pixels too wide or too narrow.
pub(super) fn halfway(brightness: &[f32], edges: &[f32]) -> Vec<f32> {
    let last = brightness.len() - 1;
    // How far the quiet zones are looked at: a bar and its space.
    let beyond = edges[2] - edges[0];
    let bounds = |index: usize| {
        let from = index
            .checked_sub(1)
            .map_or(edges[0] - beyond, |before| edges[before]);
        let to = edges.get(index).copied().unwrap_or(from + beyond);
        let from = (from.max(0.0).ceil() as usize).min(last);
        (from, (to.max(0.0) as usize).clamp(from, last))
    };
    // The sample that is lightest in a space and darkest in a bar. The first of these is the quiet zone before the symbol.
    let extreme = |index: usize| {
        let (from, to) = bounds(index);
        let key = |at: &usize| {
            if index.is_multiple_of(2) {
                -brightness[*at]
            } else {
                brightness[*at]
            }
        };
        (from..=to)
            .min_by(|a, b| key(a).total_cmp(&key(b)))
            .unwrap_or(from)
    };
    let mut before = extreme(0);
    let moved = edges.iter().enumerate().map(|(index, &edge)| {
        let after = extreme(index + 1);
        let level = (brightness[before] + brightness[after]) / 2.0;
        let is_beyond = |at: usize| (brightness[at] < level) == (index % 2 == 0);
        let crossing = (before + 1..=after).find(|&at| is_beyond(at));
        let place = crossing.map_or(edge, |at| {
            let (one, other) = (brightness[at - 1], brightness[at]);
            at as f32 - ((other - level) / (other - one)).clamp(0.0, 1.0)
        });
        before = after;
        place
    });
    moved.collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Bars and spaces of these widths, between quiet zones, beginning at a place between two samples.
    fn drawn(from: f32, widths: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let mut edges = vec![from];
        for width in widths {
            edges.push(edges[edges.len() - 1] + width);
        }
        let ends = edges[edges.len() - 1] + from;
        let dark = |x: f32| edges.iter().filter(|&&edge| edge <= x).count() % 2 == 1;
        // The mean over each sample, in sixteen parts.
        let sample = |at: usize| {
            let parts = (0..16).filter(|part| dark(at as f32 - 0.5 + (*part as f32 + 0.5) / 16.0));
            240.0 - 200.0 * parts.count() as f32 / 16.0
        };
        ((0..ends as usize).map(sample).collect(), edges)
    }

    #[test]
    fn bars_of_two_samples_are_as_wide_as_they_were_drawn() {
        let widths = [
            2.0, 2.0, 2.0, 8.0, 2.0, 6.0, 2.0, 2.0, 4.0, 2.0, 2.0, 2.0, 2.0,
        ];
        for part in 0..8 {
            let (brightness, expected) = drawn(40.0 + part as f32 / 8.0, &widths);
            let found = edges(&brightness);
            assert_eq!(found.len(), expected.len());
            let exact = halfway(&brightness, &found);
            for (found, expected) in exact.iter().zip(&expected) {
                assert!((found - expected).abs() < 0.2, "{exact:?} for {expected:?}");
            }
        }
    }
}
