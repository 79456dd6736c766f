//! What nokhwa does not tell of a Video4Linux device.

use std::fs::OpenOptions;
use std::path::PathBuf;

use nokhwa::utils::CameraIndex;
use v4l::capability::Flags;

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
    v4l::Device::with_path(node(index))
        .and_then(|device| device.query_caps())
        .map_or(true, |about| {
            let captures = Flags::VIDEO_CAPTURE | Flags::VIDEO_CAPTURE_MPLANE;
            about.capabilities.intersects(captures)
        })
}

/// Opens the device node as nokhwa will: nokhwa reports what goes wrong in words, the operating system by number.
pub(super) fn may_open(index: &CameraIndex) -> Result<(), CameraError> {
    match OpenOptions::new().read(true).write(true).open(node(index)) {
        Ok(_) => Ok(()),
        Err(error) => Err(trouble::of_os_error(&error)),
    }
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
