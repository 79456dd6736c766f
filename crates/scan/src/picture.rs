//! Still pictures, from any format that `image` reads.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Pixel, RgbaImage,
};

use crate::contain::contain;
use crate::{Frame, Note, icon};

/// Pictures of more pixels are refused. The largest phone cameras make 200 megapixels and deliver 12 to 50.
pub const MAX_PIXELS: u64 = 100_000_000;

/// Files of more bytes are refused.
pub const MAX_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Pictures that take more bytes when they are unpacked are refused: 100 megapixels of 8 bits take at most 400 million.
const MAX_UNPACKED_BYTES: u64 = 512 * 1024 * 1024;

/// A grey picture, turned the way it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// 8-bit grey, row by row without padding.
    pub grey: Vec<u8>,
}

impl Picture {
    /// The picture as a decoder takes it.
    #[must_use]
    pub fn frame(&self) -> Frame<'_> {
        Frame::new(&self.grey, self.width, self.height, self.width as usize)
            .expect("a picture holds width times height pixels and at least one")
    }
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// There are no bytes, or no pixels.
    #[error("The picture is empty; choose another, or save it again.")]
    Empty,
    /// The content is of no known picture format, whatever the name says.
    #[error(
        "The file is not a picture of a format that is read: PNG, JPEG, GIF, WebP, BMP, TIFF, ICO, TGA, PNM, QOI and \
         some others. PDF, HEIC, AVIF and SVG are not; save it as PNG or JPEG."
    )]
    Unknown,
    /// The format is known, the content is not whole.
    #[error("The picture is damaged or cut off; copy or save it again.")]
    Broken,
    /// More pixels than [`MAX_PIXELS`].
    #[error(
        "The picture has {width} x {height} pixels; at most {} megapixels can be read. Make it smaller, or cut out the code.",
        MAX_PIXELS / 1_000_000
    )]
    TooManyPixels {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// So many pixels that the format's own decoder refuses them, or too many in all frames of a film together.
    #[error(
        "The picture has more pixels than can be read; {} megapixels can in one picture, fewer in an animation. \
         Make it smaller, or cut out the code.",
        MAX_PIXELS / 1_000_000
    )]
    TooHuge,
    /// No more than [`MAX_PIXELS`], but so many bits for each that they need too much memory.
    #[error(
        "The picture of {width} x {height} pixels has more than 8 bits for a colour, and can be read with fewer pixels alone. \
         Save it with 8 bits, make it smaller, or cut out the code."
    )]
    TooDeep {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// More bytes than [`MAX_FILE_BYTES`].
    #[error(
        "The file is too large; at most {} MiB can be read. Make it smaller, or save it as JPEG.",
        MAX_FILE_BYTES / (1024 * 1024)
    )]
    TooManyBytes,
    /// The operating system does not give the file.
    #[error("The file cannot be read: {0}. Check its name and that you may read it.")]
    Unreadable(#[from] std::io::Error),
}

impl PictureError {
    /// The code that crosses the network and the bridge, one of the closed set.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty_picture",
            Self::Unknown => "unknown_picture",
            Self::Broken => "broken_picture",
            Self::TooManyPixels { .. }
            | Self::TooHuge
            | Self::TooDeep { .. }
            | Self::TooManyBytes => "picture_too_large",
            Self::Unreadable(_) => "unreadable_file",
        }
    }
}

/// Reads a picture file. The content decides the format; the name is asked for TGA alone, which has no signature.
pub fn load_picture(path: &Path) -> Result<Picture, PictureError> {
    Ok(load(path)?.picture)
}

/// Reads a picture from the bytes of a file.
pub fn read_picture(bytes: &[u8]) -> Result<Picture, PictureError> {
    Ok(to_grey(decode(bytes, None)?))
}

/// A picture, and what to know of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// What can be seen of it.
    pub picture: Picture,
    /// Why it may be less than was meant.
    pub note: Option<Note>,
}

/// The same as [`load_picture`], with what to know of the file.
pub fn load(path: &Path) -> Result<Loaded, PictureError> {
    loaded(&read_file(path)?, ImageFormat::from_path(path).ok())
}

/// The same of what somebody reads from, such as standard input.
pub fn read(source: impl Read) -> Result<Loaded, PictureError> {
    loaded(&read_all(source)?, None)
}

