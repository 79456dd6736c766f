//! Where frames come from.

use image::DynamicImage;

use super::{Abilities, CameraError, Wish};
use crate::picture::on_paper;

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

impl ColorFrame {
    /// The middle of the frame, which shows things so many times nearer.
    pub(crate) fn middle(&self, times: f64) -> Self {
        let part = |side: u32| ((f64::from(side) / times) as u32).clamp(1, side);
        let (width, height) = (part(self.width), part(self.height));
        let (left, top) = ((self.width - width) / 2, (self.height - height) / 2);
        let cut = |pixels: &[u8], bytes: usize| {
            let rows = pixels.chunks_exact(self.width as usize * bytes);
            let row = left as usize * bytes..(left + width) as usize * bytes;
            let rows = rows.skip(top as usize).take(height as usize);
            rows.flat_map(|pixels| &pixels[row.clone()])
                .copied()
                .collect()
        };
        Self {
            width,
            height,
            rgba: cut(&self.rgba, 4),
            grey: cut(&self.grey, 1),
        }
    }
}

impl From<DynamicImage> for ColorFrame {
    fn from(picture: DynamicImage) -> Self {
        let picture = DynamicImage::ImageRgba8(on_paper(picture.into_rgba8()));
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

    /// What the camera can do beside filming, and how that stands.
    fn abilities(&mut self) -> Abilities {
        Abilities::default()
    }

    /// Does what is wished, between two frames. The camera films on where it cannot.
    fn obey(&mut self, wish: Wish) -> Result<(), CameraError> {
        Err(CameraError::Failed(match wish {
            Wish::Zoom(_) => "it cannot zoom".to_owned(),
            Wish::Torch(_) => "it has no lamp".to_owned(),
        }))
    }
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
