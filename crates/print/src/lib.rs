#![doc = include_str!("../README.md")]

mod caption;
mod qr;
pub mod scene;

pub use qr::{
    MAX_PICTURE_PX, PrintError, QUIET_ZONE, captioned_png, captioned_svg, qr_luma, qr_png, qr_svg,
};
