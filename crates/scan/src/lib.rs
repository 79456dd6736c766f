//! Pixels to text: the QR decoder, still images, cameras.
//!
//! - [`Decoder`] finds the codes in a grey [`Frame`]; [`QrDecoder`] is the one that reads QR codes.
//! - [`load_picture`] makes a grey [`Picture`] of a file.
//! - [`live::Live`] reads a camera, or a [`film::Film`] that plays as one, and reports what it sees.
//! - `camera` (feature of the same name) is the desktop camera.

#[cfg(feature = "camera")]
pub mod camera;
mod contain;
mod cpu;
mod decoder;
pub mod film;
mod frame;
pub mod live;
mod picture;
mod qr;
#[allow(
    dead_code,
    unused_imports,
    reason = "what finds and samples the symbols comes next"
)]
pub(crate) mod symbol;

pub use cpu::thread_cpu_ms;
pub use decoder::{Code, Decoder};
pub use frame::{Frame, FrameError};
pub use picture::{MAX_FILE_BYTES, MAX_PIXELS, Picture, PictureError, load_picture, read_picture};
pub use qr::QrDecoder;
