//! rqrr as its documentation shows it.

use handover_scan::Picture;
use rqrr::PreparedImage;

use super::{InProcess, Peer, Reading, middle, text_of};

/// rqrr, with its own threshold, dark codes on light alone.
pub fn new() -> impl Peer {
    InProcess(|picture: &Picture| {
        let (width, height) = (picture.width as usize, picture.height as usize);
        let pixel = |x, y| picture.grey[y * width + x];
        let mut prepared = PreparedImage::prepare_from_greyscale(width, height, pixel);
        let grids = prepared.detect_grids();
        let reading = |grid: &rqrr::Grid<_>| {
            let mut bytes = Vec::new();
            grid.decode_to(&mut bytes).ok()?;
            Some(Reading {
                text: text_of(bytes),
                centre: middle(grid.bounds.map(|point| [point.x as f32, point.y as f32])),
            })
        };
        grids.iter().filter_map(reading).collect()
    })
}
