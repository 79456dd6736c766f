#![doc = include_str!("../README.md")]

mod qr;
pub mod scene;

pub use qr::{MAX_PICTURE_PX, PrintError, QUIET_ZONE, qr_luma, qr_png, qr_svg};
