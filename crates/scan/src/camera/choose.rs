//! Which of a camera's formats to take.

use nokhwa::utils::{CameraFormat, FrameFormat};

/// Enough for a label at arm's length, little enough to decode every frame.
pub(super) const WANTED_SIZE: (u32, u32) = (1280, 720);

/// Pixels of the wanted size.
const WANTED_PIXELS: u64 = WANTED_SIZE.0 as u64 * WANTED_SIZE.1 as u64;

/// Fewer frames a second look broken to whoever holds the label.
const SMOOTH: u32 = 24;

/// The smooth format whose size is nearest to the wanted one, or where none is smooth the nearest of all. Among equals the
/// first of `known`, then the faster one.
pub(super) fn best(offered: &[CameraFormat], known: &[FrameFormat]) -> Option<CameraFormat> {
    let rank = |format: &&CameraFormat| {
        let pixels = u64::from(format.width()) * u64::from(format.height());
        let cost = known.iter().position(|known| *known == format.format());
        (
            format.frame_rate() < SMOOTH,
            pixels.abs_diff(WANTED_PIXELS),
            cost,
            u32::MAX - format.frame_rate(),
        )
    };
    offered
        .iter()
        .filter(|format| known.contains(&format.format()))
        .min_by_key(rank)
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::FORMATS;

    #[test]
    fn the_smooth_format_nearest_to_720p_wins() {
        use FrameFormat::{MJPEG, NV12, YUYV};
        type Row = (u32, u32, FrameFormat, u32);
        let check = |offered: &[Row], expected: Option<Row>| {
            let format = |&(width, height, format, fps): &Row| {
                CameraFormat::new_from(width, height, format, fps)
            };
            let offered: Vec<_> = offered.iter().map(format).collect();
            assert_eq!(best(&offered, FORMATS), expected.as_ref().map(format));
        };
        let vga = (640, 480, YUYV, 30);
        let slow_hd = (1280, 720, YUYV, 10);
        let hd = (1280, 720, MJPEG, 30);
        let full_hd = (1920, 1080, MJPEG, 30);
        check(&[], None);
        check(&[vga], Some(vga));
        check(&[vga, slow_hd, hd, full_hd], Some(hd));
        check(&[slow_hd, vga], Some(vga));
        check(&[slow_hd, (640, 480, YUYV, 15)], Some(slow_hd));
        check(&[hd, (1280, 720, NV12, 30)], Some((1280, 720, NV12, 30)));
        check(&[hd, (1280, 720, MJPEG, 60)], Some((1280, 720, MJPEG, 60)));
    }
}
