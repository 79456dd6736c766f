//! The desktop's cameras, through nokhwa: Video4Linux, AVFoundation, Media Foundation.

mod choose;
#[cfg(target_os = "linux")]
mod controls;
#[cfg(target_os = "linux")]
mod linux;
mod pixels;
mod trouble;

use nokhwa::NokhwaError;
use nokhwa::utils::{
    ApiBackend, CameraFormat, CameraIndex, FrameFormat, RequestedFormat, RequestedFormatType,
};
use serde::{Deserialize, Serialize};

use crate::contain::contain;
use crate::live::{Abilities, CameraError, ColorFrame, OpenSource, Source, Wish};

/// The pixel formats that nokhwa knows and that are unpacked here, the cheap ones first.
const FORMATS: &[FrameFormat] = &[
    FrameFormat::NV12,
    FrameFormat::YUYV,
    FrameFormat::GRAY,
    FrameFormat::RAWRGB,
    FrameFormat::RAWBGR,
    FrameFormat::MJPEG,
];

/// A camera that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraInfo {
    /// What [`Camera`] takes; stays the same while the camera is connected.
    pub id: String,
    /// The name that the camera gives itself.
    pub name: String,
}

/// The cameras that are connected, in the system's order.
pub fn list() -> Result<Vec<CameraInfo>, CameraError> {
    let found = contain(|| nokhwa::query(ApiBackend::Auto))
        .map_err(|_| CameraError::Failed("the cameras cannot be listed".to_owned()))?
        .map_err(|error| trouble::while_opening(&error))?;
    let mut found: Vec<_> = found
        .into_iter()
        .filter(|camera| is_camera(camera.index()))
        .collect();
    // Linux lists device nodes in the order of the folder, which is none.
    found.sort_by(|a, b| a.index().cmp(b.index()));
    let info = |camera: nokhwa::utils::CameraInfo| CameraInfo {
        id: id_of(camera.index()),
        name: camera.human_name(),
    };
    Ok(found.into_iter().map(info).collect())
}

/// The camera with this id, or the first that is there when it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Camera(pub Option<String>);

impl OpenSource for Camera {
    fn open(&mut self) -> Result<Box<dyn Source>, CameraError> {
        let index = match &self.0 {
            Some(id) => index_of(id),
            None => index_of(&list()?.first().ok_or(CameraError::NoCamera)?.id),
        };
        let prepared = prepare(&index)?;
        let camera =
            open(index.clone(), prepared).map_err(|error| trouble::while_opening(&error))?;
        // Afterwards: a driver may bound how many open it, and filming comes first.
        let controls = Controls::of(&index);
        Ok(Box::new(Open { camera, controls }))
    }
}

struct Open {
    camera: nokhwa::Camera,
    controls: Controls,
}

impl Source for Open {
    fn next_frame(&mut self) -> Result<ColorFrame, CameraError> {
        let format = self.camera.camera_format();
        let bytes = self
            .camera
            .frame_raw()
            .map_err(|error| trouble::while_streaming(&error))?;
        pixels::unpack(format.format(), format.width(), format.height(), &bytes)
            .ok_or_else(|| CameraError::Failed(format!("a broken {} frame came", format.format())))
    }

    fn abilities(&mut self) -> Abilities {
        self.controls.abilities(&self.camera)
    }

    fn obey(&mut self, wish: Wish) -> Result<(), CameraError> {
        self.controls.obey(&mut self.camera, wish)
    }
}

/// Opens the camera in the format that it was prepared for, else in the best that nokhwa finds, and starts it.
fn open(index: CameraIndex, prepared: Option<CameraFormat>) -> Result<nokhwa::Camera, NokhwaError> {
    let request = prepared.map_or(RequestedFormatType::None, RequestedFormatType::Exact);
    let request = RequestedFormat::with_formats(request, FORMATS);
    let mut camera = nokhwa::Camera::new(index, request)?;
    if prepared.is_none() {
        let offered = camera.compatible_camera_formats().unwrap_or_default();
        if let Some(best) = choose::best(&offered, FORMATS) {
            prefer(&mut camera, best)?;
        }
    }
    camera.open_stream()?;
    Ok(camera)
}

