//! What goes wrong with a camera.

/// Why there are no frames. Each has a message of its own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CameraError {
    /// There is no camera, or not the one that was asked for.
    #[error("No camera was found. Connect one and it starts by itself.")]
    NoCamera,
    /// Another program has the camera.
    #[error("Another program is using the camera. Close it there and it starts here by itself.")]
    Busy,
    /// The operating system does not let this program use the camera.
    #[error("This program may not use the camera. Allow it in the system's privacy settings.")]
    Denied,
    /// The camera was there and is gone.
    #[error("The camera was unplugged. Connect it again and it goes on by itself.")]
    Unplugged,
    /// Anything else, in the words of the camera's driver.
    #[error("The camera does not work: {0}")]
    Failed(String),
}

impl CameraError {
    /// The code that crosses the network and the bridge, one of the closed set.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoCamera => "no_camera",
            Self::Busy => "camera_busy",
            Self::Denied => "camera_denied",
            Self::Unplugged => "camera_unplugged",
            Self::Failed(_) => "camera_failed",
        }
    }
}
