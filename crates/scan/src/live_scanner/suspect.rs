//! Squares of the picture that finder patterns say are codes.

use crate::Code;
use crate::places::{distance, is_inside, middle};
use crate::qr::{Finder, Pair, Pyramid, Search, Triple, pairs, triples};

/// A square that must be a code, by two or three of its finder patterns.
pub(super) struct Suspect {
    /// Clockwise, in pixels of the frame.
    pub(super) corners: Corners,
    /// The patterns.
    pub(super) finders: Vec<Finder>,
}

type Corners = [[f32; 2]; 4];

/// Three finder patterns that fit together worse are of no code, or of several.
const MISFIT: f32 = 0.45;

/// More finder patterns are not put together, the best first.
const MOST_FINDERS: usize = 24;

/// From a finder pattern's middle to the end of the code, in modules.
const END: f32 = 3.5;

/// What the search has seen beside the codes that were read, the surest first, each place once.
pub(super) fn suspects(search: &Search, codes: &[Code]) -> Vec<Suspect> {
    let is_read = |place| codes.iter().any(|code| is_inside(place, &code.corners));
    let mut finders = search.finders().to_vec();
    finders.retain(|finder| !is_read(finder.centre));
    finders.sort_by(|a, b| b.quality.total_cmp(&a.quality));
    finders.truncate(MOST_FINDERS);
    let mut suspects: Vec<Suspect> = Vec::new();
    let of_three = triples(&finders).into_iter();
    for triple in of_three.take_while(|triple| triple.misfit < MISFIT) {
        add(&mut suspects, of_triple(&triple));
    }
    for (a, b, pair) in pairs(&finders) {
        if let Some(suspect) = of_pair(search.pyramid(), [a, b], &pair) {
            add(&mut suspects, suspect);
        }
    }
    suspects
}

fn add(suspects: &mut Vec<Suspect>, suspect: Suspect) {
    let place = middle(&suspect.corners);
    let is_known = |known: &Suspect| is_inside(place, &known.corners);
    if !suspects.iter().any(is_known) {
        suspects.push(suspect);
    }
}

/// The square, if it is seen as a parallelogram.
fn of_triple(triple: &Triple) -> Suspect {
    let a = triple.top_left.place([-END, -END]);
    let b = triple.top_right.place([END, -END]);
    let d = triple.bottom_left.place([-END, END]);
    let c = [0, 1].map(|axis| b[axis] + d[axis] - a[axis]);
    Suspect {
        corners: [a, b, c, d],
        finders: vec![triple.top_left, triple.top_right, triple.bottom_left],
    }
}

/// Two patterns at the ends of one side, or at opposite corners: something hides the third one.
fn of_pair(pyramid: &Pyramid, [a, b]: [Finder; 2], pair: &Pair) -> Option<Suspect> {
    // Along a side the code lies where one of the two thirds is; where the other one is there is paper.
    let sides = pair.thirds().map(|third| square(&a, pair.there, third));
    let [first, second] = sides.map(|side| contrast(pyramid, &side, &a));
    let corners = sides[usize::from(second > first)];
    (first.max(second) > BUSY).then(|| Suspect {
        corners,
        finders: vec![a, b],
    })
}

/// The brightness in a code deviates by at least this part of what a finder pattern's core and paper differ.
const BUSY: f32 = 0.2;

/// The square that a pattern makes with two others, in modules from its middle and along its sides.
fn square(finder: &Finder, second: [f32; 2], third: [f32; 2]) -> Corners {
    let [u, v] = [0, 1].map(|axis| {
        let (one, other) = (second[axis], third[axis]);
        if one.abs() > other.abs() { one } else { other }
    });
    let ends = [u, v].map(|to| (-END * to.signum(), to + END * to.signum()));
    let [(u0, u1), (v0, v1)] = ends;
    let mut corners = [[u0, v0], [u1, v0], [u1, v1], [u0, v1]].map(|place| finder.place(place));
    if u * v < 0.0 {
        corners.swap(1, 3);
    }
    corners
}

/// The standard deviation of the brightness, as a part of what a pattern's core and the light ring around it differ; and the
/// part of the square that is as bright as can be, where light may hide a code.
fn contrast(pyramid: &Pyramid, corners: &Corners, finder: &Finder) -> f32 {
    let values = samples(pyramid, corners, finder.module(), 21);
    let count = values.len() as f32;
    let mean = values.iter().sum::<f32>() / count;
    let square = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f32>()
        / count;
    let (plane, factor) = pyramid.for_module(finder.module());
    let at = |place| plane.at(finder.place(place).map(|part| part * factor));
    let bright = values.iter().filter(|value| **value >= 250.0).count() as f32 / count;
    square.sqrt() / (at([2.0, 0.0]) - at([0.0, 0.0])).abs().max(1.0) + bright
}

/// The brightness in the middles of `side` by `side` parts of a parallelogram, row by row.
pub(super) fn samples(
    pyramid: &Pyramid,
    [a, b, _, d]: &Corners,
    module: f32,
    side: usize,
) -> Vec<f32> {
    let (plane, factor) = pyramid.for_module(module);
    let part = |index: usize| (index as f32 + 0.5) / side as f32;
    let places = (0..side * side).map(|index| (part(index % side), part(index / side)));
    let brightness = |(u, v)| {
        let place = [0, 1].map(|axis| a[axis] + u * (b[axis] - a[axis]) + v * (d[axis] - a[axis]));
        plane.at(place.map(|value| value * factor))
    };
    places.map(brightness).collect()
}

/// How many modules long a side is.
pub(super) fn side(corners: &Corners, module: f32) -> usize {
    ((distance(corners[0], corners[1]) / module).round() as usize).clamp(21, 177)
}
