//! Where frames come from.

use image::DynamicImage;

use super::CameraError;
use crate::picture::on_white;

/// A frame in colour to be shown and in grey to be read, both of the same size, row by row without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct ColorFrame {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Four bytes a pixel.
    pub rgba: Vec<u8>,
    /// One byte a pixel.
    pub grey: Vec<u8>,
}

impl From<DynamicImage> for ColorFrame {
    fn from(picture: DynamicImage) -> Self {
        let picture = DynamicImage::ImageRgba8(on_white(picture.into_rgba8()));
        Self {
            width: picture.width(),
            height: picture.height(),
            grey: picture.to_luma8().into_raw(),
            rgba: picture.into_rgba8().into_raw(),
        }
    }
}

/// An open camera. It is opened, read and closed on one thread, as some systems want it.
pub trait Source {
    /// Waits for the next frame. After an error the source is closed and opened anew.
    fn next_frame(&mut self) -> Result<ColorFrame, CameraError>;
}

/// Opens a camera, as often as it is needed.
pub trait OpenSource: Send + 'static {
    /// Opens the camera, or says why it cannot be had now.
    fn open(&mut self) -> Result<Box<dyn Source>, CameraError>;
}

impl OpenSource for Box<dyn OpenSource> {
    fn open(&mut self) -> Result<Box<dyn Source>, CameraError> {
        self.as_mut().open()
    }
}
