//! What nokhwa does not tell of a Video4Linux device.

use std::io;
use std::path::PathBuf;

use nokhwa::utils::{CameraFormat, CameraIndex, FrameFormat};
use v4l::capability::Flags;
use v4l::frameinterval::{FrameInterval, FrameIntervalEnum};
use v4l::framesize::{FrameSize, FrameSizeEnum};
use v4l::video::Capture;
use v4l::video::capture::Parameters;
use v4l::{Device, Format, FourCC};

use super::{FORMATS, choose, controls, trouble};
use crate::live::{Abilities, CameraError, Wish};

/// Device nodes are `/dev/video` and a number.
const NODE: &str = "/dev/video";

pub(super) fn id_of(index: &CameraIndex) -> String {
    format!("{NODE}{index}")
}

/// Takes the device node, or its number alone.
pub(super) fn index_of(id: &str) -> CameraIndex {
    match id.strip_prefix(NODE).unwrap_or(id).parse() {
        Ok(number) => CameraIndex::Index(number),
        Err(_) => CameraIndex::String(id.to_owned()),
    }
}

fn node(index: &CameraIndex) -> PathBuf {
    PathBuf::from(id_of(index))
}

/// Whether the device captures video. Many cameras have a second node that gives metadata alone. One that cannot be
/// asked is listed: whoever chooses it learns why.
pub(super) fn is_camera(index: &CameraIndex) -> bool {
    Device::with_path(node(index))
        .and_then(|device| device.query_caps())
        .map_or(true, |about| {
            let captures = Flags::VIDEO_CAPTURE | Flags::VIDEO_CAPTURE_MPLANE;
            about.capabilities.intersects(captures)
        })
}

/// Zoom and lamp, through a handle of their own: one that films and one that asks do not disturb each other.
pub(super) struct Controls(Option<controls::Controls<Device>>);

impl Controls {
    /// A camera whose driver lets nobody else open it can be filmed with and no more.
    pub(super) fn of(index: &CameraIndex) -> Self {
        Self(
            Device::with_path(node(index))
                .ok()
                .map(controls::Controls::of),
        )
    }

    pub(super) fn abilities(&self, _: &nokhwa::Camera) -> Abilities {
        let known = self.0.as_ref();
        known.map_or_else(Abilities::default, controls::Controls::abilities)
    }

    pub(super) fn obey(&self, _: &mut nokhwa::Camera, wish: Wish) -> Result<(), CameraError> {
        let known = self.0.as_ref().ok_or(CameraError::Unplugged)?;
        known.obey(wish)
    }
}

/// Brings the camera into the best of its formats and says which that is, so that nokhwa finds everything as it asks.
///
/// nokhwa cannot be left to do that: it refuses a camera that it finds in a format that it does not know, or with half
/// frames a second, or whose driver changes the rate together with the size. And it reports what goes wrong in words,
/// where the operating system has a number.
pub(super) fn prepare(index: &CameraIndex) -> Result<Option<CameraFormat>, CameraError> {
    let settled = Device::with_path(node(index)).and_then(|device| settle(&device));
    settled.or_else(|error| match trouble::of_os_error(&error) {
        CameraError::Failed(words) => {
            tracing::debug!(words, "the camera's format is left to nokhwa");
            Ok(None)
        }
        known => Err(known),
    })
}

fn settle(device: &Device) -> io::Result<Option<CameraFormat>> {
    let Some(best) = choose::best(&offered(device)?, FORMATS) else {
        return Ok(None);
    };
    if current(device)? != Some(best) {
        let fourcc = fourcc_of(best.format());
        device.set_format(&Format::new(best.width(), best.height(), fourcc))?;
        device.set_params(&Parameters::with_fps(best.frame_rate()))?;
    }
    current(device)
}

/// The format that the camera is in, if nokhwa can tell it.
fn current(device: &Device) -> io::Result<Option<CameraFormat>> {
    let (format, interval) = (device.format()?, device.params()?.interval);
    let known = format_of(format.fourcc).filter(|_| interval.numerator == 1);
    Ok(known.map(|known| {
        CameraFormat::new_from(format.width, format.height, known, interval.denominator)
    }))
}

