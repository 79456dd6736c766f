//! A film of pictures that plays as a camera: for tests and demonstrations of the scan view.

use std::path::Path;

use crate::PictureError;
use crate::live::{CameraError, OpenSource, Source};

/// A film: a folder of pictures, an animated GIF or a single picture.
pub struct Film {}

impl Film {
    /// Opens a folder of pictures, played in the order of their names, or one animated GIF, or a single picture.
    pub fn open(path: &Path) -> Result<Self, PictureError> {
        let _ = path;
        Ok(Self {})
    }
}

impl OpenSource for Film {
    fn open(&mut self) -> Result<Box<dyn Source>, CameraError> {
        Err(CameraError::NoCamera)
    }
}
