//! Writes contact sheets of the generated films, empty pictures and cartons: `contact_sheet FOLDER [SEED]`.
//!
//! To be looked at: whether they show what a phone's camera shows.

// An example has no subscriber that its times could be logged to.
#![allow(clippy::print_stderr)]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use handover_print::scene::{Carton, Difficulty, Layout, Script, blanks, empty_films, films};
use image::{GrayImage, imageops};

/// The frames of a film that are shown.
const FRAMES: [u32; 4] = [0, 5, 10, 20];
/// Width and height of a picture on a sheet.
const TILE: (u32, u32) = (480, 270);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder for the sheets")?);
    let seed = arguments.next().map_or(Ok(1), |seed| seed.parse())?;
    std::fs::create_dir_all(&folder)?;
    let films = films(seed);
    for difficulty in Difficulty::ALL {
        let name = difficulty.as_str();
        let of_difficulty = films.iter().filter(|film| film.difficulty == difficulty);
        sheet(&folder, name, &rows(of_difficulty)?)?;
    }
    sheet(&folder, "empty", &rows(empty_films(seed).iter())?)?;
    let stills: Vec<GrayImage> = blanks(seed).take(32).map(|blank| blank.picture).collect();
    sheet(&folder, "blanks", &stills)?;
    for layout in Layout::ALL {
        for labels in [4, 30, 100] {
            let carton = Carton {
                labels,
                layout,
                module_px: 3.5,
                seed,
            };
            let start = Instant::now();
            let shot = carton.shoot()?;
            let (width, height) = shot.picture.dimensions();
            eprintln!(
                "{layout:?} of {labels}, {width}x{height}: {:.0?}",
                start.elapsed()
            );
            shot.picture
                .save(folder.join(format!("{layout:?}-{labels}.png").to_lowercase()))?;
        }
    }
    Ok(())
}

fn rows<'a>(scripts: impl Iterator<Item = &'a Script>) -> Result<Vec<GrayImage>, Box<dyn Error>> {
    let mut tiles = Vec::new();
    for script in scripts {
        let start = Instant::now();
        let mut shots = script.shoot()?.enumerate();
        let set = start.elapsed();
        let start = Instant::now();
        for frame in FRAMES {
            let (_, shot) = shots
                .find(|&(number, _)| number == frame as usize)
                .ok_or("the film is too short")?;
            tiles.push(shot.picture);
        }
        let each = start.elapsed() / (FRAMES[3] + 1);
        eprintln!(
            "{}, {}x{}: {set:.0?} to set up, {each:.1?} for a frame",
            script.name, script.size.0, script.size.1
        );
    }
    Ok(tiles)
}

/// Four pictures in a row, as many rows as it takes.
fn sheet(folder: &Path, name: &str, tiles: &[GrayImage]) -> Result<(), Box<dyn Error>> {
    let rows = tiles.len().div_ceil(FRAMES.len()) as u32;
    let mut sheet = GrayImage::new(TILE.0 * FRAMES.len() as u32, TILE.1 * rows);
    for (index, tile) in tiles.iter().enumerate() {
        // 640x480 is less wide than 1280x720.
        let width = tile.width() * TILE.1 / tile.height();
        let small = imageops::resize(tile, width, TILE.1, imageops::FilterType::Triangle);
        let (column, row) = (index % FRAMES.len(), index / FRAMES.len());
        imageops::replace(
            &mut sheet,
            &small,
            i64::from(TILE.0) * column as i64,
            i64::from(TILE.1) * row as i64,
        );
    }
    Ok(sheet.save(folder.join(format!("{name}.png")))?)
}
