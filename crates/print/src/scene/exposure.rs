//! How long and how brightly a frame is exposed, and how the automatic exposure comes to rest.

use super::focus::settling;

/// How a film is exposed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposure {
    /// How long every row takes light, in milliseconds.
    pub milliseconds: f64,
    /// From the first row's start to the last row's, in milliseconds: the rolling shutter.
    pub readout_milliseconds: f64,
    /// How bright the first frame is, as a multiple of the settled brightness.
    pub start: f64,
    /// Settled brightness: 1 makes white paper in the brightest place just short of the sensor's limit.
    pub settled: f64,
    /// Seconds until it is nearly settled.
    pub seconds: f64,
    /// Electrons of a pixel that is just full at the gain of the settled exposure: the fewer, the higher the gain and
    /// the noisier the picture.
    pub electrons: f64,
}

impl Exposure {
    /// The brightness at a time in seconds.
    pub(super) fn brightness(&self, seconds: f64) -> f64 {
        let left = settling(seconds, self.seconds);
        self.settled * (1.0 + (self.start - 1.0) * left)
    }

    /// When a row starts to take light, in seconds from the first row's start.
    pub(super) fn row_start(&self, row: f64, rows: u32) -> f64 {
        self.readout_milliseconds / 1_000.0 * row / f64::from(rows.max(1))
    }

    pub(super) fn seconds_open(&self) -> f64 {
        self.milliseconds / 1_000.0
    }
}
