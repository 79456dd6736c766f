//! The app's command line.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Parser;

/// Scan a device's label, and the device is in your organization.
#[derive(Parser)]
#[command(name = "handover-app", version)]
pub(super) struct Options {
    /// Where the bundled cloud keeps its data [default: the system's place for the app's data]
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,

    /// Where pictures come from: `system`, or `film:PATH` for a folder of pictures played in name order, an animated
    /// GIF, or one picture
    #[arg(long, value_name = "SOURCE", default_value = "system")]
    pub(super) camera: CameraOption,
}

/// Where pictures come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CameraOption {
    /// The cameras of the system.
    System,
    /// A film in their place, for tests and demonstrations.
    Film(PathBuf),
}

impl FromStr for CameraOption {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            None if text == "system" => Ok(CameraOption::System),
            Some(("film", path)) if !path.is_empty() => Ok(CameraOption::Film(path.into())),
            _ => Err(
                "say `system`, or `film:` and the path of a folder of pictures or of one file"
                    .to_owned(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_is_the_systems_or_a_film() {
        let film = |path: &str| Ok(CameraOption::Film(path.into()));
        for (text, expected) in [
            ("system", Ok(CameraOption::System)),
            ("film:/a/folder", film("/a/folder")),
            ("film:C:\\frames", film("C:\\frames")),
            ("film:", Err(())),
            ("film", Err(())),
            ("", Err(())),
        ] {
            assert_eq!(
                text.parse::<CameraOption>().map_err(drop),
                expected,
                "{text:?}"
            );
        }
    }
}
