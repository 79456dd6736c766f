//! What nokhwa does not tell of a Video4Linux device.

use std::fs::OpenOptions;
use std::io;
use std::path::PathBuf;

use nokhwa::utils::CameraIndex;
use v4l::capability::Flags;
use v4l::frameinterval::{FrameInterval, FrameIntervalEnum};
use v4l::video::Capture;
use v4l::video::capture::Parameters;
use v4l::{Device, Format, FourCC};

use super::trouble;
use crate::live::CameraError;

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

/// Opens the device node as nokhwa will: nokhwa reports what goes wrong in words, the operating system by number.
pub(super) fn may_open(index: &CameraIndex) -> Result<(), CameraError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .open(node(index))
        .map_err(|error| trouble::of_os_error(&error))?;
    settle(index);
    Ok(())
}

/// The pixel formats by the names that nokhwa knows them by; it does not know V4L2's `GREY`.
const KNOWN: &[&[u8; 4]] = &[b"NV12", b"YUYV", b"RGB3", b"BGR3", b"MJPG"];

/// Brings the camera out of a state that nokhwa refuses to start from: whoever used it before may have left it with a
/// pixel format that nokhwa does not know, or with half frames a second.
fn settle(index: &CameraIndex) {
    let settled = Device::with_path(node(index)).and_then(|device| {
        settle_format(&device)?;
        settle_rate(&device)
    });
    if let Err(error) = settled {
        // A camera that is busy is one; nokhwa says so, too.
        tracing::debug!(%error, "the camera's state stays as it is");
    }
}

fn settle_format(device: &Device) -> io::Result<()> {
    let is_known = |fourcc: FourCC| KNOWN.contains(&&fourcc.repr);
    let current = device.format()?;
    if is_known(current.fourcc) {
        return Ok(());
    }
    let offered = device.enum_formats()?;
    if let Some(known) = offered.iter().find(|format| is_known(format.fourcc)) {
        device.set_format(&Format::new(current.width, current.height, known.fourcc))?;
    }
    Ok(())
}

fn settle_rate(device: &Device) -> io::Result<()> {
    if device.params()?.interval.numerator == 1 {
        return Ok(());
    }
    let format = device.format()?;
    let intervals = device.enum_frameintervals(format.fourcc, format.width, format.height)?;
    let whole_rate = |offered: &FrameInterval| match &offered.interval {
        FrameIntervalEnum::Discrete(interval) if interval.numerator == 1 => {
            Some(interval.denominator)
        }
        _ => None,
    };
    let rates = intervals.iter().filter_map(whole_rate);
    if let Some(nearest) = rates.min_by_key(|rate| rate.abs_diff(30)) {
        device.set_params(&Parameters::with_fps(nearest))?;
    }
    Ok(())
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
        assert_eq!(may_open(&index), Err(CameraError::NoCamera));
    }
}
