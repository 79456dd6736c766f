//! Scenes are what they say: the truth is true, harder is harder, and the same seed gives the same pixels everywhere.

use std::ops::RangeInclusive;

use handover_print::scene::{
    Carton, Difficulty, Layout, Shot, Symbol, UnknownDifficulty, Wording, blanks, empty_films,
    films, still,
};
use handover_scan::{Code, Decoder, Frame, Scanner};
use image::GrayImage;

const VGA: (u32, u32) = (640, 480);

fn decode(picture: &GrayImage) -> Vec<Code> {
    let (width, height) = picture.dimensions();
    let frame = Frame::new(picture, width, height, width as usize).expect("a frame");
    Scanner::default().decode(frame)
}

/// The largest distance of a code's corners from where they truly are, in pixels.
fn off(code: &Code, symbol: &Symbol) -> f32 {
    let pairs = code.corners.iter().zip(&symbol.corners);
    let distance = |(a, b): (&[f32; 2], &[f32; 2])| (a[0] - b[0]).hypot(a[1] - b[1]);
    pairs.map(distance).fold(0.0, f32::max)
}

/// Which symbols were read with their corners at the right place.
fn read(shot: &Shot, tolerance: f32) -> Vec<&Symbol> {
    let codes = decode(&shot.picture);
    let is_read = |symbol: &&Symbol| {
        let right = |code: &Code| code.text == symbol.text && off(code, symbol) < tolerance;
        codes.iter().any(right)
    };
    shot.symbols.iter().filter(is_read).collect()
}

/// FNV-1a with 64 bits.
fn hash(picture: &GrayImage) -> u64 {
    let step = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    picture.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

/// How much neighbours differ: the mean square of steps to the right, within the symbol's bounding box.
fn sharpness(shot: &Shot) -> f64 {
    let corners = shot.symbols[0].corners;
    let bound = |axis: usize, pick: fn(f32, f32) -> f32| {
        let places = corners.iter().map(|corner| corner[axis]);
        places.reduce(pick).expect("there are four") as u32
    };
    let (left, right) = (bound(0, f32::min), bound(0, f32::max));
    let (top, bottom) = (bound(1, f32::min), bound(1, f32::max));
    let pixel = |x: u32, y: u32| f64::from(shot.picture.get_pixel(x, y).0[0]);
    let steps = (top..bottom).flat_map(|y| (left..right - 1).map(move |x| (x, y)));
    let squares: Vec<f64> = steps
        .map(|(x, y)| (pixel(x + 1, y) - pixel(x, y)).powi(2))
        .collect();
    squares.iter().sum::<f64>() / squares.len() as f64
}

#[test]
fn easy_films_are_read_where_the_truth_says() {
    let easy = films(1).into_iter();
    let easy = easy.filter(|film| film.difficulty == Difficulty::Easy && film.size != VGA);
    let mut count = 0;
    for film in easy {
        count += 1;
        for number in [0, 15, 40] {
            let shot = film.frame(number).expect("it fits");
            assert_eq!(shot.picture.dimensions(), film.size);
            assert!(shot.symbols[0].is_inside(film.size), "{}", film.name);
            assert_eq!(read(&shot, 3.0).len(), 1, "{}, frame {number}", film.name);
        }
    }
    assert_eq!(count, 3);
}

#[test]
fn easy_stills_of_every_wording_are_read() {
    for wording in Wording::ALL {
        for seed in 0..2 {
            let text = wording.text(seed);
            let shot = still(&text, Difficulty::Easy, seed, (1280, 720)).expect("it fits");
            assert_eq!(shot.symbols[0].text, text);
            assert_eq!(
                read(&shot, 3.0).len(),
                1,
                "{}, seed {seed}",
                wording.as_str()
            );
        }
    }
}

/// How many of eight stills are read at a difficulty.
fn stills_read(difficulty: Difficulty) -> usize {
    let read = |seed: &u64| {
        let text = Wording::ClaimLink.text(*seed);
        let shot = still(&text, difficulty, *seed, VGA).expect("it fits");
        decode(&shot.picture).iter().any(|code| code.text == text)
    };
    (0..8).filter(read).count()
}

#[test]
fn what_is_harder_is_read_less_often() {
    let easy = stills_read(Difficulty::Easy);
    assert!(easy >= 7, "{easy}");
    let hard = stills_read(Difficulty::Hard);
    assert!(hard < easy, "{hard}");
}

/// The same label on the same table, whatever the difficulty.
fn frame(difficulty: Difficulty, number: u32) -> Shot {
    let mut script = films(3).swap_remove(0);
    script.difficulty = difficulty;
    script.size = VGA;
    script.frame(number).expect("it fits")
}

#[test]
fn focus_and_ink_take_sharpness_and_time_gives_it_back() {
    let at = |difficulty: Difficulty, number: u32| sharpness(&frame(difficulty, number));
    let easy = at(Difficulty::Easy, 40);
    for difficulty in [Difficulty::Blurred, Difficulty::Faded, Difficulty::Moving] {
        assert!(at(difficulty, 40) < easy, "{difficulty:?}");
    }
    assert!(2.0 * at(Difficulty::Blurred, 0) < at(Difficulty::Blurred, 40));
}

#[test]
fn exposure_settles_from_either_side() {
    let mean = |difficulty: Difficulty, number: u32| {
        let picture = frame(difficulty, number).picture;
        picture.iter().map(|&pixel| f64::from(pixel)).sum::<f64>() / picture.len() as f64
    };
    let check = |difficulty: Difficulty, brighter: bool| {
        let (first, last) = (mean(difficulty, 0), mean(difficulty, 40));
        assert_eq!(last > first, brighter, "{difficulty:?}: {first} to {last}");
        assert!(
            (last - first).abs() > 20.0,
            "{difficulty:?}: {first} to {last}"
        );
    };
    check(Difficulty::Dark, true);
    check(Difficulty::Noisy, false);
}

#[test]
fn a_seed_gives_one_film_and_another_seed_another() {
    for difficulty in Difficulty::ALL {
        let shoot = |seed| {
            still("SN001", difficulty, seed, (160, 120))
                .expect("it fits")
                .picture
        };
        assert_eq!(shoot(1), shoot(1));
        assert_ne!(shoot(1), shoot(2));
    }
    let (one, two) = (films(1), films(2));
    assert_eq!(one, films(1));
    assert!(one.iter().zip(&two).all(|(a, b)| a.subject != b.subject));
    let mut names: Vec<_> = one
        .iter()
        .chain(&empty_films(1))
        .map(|film| film.name.clone())
        .collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), one.len() + empty_films(1).len());
}

