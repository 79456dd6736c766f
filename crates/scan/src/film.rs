//! A film of pictures that plays as a camera: for tests and demonstrations of the scan view.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use image::codecs::gif::GifDecoder;
use image::{AnimationDecoder, DynamicImage, ImageDecoder, ImageFormat};

use crate::PictureError;
use crate::contain::contain;
use crate::live::{Abilities, CameraError, ColorFrame, OpenSource, Source, Wish, Zoom};
use crate::picture::{self, check_size, meaning};

/// Thirty frames a second, as most cameras give.
const INTERVAL: Duration = Duration::from_nanos(1_000_000_000 / 30);

/// Frames are kept unpacked up to this many bytes; a longer folder is read from the disk while it plays, a longer GIF is
/// refused.
const MAX_HELD_BYTES: usize = 256 * 1024 * 1024;

/// A film that plays over and over, at 30 frames a second.
#[derive(Clone)]
pub struct Film {
    shots: Arc<[Shot]>,
    interval: Duration,
}

/// One frame of a film.
enum Shot {
    Held(ColorFrame),
    File(PathBuf),
}

impl Film {
    /// Opens a folder of pictures, played in the order of their names, or one animated GIF, or a single picture.
    ///
    /// Every picture is read once here, so that a broken one is found before the film runs.
    pub fn open(path: &Path) -> Result<Self, PictureError> {
        let shots = if path.is_dir() {
            folder(path)?
        } else {
            file(path)?
        };
        if shots.is_empty() {
            return Err(PictureError::Empty);
        }
        Ok(Self {
            shots: shots.into(),
            interval: INTERVAL,
        })
    }
}

/// The pictures of a folder; names that begin with a dot are no part of the film.
fn folder(path: &Path) -> Result<Vec<Shot>, PictureError> {
    let mut paths = Vec::new();
    for entry in path.read_dir()? {
        let entry = entry?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_hidden && entry.path().is_file() {
            paths.push(entry.path());
        }
    }
    paths.sort();
    let mut held = 0;
    let shot = |path: PathBuf| {
        let frame = load(&path)?;
        held += size(&frame);
        Ok(if held <= MAX_HELD_BYTES {
            Shot::Held(frame)
        } else {
            Shot::File(path)
        })
    };
    paths.into_iter().map(shot).collect()
}

fn file(path: &Path) -> Result<Vec<Shot>, PictureError> {
    let bytes = picture::read_file(path)?;
    if image::guess_format(&bytes).ok() == Some(ImageFormat::Gif) {
        return contain(|| animation(&bytes)).unwrap_or(Err(PictureError::Broken));
    }
    Ok(vec![Shot::Held(load(path)?)])
}

/// The frames of a GIF. Its own timing is not kept: the film plays as a camera does.
fn animation(bytes: &[u8]) -> Result<Vec<Shot>, PictureError> {
    let decoder = GifDecoder::new(Cursor::new(bytes)).map_err(meaning)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let mut held = 0;
    let mut shots = Vec::new();
    for frame in decoder.into_frames() {
        let picture = frame.map_err(meaning)?.into_buffer();
        let frame = ColorFrame::from(DynamicImage::ImageRgba8(picture));
        held += size(&frame);
        if held > MAX_HELD_BYTES {
            return Err(PictureError::TooHuge);
        }
        shots.push(Shot::Held(frame));
    }
    Ok(shots)
}

fn load(path: &Path) -> Result<ColorFrame, PictureError> {
    let bytes = picture::read_file(path)?;
    let hint = ImageFormat::from_path(path).ok();
    Ok(ColorFrame::from(picture::decode(&bytes, hint)?))
}

fn size(frame: &ColorFrame) -> usize {
    frame.rgba.len() + frame.grey.len()
}

impl OpenSource for Film {
    fn open(&mut self) -> Result<Box<dyn Source>, CameraError> {
        Ok(Box::new(Player {
            film: self.clone(),
            next: 0,
            zoom: Zoom::new(1.0, 4.0, 1.0).expect("it is a range"),
            due: Instant::now(),
        }))
    }
}

struct Player {
    film: Film,
    next: usize,
    zoom: Zoom,
    due: Instant,
}

impl Source for Player {
    fn next_frame(&mut self) -> Result<ColorFrame, CameraError> {
        let frame = match &self.film.shots[self.next] {
            Shot::Held(frame) => frame.clone(),
            Shot::File(path) => {
                load(path).map_err(|error| CameraError::Failed(error.to_string()))?
            }
        };
        let frame = if self.zoom.now() > self.zoom.min() {
            frame.middle(self.zoom.now())
        } else {
            frame
        };
        self.next = (self.next + 1) % self.film.shots.len();
        let now = Instant::now();
        thread::sleep(self.due.saturating_duration_since(now));
        // A frame that came late does not make the ones after it come faster.
        self.due = self.due.max(now) + self.film.interval;
        Ok(frame)
    }

    fn abilities(&mut self) -> Abilities {
        Abilities {
            zoom: Some(self.zoom),
            torch: None,
        }
    }

