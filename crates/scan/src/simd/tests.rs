//! The kernels against each other, and what is made of them against the plainest code that gives the same.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::Frame;
use crate::bits::Bits;
use crate::plane::Plane;

/// Pictures of all sizes around those of the vectors, with surfaces of one colour and with noise, cut out of larger ones.
fn planes(widest: usize, highest: usize) -> impl Strategy<Value = Plane> {
    let sizes = (1..=widest, 1..=highest, 0..9_usize);
    let looks = (vec(any::<u8>(), 1..12), 1..=255_u8, any::<u32>());
    (sizes, looks).prop_map(|((width, height, margin), (lights, spread, seed))| {
        let stride = width + margin;
        let mut noise = seed | 1;
        let pixels: Vec<u8> = (0..stride * height)
            .map(|index| {
                noise ^= noise << 13;
                noise ^= noise >> 17;
                noise ^= noise << 5;
                let patch = index % stride / 11 + index / stride / 9 * 7;
                lights[patch % lights.len()].saturating_add((noise >> 24) as u8 % spread)
            })
            .collect();
        let frame = Frame::new(&pixels, width as u32, height as u32, stride);
        Plane::copy(frame.expect("the sizes fit"))
    })
}

fn assert_bits(bits: &Bits, expected: impl Fn(usize, usize) -> bool) {
    for y in 0..bits.height() {
        // Beyond the rim everything is light, whatever the last word has there.
        for x in 0..bits.width().next_multiple_of(64) {
            let dark = bits.is_dark(x as isize, y as isize);
            assert_eq!(dark, x < bits.width() && expected(x, y), "at {x}, {y}");
        }
        let mut changes = Vec::new();
        bits.changes(y, &mut changes);
        assert!(changes.iter().all(|&x| x as usize <= bits.width()));
    }
}

/// The brightness that a square has or is guessed to have, from those known before.
fn level(plane: &Plane, levels: &[Vec<u8>], left: &[u8]) -> u8 {
    let (x, y) = (left.len(), levels.len());
    let rows = 8 * y..plane.height().min(8 * y + 8);
    let columns = 8 * x..plane.width().min(8 * x + 8);
    let pixels: Vec<u8> = rows
        .flat_map(|y| plane.row(y)[columns.clone()].iter().copied())
        .collect();
    let low = *pixels.iter().min().expect("a square has a pixel");
    let high = *pixels.iter().max().expect("a square has a pixel");
    if high - low > 24 {
        let sum: usize = pixels.iter().map(|&pixel| usize::from(pixel)).sum();
        return (sum / pixels.len()) as u8;
    }
    if x > 0 && y > 0 {
        let [left, above, corner] = [left[x - 1], levels[y - 1][x], levels[y - 1][x - 1]];
        let around = (2 * u16::from(left) + u16::from(above) + u16::from(corner)) / 4;
        if u16::from(low) < around {
            return around as u8;
        }
    }
    low / 2
}

/// The brightest dark of each square of 8 by 8 pixels.
fn thresholds(plane: &Plane) -> Vec<Vec<u8>> {
    let (across, down) = (plane.width().div_ceil(8), plane.height().div_ceil(8));
    let mut levels: Vec<Vec<u8>> = Vec::new();
    for _ in 0..down {
        let mut row = Vec::new();
        for _ in 0..across {
            row.push(level(plane, &levels, &row));
        }
        levels.push(row);
    }
    let span = |at: usize, end: usize| {
        let from = at.saturating_sub(2).min(end.saturating_sub(5));
        from..(from + 5).min(end)
    };
    let mean = |x, y| {
        let rows = levels[span(y, down)].iter();
        let near: Vec<u8> = rows
            .flat_map(|row| &row[span(x, across)])
            .copied()
            .collect();
        (near.iter().map(|&level| usize::from(level)).sum::<usize>() / near.len()) as u8
    };
    (0..down)
        .map(|y| (0..across).map(|x| mean(x, y)).collect())
        .collect()
}

/// For each place the sum of all pixels left of it and above it.
fn totals(plane: &Plane) -> Vec<Vec<i64>> {
    let mut totals = vec![vec![0; plane.width() + 1]];
    for y in 0..plane.height() {
        let (mut row, mut sum) = (vec![0], 0);
        for (x, &pixel) in plane.row(y).iter().enumerate() {
            sum += i64::from(pixel);
            row.push(totals[y][x + 1] + sum);
        }
        totals.push(row);
    }
    totals
}

