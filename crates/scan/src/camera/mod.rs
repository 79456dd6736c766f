//! The desktop's cameras, through nokhwa.

use serde::{Deserialize, Serialize};

use crate::live::{CameraError, OpenSource, Source};

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
    Ok(Vec::new())
}

/// The camera with this id, or the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Camera(pub Option<String>);

impl OpenSource for Camera {
    fn open(&mut self) -> Result<Box<dyn Source>, CameraError> {
        Err(CameraError::NoCamera)
    }
}