/// Every format that the camera offers and nokhwa knows.
fn offered(device: &Device) -> io::Result<Vec<CameraFormat>> {
    let mut offered = Vec::new();
    for fourcc in device.enum_formats()?.into_iter().map(|about| about.fourcc) {
        let Some(format) = format_of(fourcc) else {
            continue;
        };
        for (width, height) in device.enum_framesizes(fourcc)?.into_iter().map(size_of) {
            // A driver that knows no rates for a size does not offer it.
            let rates = device.enum_frameintervals(fourcc, width, height);
            let rates = rates.unwrap_or_default().into_iter().filter_map(rate_of);
            offered.extend(rates.map(|rate| CameraFormat::new_from(width, height, format, rate)));
        }
    }
    Ok(offered)
}

/// The size, or of a range of sizes the one nearest to the wanted one.
fn size_of(offered: FrameSize) -> (u32, u32) {
    match offered.size {
        FrameSizeEnum::Discrete(size) => (size.width, size.height),
        FrameSizeEnum::Stepwise(range) => {
            let (width, height) = choose::WANTED_SIZE;
            (
                step(width, range.min_width, range.max_width, range.step_width),
                step(
                    height,
                    range.min_height,
                    range.max_height,
                    range.step_height,
                ),
            )
        }
    }
}

/// The largest of `min`, `min` + `step`, … up to `max` that is not larger than `wanted`, and at least `min`.
fn step(wanted: u32, min: u32, max: u32, step: u32) -> u32 {
    let above = wanted.min(max).saturating_sub(min);
    min + above / step.max(1) * step.max(1)
}

/// Whole frames a second; of a range of them 30, or the nearest.
fn rate_of(offered: FrameInterval) -> Option<u32> {
    match offered.interval {
        FrameIntervalEnum::Discrete(interval) => {
            (interval.numerator == 1).then_some(interval.denominator)
        }
        FrameIntervalEnum::Stepwise(range) => {
            let fastest = range.min.denominator / range.min.numerator.max(1);
            let slowest = range.max.denominator.div_ceil(range.max.numerator.max(1));
            Some(30.min(fastest).max(slowest)).filter(|&rate| rate > 0)
        }
    }
}

/// The formats by the names that nokhwa asks the driver for. V4L2 calls grey `GREY`, nokhwa does not.
const FOURCCS: &[(FrameFormat, &[u8; 4])] = &[
    (FrameFormat::NV12, b"NV12"),
    (FrameFormat::YUYV, b"YUYV"),
    (FrameFormat::GRAY, b"GRAY"),
    (FrameFormat::RAWRGB, b"RGB3"),
    (FrameFormat::RAWBGR, b"BGR3"),
    (FrameFormat::MJPEG, b"MJPG"),
];

fn format_of(fourcc: FourCC) -> Option<FrameFormat> {
    let (format, _) = FOURCCS.iter().find(|(_, name)| **name == fourcc.repr)?;
    Some(*format)
}

fn fourcc_of(format: FrameFormat) -> FourCC {
    let named = FOURCCS.iter().find(|(known, _)| *known == format);
    let (_, name) = named.expect("every format of nokhwa is in the list");
    FourCC::new(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_device_nodes_and_numbers_are_taken_too() {
        let check = |id: &str, expected: &CameraIndex| assert_eq!(&index_of(id), expected, "{id}");
        check("/dev/video7", &CameraIndex::Index(7));
        check("7", &CameraIndex::Index(7));
        let other = "/dev/video-cam".to_owned();
        check("/dev/video-cam", &CameraIndex::String(other));
        assert_eq!(id_of(&CameraIndex::Index(7)), "/dev/video7");
    }

    #[test]
    fn a_node_that_is_not_there_is_no_camera() {
        let index = CameraIndex::Index(u32::MAX);
        assert_eq!(prepare(&index), Err(CameraError::NoCamera));
    }

    #[test]
    fn every_format_has_a_name() {
        for &format in FORMATS {
            assert_eq!(format_of(fourcc_of(format)), Some(format));
        }
        assert_eq!(format_of(FourCC::new(b"H264")), None);
    }

    #[test]
    fn a_range_of_sizes_is_taken_at_the_wanted_one() {
        let check = |(min, max, by), expected| {
            assert_eq!(step(1280, min, max, by), expected, "{min} to {max} by {by}");
        };
        check((16, 1920, 16), 1280);
        check((2, 8192, 1), 1280);
        check((32, 640, 2), 640);
        check((1920, 3840, 2), 1920);
        check((100, 1920, 50), 1250);
        check((64, 64, 0), 64);
    }
}
