//! Which label is shown, and from where.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use handover_cloud::{Demo, DemoToken};
use handover_label::{QrToken, claim_link};
use handover_print::qr_luma;
use handover_wire::{Secret, TokenStatus};
use image::GrayImage;
use url::Url;

use crate::failure::Failure;

/// Pixels of a module of the label before it is photographed.
const MODULE_PX: u32 = 8;

/// Which label, and how it lies before the camera.
#[derive(Args)]
pub struct LabelArguments {
    /// What the label's code says.
    #[arg(long, value_name = "TEXT", required_unless_present = "data")]
    qr: Option<String>,
    /// The folder of a cloud that was started with `--demo`: one of the labels that were unclaimed then is shown.
    #[arg(long, value_name = "DIR", conflicts_with = "qr")]
    data: Option<PathBuf>,
    /// Which of its unclaimed labels, from 1.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "data")]
    token: usize,
    /// The cloud's address: the label then says a claim link, which a phone's own camera opens.
    #[arg(long, value_name = "URL", requires = "data")]
    server: Option<Url>,
    /// The light, the table and the hand; the same seed gives the same picture.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Width and height of the picture in pixels.
    #[arg(long, value_name = "WIDTHxHEIGHT", default_value = "1280x720")]
    pub size: Size,
}

/// The size of a picture in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    width: u32,
    height: u32,
}

/// The longest side of a picture of the demo: no camera films more.
const MAX_SIDE: u32 = 8_000;

impl Size {
    /// Width and height.
    pub fn pixels(self) -> (u32, u32) {
        (self.width, self.height)
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let side = |text: &str| {
            text.parse()
                .ok()
                .filter(|side| (16..=MAX_SIDE).contains(side))
        };
        let sides = text.split_once('x');
        let size = sides.and_then(|(width, height)| {
            Some(Self {
                width: side(width)?,
                height: side(height)?,
            })
        });
        size.ok_or_else(|| format!("WIDTHxHEIGHT, each from 16 to {MAX_SIDE}"))
    }
}

impl LabelArguments {
    /// The label, flat and clean.
    pub fn draw(&self) -> Result<GrayImage, Failure> {
        draw(&self.text()?)
    }

    fn text(&self) -> Result<String, Failure> {
        let Some(folder) = &self.data else {
            return Ok(self.qr.clone().unwrap_or_default());
        };
        let token = unclaimed(folder, self.token)?;
        let link = self.server.as_ref().zip(QrToken::parse(token.expose()));
        Ok(match link {
            Some((cloud, token)) => claim_link(cloud, &token),
            None => token.expose().to_owned(),
        })
    }
}

/// A label that says this, flat and clean.
pub fn draw(text: &str) -> Result<GrayImage, Failure> {
    Ok(qr_luma(text, MODULE_PX)?)
}

fn unclaimed(folder: &Path, number: usize) -> Result<Secret, Failure> {
    let path = folder.join("demo.json");
    let text = fs::read_to_string(&path).map_err(Failure::file(&path))?;
    let demo: Demo =
        serde_json::from_str(&text).map_err(|source| Failure::NotADemo { path, source })?;
    let unclaimed = |token: &DemoToken| token.status == TokenStatus::Unclaimed;
    let mut tokens: Vec<_> = demo.tokens.into_iter().filter(unclaimed).collect();
    if number == 0 || number > tokens.len() {
        return Err(Failure::NoSuchLabel {
            wanted: number,
            available: tokens.len(),
        });
    }
    Ok(tokens.swap_remove(number - 1).qr_token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        let check = |text: &str, expected: Option<(u32, u32)>| {
            assert_eq!(
                text.parse::<Size>().ok().map(Size::pixels),
                expected,
                "{text}"
            );
        };
        check("1280x720", Some((1280, 720)));
        check("16x8000", Some((16, 8000)));
        check("15x720", None);
        check("1280x8001", None);
        check("1280", None);
        check("x", None);
        check("-1x720", None);
        check("1280x720x3", None);
    }
}
