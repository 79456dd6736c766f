//! Pixels to text: the QR decoder, still images, cameras.
//!
//! - [`Decoder`] finds the codes in a grey [`Frame`]; [`Scanner`] is the one for still
//!   pictures, [`LiveScanner`] the one for frames of a camera.
//! - [`load_picture`] makes a grey [`Picture`] of a file.
//! - [`live::Live`] reads a camera, or a [`film::Film`] that plays as one, and reports what it sees.
//! - `camera` (feature of the same name) is the desktop camera.

mod bits;
#[cfg(feature = "camera")]
pub mod camera;
mod contain;
mod cpu;
mod deadline;
mod decoder;
mod effort;
pub mod film;
mod frame;
mod icon;
pub mod live;
mod live_scanner;
mod note;
mod others;
mod picture;
mod places;
mod plane;
mod qr;
mod scanner;
mod second_opinion;
mod simd;
mod stage;
mod symbol;
mod symbology;
mod text;

pub use cpu::thread_cpu_ms;
pub use decoder::{Code, Decoder};
pub use frame::{Frame, FrameError};
pub use live_scanner::{Candidate, Hint, LiveScanner};
pub use note::Note;
pub use picture::{
    Loaded, MAX_FILE_BYTES, MAX_PIXELS, Picture, PictureError, load, load_picture, read,
    read_picture,
};
pub use scanner::{Report, Scanner, StageReport};
pub use stage::{Stage, Stages, UnknownStage};
pub use symbology::Symbology;
pub use text::{Fidelity, Part, Set};

/// What a code says whose modules are these, row by row: positive is dark, the more the surer. Fuzzing alone comes in here;
/// everybody else shows pictures.
#[cfg(fuzzing)]
pub fn read_modules(side: usize, values: Vec<i8>) -> Option<Vec<u8>> {
    let payload = symbol::read(&symbol::Modules::new(side, values)?).ok()?;
    assert_eq!(symbol::remake(&payload).len(), side * side);
    Some(payload.content.bytes)
}