    /// Of a film that zooms the middle is shown, as of a camera without a lens that moves.
    fn obey(&mut self, wish: Wish) -> Result<(), CameraError> {
        match wish {
            Wish::Zoom(wanted) => self.zoom = self.zoom.at(wanted),
            Wish::Torch(_) => return Err(CameraError::Failed("a film has no lamp".to_owned())),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use image::codecs::gif::GifEncoder;
    use image::{Frame, GrayImage, Luma, RgbaImage};

    use super::*;

    fn save(path: &Path, grey: u8) {
        GrayImage::from_pixel(4, 3, Luma([grey]))
            .save(path)
            .expect("the folder is writable");
    }

    /// The grey of so many frames, as fast as they come.
    fn play(mut film: Film, frames: usize) -> Vec<u8> {
        film.interval = Duration::ZERO;
        let mut source = film.open().expect("a film opens");
        let grey = |_| {
            let frame = source.next_frame().expect("the film plays on");
            assert_eq!((frame.width, frame.height), (4, 3));
            assert_eq!((frame.rgba.len(), frame.grey.len()), (48, 12));
            frame.grey[0]
        };
        (0..frames).map(grey).collect()
    }

    #[test]
    fn a_folder_plays_in_the_order_of_names_over_and_over() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        save(&folder.path().join("2.png"), 20);
        save(&folder.path().join("1.bmp"), 10);
        save(&folder.path().join("3.png"), 30);
        std::fs::write(folder.path().join(".hidden"), "no picture").expect("it is writable");
        std::fs::create_dir(folder.path().join("0")).expect("it is writable");
        let film = Film::open(folder.path()).expect("all are pictures");
        assert_eq!(play(film, 7), [10, 20, 30, 10, 20, 30, 10]);
    }

    #[test]
    fn a_film_zooms_to_the_middle_of_its_frames() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("target.png");
        let target = |x, y| Luma([if x == 2 && y == 1 { 200 } else { 9 }]);
        GrayImage::from_fn(5, 3, target)
            .save(&path)
            .expect("the folder is writable");
        let mut film = Film::open(&path).expect("it is a picture");
        film.interval = Duration::ZERO;
        let mut source = film.open().expect("a film opens");
        let mut check = |wanted, now, (width, height), grey: &[u8]| {
            source.obey(Wish::Zoom(wanted)).expect("a film zooms");
            let abilities = source.abilities();
            assert_eq!(abilities.zoom.map(Zoom::now), Some(now));
            assert_eq!(abilities.torch, None);
            let frame = source.next_frame().expect("the film plays on");
            assert_eq!((frame.width, frame.height), (width, height));
            assert_eq!(frame.rgba.len(), 4 * frame.grey.len());
            assert_eq!(frame.grey, grey);
        };
        check(1.6, 1.6, (3, 1), &[9, 200, 9]);
        check(99.0, 4.0, (1, 1), &[200]);
        check(0.0, 1.0, (5, 3), &[&[9; 7][..], &[200], &[9; 7]].concat());
        assert!(source.obey(Wish::Torch(true)).is_err());
    }

    #[test]
    fn a_single_picture_stands_still() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("label.png");
        save(&path, 99);
        let film = Film::open(&path).expect("it is a picture");
        assert_eq!(play(film, 3), [99, 99, 99]);
    }

    #[test]
    fn an_animated_gif_plays_all_its_frames() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("film.gif");
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new(&mut bytes);
        let frame = |grey: u8| {
            let pixels = [grey, grey, grey, 255].repeat(12);
            Frame::new(RgbaImage::from_raw(4, 3, pixels).expect("the sizes fit"))
        };
        encoder
            .encode_frames([frame(0), frame(255)])
            .expect("memory takes all");
        drop(encoder);
        std::fs::write(&path, bytes).expect("it is writable");
        let film = Film::open(&path).expect("it is a GIF");
        assert_eq!(play(film, 4), [0, 255, 0, 255]);
    }

    #[test]
    fn what_is_no_film_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let check = |path: &Path, expected| {
            let error = Film::open(path).err().expect("no film");
            assert_eq!(error.code(), expected);
        };
        check(&folder.path().join("missing"), "unreadable_file");
        check(folder.path(), "empty_picture");
        let path = folder.path().join("film.gif");
        std::fs::write(&path, b"GIF89a").expect("it is writable");
        check(&path, "broken_picture");
        std::fs::write(&path, b"%PDF-1.7").expect("it is writable");
        check(&path, "unknown_picture");
        check(folder.path(), "unknown_picture");
    }

    #[test]
    fn a_picture_that_goes_away_while_the_film_plays_is_trouble() {
        let film = Film {
            shots: vec![Shot::File(PathBuf::from("/nowhere/1.png"))].into(),
            interval: Duration::ZERO,
        };
        let mut source = film.clone().open().expect("a film opens");
        assert!(matches!(source.next_frame(), Err(CameraError::Failed(_))));
    }
}
