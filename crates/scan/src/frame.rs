//! The picture that a decoder looks at.

/// Borrowed 8-bit grey pixels: rows from the top, each `width` pixels long and `stride` bytes after the row above.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pixels: &'a [u8],
    width: u32,
    height: u32,
    stride: usize,
}

/// Why some bytes are not a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A side is zero pixels long.
    #[error("a frame needs at least one pixel")]
    Empty,
    /// Rows would overlap.
    #[error("rows of {width} pixels do not fit a stride of {stride} bytes")]
    StrideTooSmall {
        /// Pixels in a row.
        width: u32,
        /// Bytes from one row to the next.
        stride: usize,
    },
    /// There are fewer bytes than the last pixel needs.
    #[error("{actual} bytes of pixels where {needed} are needed")]
    TooFewBytes {
        /// Bytes that the sizes ask for.
        needed: usize,
        /// Bytes that are there.
        actual: usize,
    },
}

impl<'a> Frame<'a> {
    /// Looks at `pixels`; the bytes after the last row's `width` pixels may be missing.
    pub fn new(
        pixels: &'a [u8],
        width: u32,
        height: u32,
        stride: usize,
    ) -> Result<Self, FrameError> {
        if width == 0 || height == 0 {
            return Err(FrameError::Empty);
        }
        if stride < width as usize {
            return Err(FrameError::StrideTooSmall { width, stride });
        }
        let needed = stride
            .saturating_mul(height as usize - 1)
            .saturating_add(width as usize);
        if pixels.len() < needed {
            return Err(FrameError::TooFewBytes {
                needed,
                actual: pixels.len(),
            });
        }
        Ok(Self {
            pixels,
            width,
            height,
            stride,
        })
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The rows from the top, each `width` bytes long.
    pub fn rows(&self) -> impl Iterator<Item = &'a [u8]> {
        let (pixels, width, stride) = (self.pixels, self.width as usize, self.stride);
        (0..self.height as usize).map(move |y| &pixels[y * stride..y * stride + width])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        let check = |bytes: usize, (width, height, stride), expected: Result<(), FrameError>| {
            let pixels = vec![0; bytes];
            assert_eq!(
                Frame::new(&pixels, width, height, stride).map(|_| ()),
                expected
            );
        };
        check(1, (1, 1, 1), Ok(()));
        check(8, (3, 2, 5), Ok(()));
        check(0, (0, 1, 0), Err(FrameError::Empty));
        check(0, (1, 0, 1), Err(FrameError::Empty));
        let (width, stride) = (4, 3);
        check(
            99,
            (width, 2, stride),
            Err(FrameError::StrideTooSmall { width, stride }),
        );
        check(
            7,
            (3, 2, 5),
            Err(FrameError::TooFewBytes {
                needed: 8,
                actual: 7,
            }),
        );
        let needed = usize::MAX;
        check(
            7,
            (u32::MAX, u32::MAX, usize::MAX),
            Err(FrameError::TooFewBytes { needed, actual: 7 }),
        );
    }

    #[test]
    fn rows_leave_out_the_padding() {
        let pixels = [1, 2, 0, 3, 4];
        let frame = Frame::new(&pixels, 2, 2, 3).expect("the sizes fit");
        assert_eq!(frame.rows().collect::<Vec<_>>(), [[1, 2], [3, 4]]);
    }
}