/// Only what IEEE 754 defines to the last bit goes into the pixels, so that they are the same on every platform.
#[test]
fn pixels_are_the_same_on_every_platform() {
    let found = [Difficulty::Easy, Difficulty::Hard].map(|difficulty| {
        let shot = still("SN001", difficulty, 7, (320, 240)).expect("it fits");
        hash(&shot.picture)
    });
    assert_eq!(
        found,
        [9_698_328_488_414_183_441, 2_851_583_712_654_089_828]
    );
}

#[test]
fn frames_can_be_taken_alone() {
    let mut film = films(4).swap_remove(5);
    film.size = (160, 120);
    let shots: Vec<Shot> = film.shoot().expect("it fits").collect();
    assert_eq!(shots.len(), film.frames as usize);
    for number in [0, 7, 44] {
        let alone = film.frame(number).expect("it fits");
        let shot = &shots[number as usize];
        assert_eq!(alone.picture, shot.picture);
        assert_eq!(alone.symbols, shot.symbols);
    }
}

#[test]
fn nothing_is_found_where_nothing_is() {
    let mut names = Vec::new();
    for blank in blanks(1).take(200) {
        assert_eq!(decode(&blank.picture).len(), 0, "{}", blank.name);
        names.push(blank.name);
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 200);
    for film in empty_films(1) {
        assert_eq!(film.frame(20).expect("no label").symbols, []);
    }
}