/// Asks for a format; a driver that offers it and then refuses keeps the one it has.
fn prefer(camera: &mut nokhwa::Camera, format: CameraFormat) -> Result<(), NokhwaError> {
    if format == camera.camera_format() {
        return Ok(());
    }
    let exactly = RequestedFormat::with_formats(RequestedFormatType::Exact(format), FORMATS);
    if let Err(error) = camera.set_camera_requset(exactly) {
        tracing::debug!(%error, %format, "the camera refuses a format that it offers");
        camera.refresh_camera_format()?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
use linux::{Controls, id_of, index_of, is_camera, prepare};

#[cfg(not(target_os = "linux"))]
use elsewhere::{Controls, id_of, index_of, is_camera, prepare};

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    //! Systems whose own interface tells everything.

    use nokhwa::utils::{
        CameraControl, CameraFormat, CameraIndex, ControlValueDescription, ControlValueSetter,
        KnownCameraControl,
    };

    use super::trouble;
    use crate::live::{Abilities, CameraError, Wish, Zoom};

    pub(super) fn id_of(index: &CameraIndex) -> String {
        index.as_string()
    }

    pub(super) fn index_of(id: &str) -> CameraIndex {
        match id.parse() {
            Ok(number) => CameraIndex::Index(number),
            Err(_) => CameraIndex::String(id.to_owned()),
        }
    }

    pub(super) fn is_camera(_: &CameraIndex) -> bool {
        true
    }

    /// macOS asks the user, once, and this waits for the answer. The format is left to nokhwa.
    pub(super) fn prepare(_: &CameraIndex) -> Result<Option<CameraFormat>, CameraError> {
        if !cfg!(target_os = "macos") || nokhwa::nokhwa_check() {
            return Ok(None);
        }
        let (sender, answer) = std::sync::mpsc::channel();
        nokhwa::nokhwa_initialize(move |granted| {
            // Nobody is left to hear an answer that comes after the program's end.
            let _ = sender.send(granted);
        });
        match answer.recv() {
            Ok(true) => Ok(None),
            Ok(false) | Err(_) => Err(CameraError::Denied),
        }
    }
    /// Zoom as nokhwa knows it, which has no name for lamps.
    pub(super) struct Controls;

    impl Controls {
        pub(super) fn of(_: &CameraIndex) -> Self {
            Self
        }

        pub(super) fn abilities(&self, camera: &nokhwa::Camera) -> Abilities {
            Abilities {
                zoom: knob(camera).and_then(|knob| zoom_of(knob.description())),
                torch: None,
            }
        }

        pub(super) fn obey(
            &self,
            camera: &mut nokhwa::Camera,
            wish: Wish,
        ) -> Result<(), CameraError> {
            let Wish::Zoom(wanted) = wish else {
                return Err(CameraError::Failed("it has no lamp".to_owned()));
            };
            let knob = knob(camera);
            let zoom = knob.as_ref().and_then(|knob| zoom_of(knob.description()));
            let (Some(knob), Some(zoom)) = (knob, zoom) else {
                return Err(CameraError::Failed("it cannot zoom".to_owned()));
            };
            let to = match knob.description() {
                ControlValueDescription::FloatRange { .. } => {
                    ControlValueSetter::Float(zoom.at(wanted).now())
                }
                _ => ControlValueSetter::Integer(zoom.at(wanted).now().round() as i64),
            };
            camera
                .set_camera_control(KnownCameraControl::Zoom, to)
                .map_err(|error| trouble::while_streaming(&error))
        }
    }

    fn knob(camera: &nokhwa::Camera) -> Option<CameraControl> {
        camera.camera_control(KnownCameraControl::Zoom).ok()
    }

    fn zoom_of(knob: &ControlValueDescription) -> Option<Zoom> {
        match *knob {
            ControlValueDescription::IntegerRange {
                min, max, value, ..
            } => Zoom::new(min as f64, max as f64, value as f64),
            ControlValueDescription::FloatRange {
                min, max, value, ..
            } => Zoom::new(min, max, value),
            _ => None,
        }
    }
}
