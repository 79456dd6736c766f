//! Where frames come from.

use super::CameraError;

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