proptest! {
    #[test]
    fn local_is_by_means_of_means(plane in planes(200, 90)) {
        let thresholds = thresholds(&plane);
        assert_bits(&Bits::local(&plane), |x, y| plane.row(y)[x] <= thresholds[y / 8][x / 8]);
    }

    #[test]
    fn mean_is_of_the_square_around(
        plane in planes(300, 40),
        part in prop_oneof![Just(1.0 / 40.0), Just(1.0 / 6.0), 0.01..3_f32],
    ) {
        let totals = totals(&plane);
        let radius = ((part * plane.width() as f32 / 2.0) as usize).max(3);
        let span = |at: usize, end| [at.saturating_sub(radius), (at + radius + 1).min(end)];
        assert_bits(&Bits::mean(&plane, part), |x, y| {
            let [left, right] = span(x, plane.width());
            let [top, bottom] = span(y, plane.height());
            let sum = totals[bottom][right] - totals[bottom][left] - totals[top][right] + totals[top][left];
            (i64::from(plane.row(y)[x]) + 2) * ((right - left) * (bottom - top)) as i64 <= sum
        });
    }

    #[test]
    fn half_the_size_is_the_mean_of_four(plane in planes(150, 9)) {
        let halved = plane.halved();
        prop_assert_eq!([halved.width(), halved.height()], [plane.width() / 2, plane.height() / 2]);
        for (y, x) in (0..halved.height()).flat_map(|y| (0..halved.width()).map(move |x| (y, x))) {
            let four = [0, 1].map(|row| [0, 1].map(|column| u16::from(plane.row(2 * y + row)[2 * x + column])));
            let sum: u16 = four.as_flattened().iter().sum();
            prop_assert_eq!(u16::from(halved.row(y)[x]), (sum + 2) / 4);
        }
    }

    #[test]
    fn twice_the_size_is_as_places_between_pixels_look(plane in planes(150, 9)) {
        let doubled = plane.doubled();
        prop_assert_eq!([doubled.width(), doubled.height()], [2 * plane.width(), 2 * plane.height()]);
        for y in 0..doubled.height() {
            let place = |x: usize| [x, y].map(|at| (at as f32 + 0.5) / 2.0);
            let expected: Vec<u8> = (0..doubled.width()).map(|x| plane.at(place(x)) as u8).collect();
            prop_assert_eq!(doubled.row(y), expected);
        }
    }

    #[test]
    fn squares_are_the_same_with_and_without_vectors(plane in planes(300, 8)) {
        let strip: Vec<u8> = (0..plane.height()).flat_map(|y| plane.row(y)).copied().collect();
        let mut found = [vec![Square::default(); plane.width().div_ceil(SIDE)], vec![]];
        found[1] = found[0].clone();
        squares(&strip, plane.width(), &mut found[0]);
        portable::squares(&strip, plane.width(), &mut found[1]);
        prop_assert_eq!(&found[0], &found[1]);
    }

    #[test]
    fn darker_is_the_same_with_and_without_vectors(
        pairs in vec((any::<u8>(), any::<u8>(), any::<bool>()), 1..300),
        more in 0..70_usize,
    ) {
        let pixels: Vec<u8> = pairs.iter().map(|pair| pair.0).collect();
        // Half of the limits are as bright as the pixel.
        let limit = |&(pixel, limit, even): &(u8, u8, bool)| if even { pixel } else { limit };
        let mut limits: Vec<u8> = pairs.iter().map(limit).collect();
        limits.extend(vec![255; more]);
        let mut found = [(); 2].map(|()| vec![0; pixels.len().div_ceil(WORD)]);
        darker(&pixels, &limits, &mut found[0]);
        portable::darker(&pixels, &limits, &mut found[1]);
        prop_assert_eq!(&found[0], &found[1]);
    }

    #[test]
    fn totals_slide_the_same_with_and_without_vectors(
        columns in vec((any::<u32>(), any::<u8>(), any::<u8>()), 0..300),
    ) {
        let mut found = [(); 2].map(|()| columns.iter().map(|column| column.0).collect::<Vec<_>>());
        let entering: Vec<u8> = columns.iter().map(|column| column.1).collect();
        let leaving: Vec<u8> = columns.iter().map(|column| column.2).collect();
        slide(&mut found[0], &entering, &leaving);
        portable::slide(&mut found[1], &entering, &leaving);
        prop_assert_eq!(&found[0], &found[1]);
    }

    #[test]
    fn below_means_is_the_same_with_and_without_vectors(
        columns in vec((any::<u8>(), any::<u32>(), 1..=1_i32 << 22, -1..=1_i32), 1..300),
        offset in 0..9_u8,
    ) {
        let pixels: Vec<u8> = columns.iter().map(|column| column.0).collect();
        let from: Vec<u32> = columns.iter().map(|column| column.1).collect();
        let areas: Vec<i32> = columns.iter().map(|column| column.2).collect();
        // Right at the bound, one below and one above it.
        let sum = |&(pixel, _, area, off): &_| (i32::from(pixel) + i32::from(offset)) * area + off;
        let until: Vec<u32> = columns
            .iter()
            .map(|column| column.1.wrapping_add_signed(sum(column)))
            .collect();
        let mut found = [(); 2].map(|()| vec![0; pixels.len().div_ceil(WORD)]);
        below_means(&pixels, offset, &from, &until, &areas, &mut found[0]);
        portable::below_means(&pixels, offset, &from, &until, &areas, &mut found[1]);
        prop_assert_eq!(&found[0], &found[1]);
        for (index, column) in columns.iter().enumerate() {
            prop_assert_eq!(found[0][index / 64] >> (index % 64) & 1 == 1, column.3 >= 0);
        }
    }
}
