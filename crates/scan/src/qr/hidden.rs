//! Codes of which two finder patterns are seen and the third is hidden: by glare, dirt, a tear, or what stands before it.
//!
//! Two patterns tell where the third one must be, but for perspective. There it is looked for like an alignment pattern: by
//! how much the brightness resembles one, which a part of it is enough for.

use super::group::{Triple, triples};
use super::pair::{Pair, Place, pairs};
use super::pyramid::Pyramid;
use super::ring::Finder;
use crate::deadline::Deadline;
use crate::effort::Work;
use crate::plane::Plane;

/// The most modules from one pattern to another: larger codes are hardly ever read with so little to go by.
const MOST_MODULES: f32 = 60.0;

/// How far from where it should be a pattern is looked for, as a part of the distance.
const REACH: f32 = 0.12;

/// What resembles a finder pattern less is none, however much of it is hidden.
const LIKENESS: f32 = 0.3;

/// The modules of a finder pattern.
const MODULES: usize = 49;

/// Groups of three patterns of which one is guessed, the likeliest first; what was found of them before the deadline.
pub(crate) fn hidden(pyramid: &Pyramid, finders: &[Finder], deadline: &Deadline) -> Vec<Triple> {
    let mut found = Vec::new();
    for (a, b, pair) in pairs(finders) {
        let distance = pair.long;
        if distance >= MOST_MODULES {
            continue;
        }
        for guess in guesses(&a, &b, pair) {
            if deadline.is_over() {
                break;
            }
            if let Some(third) = find(pyramid, guess, distance, deadline) {
                found.extend(triples(&[a, b, third]));
            }
        }
    }
    found.sort_by(|a, b| a.misfit.total_cmp(&b.misfit));
    found
}

/// Where the third pattern may be: at four places beside a pair along a side, at two beside opposite corners.
fn guesses(a: &Finder, b: &Finder, pair: Pair) -> Vec<Finder> {
    let beside = |finder: &Finder, pair: &Pair| {
        pair.thirds().map(|third| Finder {
            centre: finder.place(third),
            quality: 0.0,
            ..*finder
        })
    };
    let mut guesses = beside(a, &pair).to_vec();
    if pair.place == Place::Side {
        // At a right angle to the side as either of the two sees it.
        guesses.extend(beside(b, &pair.turned()));
    }
    guesses
}

/// The place nearby that resembles a finder pattern most.
fn find(pyramid: &Pyramid, guess: Finder, distance: f32, deadline: &Deadline) -> Option<Finder> {
    let (plane, factor) = pyramid.for_module(guess.module());
    let scaled = guess.scaled(factor);
    let best = |middle, reach: f32, step: f32| {
        let steps = (reach / step).ceil() as i32;
        let places = (2 * steps as usize + 1).pow(2);
        deadline.effort().spend(Work::Match(places * MODULES));
        best(plane, &scaled, middle, (steps, step))
    };
    let (place, _) = best([0.0; 2], REACH * distance, 0.5)?;
    let (place, likeness) = best(place, 0.4, 0.1)?;
    (likeness > LIKENESS).then(|| Finder {
        centre: guess.place(place),
        quality: likeness,
        ..guess
    })
}

/// The best place around a middle, so many steps of so many modules each way, and how much it resembles a pattern.
fn best(
    plane: &Plane,
    finder: &Finder,
    middle: [f32; 2],
    (steps, step): (i32, f32),
) -> Option<([f32; 2], f32)> {
    let places = (-steps..=steps).flat_map(|y| (-steps..=steps).map(move |x| [x, y]));
    let scored = places.map(|offset| {
        let place = [0, 1].map(|axis| middle[axis] + offset[axis] as f32 * step);
        (place, likeness(plane, finder, place))
    });
    scored.max_by(|a, b| a.1.total_cmp(&b.1))
}

/// The correlation of the seven by seven modules around a place with a finder pattern: 1 is a perfect one.
fn likeness(plane: &Plane, finder: &Finder, [u, v]: [f32; 2]) -> f32 {
    const COUNT: f32 = MODULES as f32;
    /// The part of them that is light.
    const LIGHT: f32 = 16.0 / COUNT;
    if !plane.holds(finder.place([u, v])) {
        return 0.0;
    }
    let (mut sum, mut squares, mut light) = (0.0, 0.0, 0.0);
    for y in -3_i32..=3 {
        for x in -3_i32..=3 {
            let value = plane.at(finder.place([u + x as f32, v + y as f32]));
            sum += value;
            squares += value * value;
            if x.abs().max(y.abs()) == 2 {
                light += value;
            }
        }
    }
    let mean = sum / COUNT;
    let variance = (squares / COUNT - mean * mean).max(0.0);
    if variance < 4.0 {
        return 0.0;
    }
    (light / COUNT - LIGHT * mean) / (variance * LIGHT * (1.0 - LIGHT)).sqrt()
}