/// Of four stills each, so many are read. A number that grows is an improvement, and one that shrinks is a defect.
#[test]
fn stills_of_each_difficulty_are_read() {
    const SEEDS: RangeInclusive<u64> = 1..=4;
    let is_read = |difficulty, seed| {
        let text = Wording::ALL[seed as usize].text(seed);
        let shot = still(&text, difficulty, seed, VGA).expect("it fits");
        !read(&shot, 6.0).is_empty()
    };
    let count = |difficulty: Difficulty| {
        let read = SEEDS.filter(|&seed| is_read(difficulty, seed)).count();
        (difficulty, read)
    };
    let found = Difficulty::ALL.map(count);
    let expected = Difficulty::ALL.map(|difficulty| {
        let read = match difficulty {
            Difficulty::Glare => 1,
            Difficulty::Hard => 2,
            _ => 4,
        };
        (difficulty, read)
    });
    assert_eq!(found, expected);
}

/// Whether the quadrilaterals of two symbols overlap: neither has a side that all of the other is beyond.
fn overlap(a: &Symbol, b: &Symbol) -> bool {
    let divides = |a: &Symbol, b: &Symbol| {
        (0..4).any(|side| {
            let ([x0, y0], [x1, y1]) = (a.corners[side], a.corners[(side + 1) % 4]);
            let beyond = |[x, y]: [f32; 2]| (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) < 0.0;
            b.corners.iter().all(|&corner| beyond(corner))
        })
    };
    !divides(a, b) && !divides(b, a)
}

#[test]
fn cartons_show_every_label_whole_and_apart_from_the_others() {
    for layout in Layout::ALL {
        for (labels, seed) in [(1, 1), (2, 2), (9, 3), (20, 4)] {
            let carton = Carton {
                labels,
                layout,
                module_px: 3.5,
                seed,
            };
            let shot = carton.shoot().expect("it fits");
            let size = shot.picture.dimensions();
            assert_eq!(shot.symbols.len(), labels);
            for (number, symbol) in shot.symbols.iter().enumerate() {
                assert!(symbol.is_inside(size), "{carton:?}, label {number}");
                let least = match layout {
                    Layout::Heap | Layout::Worn => 1.4,
                    _ => 3.0,
                };
                assert!(
                    symbol.module_px() >= least,
                    "{carton:?}: {}",
                    symbol.module_px()
                );
                for other in &shot.symbols[..number] {
                    assert!(!overlap(symbol, other), "{carton:?}, label {number}");
                    assert_ne!(symbol.text, other.text);
                }
            }
        }
    }
}

#[test]
fn labels_of_cartons_are_where_the_truth_says() {
    // The corners of what is read are compared, not how much: that is for the scanner's own tests.
    for layout in Layout::ALL {
        let carton = Carton {
            labels: 9,
            layout,
            module_px: 3.5,
            seed: 3,
        };
        let shot = carton.shoot().expect("it fits");
        let codes = decode(&shot.picture);
        assert!(!codes.is_empty(), "{layout:?}");
        assert_eq!(read(&shot, 3.0).len(), codes.len(), "{layout:?}");
    }
}

/// One of these labels was missed: a small picture shows its patterns badly, and what had been tried with them was not
/// tried again with what a larger picture shows.
#[test]
fn every_label_of_a_carton_is_read_once() {
    let carton = Carton {
        labels: 30,
        layout: Layout::Carton,
        module_px: 4.0,
        seed: 2,
    };
    let shot = carton.shoot().expect("the texts fit");
    let mut read: Vec<_> = decode(&shot.picture)
        .into_iter()
        .map(|code| code.text)
        .collect();
    let mut shown: Vec<_> = shot
        .symbols
        .iter()
        .map(|symbol| symbol.text.clone())
        .collect();
    read.sort();
    shown.sort();
    assert_eq!(read, shown);
}

#[test]
fn names_are_read_back() {
    for difficulty in Difficulty::ALL {
        assert_eq!(difficulty.as_str().parse(), Ok(difficulty));
    }
    assert_eq!("Easy".parse::<Difficulty>(), Err(UnknownDifficulty));
}

#[test]
fn debug_hides_what_a_label_says() {
    let shot = still("sqr_secret", Difficulty::Easy, 1, (16, 16)).expect("it fits");
    assert!(!format!("{shot:?}").contains("secret"));
    assert!(!format!("{:?}", films(1)).contains("sqr_"));
}