fn loaded(bytes: &[u8], hint: Option<ImageFormat>) -> Result<Loaded, PictureError> {
    let picture = to_grey(decode(bytes, hint)?);
    let note = Note::of(bytes, format_of(bytes, hint)?);
    Ok(Loaded { picture, note })
}

/// The bytes of a file that is not larger than allowed.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, PictureError> {
    read_all(File::open(path)?)
}

fn read_all(source: impl Read) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::new();
    // The size is not asked for beforehand: files grow, and pipes have none.
    source.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The picture in colour, turned the way it is shown. `hint` is the format that the name claims.
pub(crate) fn decode(
    bytes: &[u8],
    hint: Option<ImageFormat>,
) -> Result<DynamicImage, PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty);
    }
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(PictureError::TooManyBytes);
    }
    let format = format_of(bytes, hint)?;
    // Codecs are large and meet hostile files here; a panic in one is one more kind of damage.
    contain(|| unpack(bytes, format)).unwrap_or(Err(PictureError::Broken))
}

fn format_of(bytes: &[u8], hint: Option<ImageFormat>) -> Result<ImageFormat, PictureError> {
    match image::guess_format(bytes) {
        Ok(format) => Ok(format),
        Err(_) if hint == Some(ImageFormat::Tga) => Ok(ImageFormat::Tga),
        Err(_) => Err(PictureError::Unknown),
    }
}

fn unpack(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, PictureError> {
    let (bytes, format) = match icon::png(bytes) {
        Some(png) if format == ImageFormat::Ico => (png, ImageFormat::Png),
        _ => (bytes, format),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(Limits::default());
    let mut decoder = reader.into_decoder().map_err(meaning)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    if decoder.total_bytes() > MAX_UNPACKED_BYTES {
        return Err(PictureError::TooDeep { width, height });
    }
    let orientation = decoder.orientation().map_err(meaning)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(meaning)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Refuses sizes before any memory is taken for their pixels.
pub(crate) fn check_size(width: u32, height: u32) -> Result<(), PictureError> {
    match u64::from(width) * u64::from(height) {
        0 => Err(PictureError::Empty),
        pixels if pixels > MAX_PIXELS => Err(PictureError::TooManyPixels { width, height }),
        _ => Ok(()),
    }
}

pub(crate) fn meaning(error: ImageError) -> PictureError {
    match error {
        ImageError::Unsupported(_) => PictureError::Unknown,
        ImageError::Limits(_) => PictureError::TooHuge,
        ImageError::Decoding(_)
        | ImageError::IoError(_)
        | ImageError::Parameter(_)
        | ImageError::Encoding(_) => PictureError::Broken,
    }
}

fn to_grey(picture: DynamicImage) -> Picture {
    let picture = if picture.color().has_alpha() {
        DynamicImage::ImageRgba8(on_paper(picture.into_rgba8()))
    } else {
        picture
    };
    let grey = picture.into_luma8();
    Picture {
        width: grey.width(),
        height: grey.height(),
        grey: grey.into_raw(),
    }
}

/// Lays a transparent picture on white paper, where a label without a background is meant to stand, or on black, if white is
/// all that it shows.
pub(crate) fn on_paper(mut picture: RgbaImage) -> RgbaImage {
    let paper = if is_light(&picture) { 0 } else { 255 };
    for pixel in picture.pixels_mut() {
        let [r, g, b, alpha] = pixel.0.map(u32::from);
        let blend = |channel: u32| ((channel * alpha + paper * (255 - alpha)) / 255) as u8;
        pixel.0 = [blend(r), blend(g), blend(b), 255];
    }
    picture
}

/// Whether what is not transparent has hardly anything dark: on white paper it would not be seen.
fn is_light(picture: &RgbaImage) -> bool {
    /// Darker than this is dark: the middle of grey.
    const DARK: u8 = 128;
    /// A code has more dark modules than this part of it.
    const HARDLY: u64 = 20;
    let (mut dark, mut all) = (0, 0);
    for pixel in picture.pixels() {
        let alpha = u64::from(pixel.0[3]);
        all += alpha;
        dark += if pixel.to_luma().0[0] < DARK {
            alpha
        } else {
            0
        };
    }
    all > 0 && all < 255 * picture.pixels().len() as u64 && dark * HARDLY < all
}
