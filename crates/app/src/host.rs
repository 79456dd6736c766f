//! What the app asks of whatever it runs in.

use std::path::PathBuf;

use async_trait::async_trait;
use handover_client::{Result, SecretStore};
use handover_scan::live::OpenSource;

use crate::{BundledCloud, CameraChoice, CameraKind, SecretsKept};

/// What a platform gives.
#[async_trait]
pub trait Host: Send + Sync + 'static {
    /// The operating system's keyring, or memory where there is none.
    fn secrets(&self) -> &dyn SecretStore;

    /// Where secrets are kept on this machine.
    fn secrets_kept(&self) -> SecretsKept;

    /// Whether a cloud is bundled.
    fn has_bundled_cloud(&self) -> bool;

    /// Starts the bundled cloud where it does not run yet.
    ///
    /// # Errors
    /// `bundled_cloud_failed`, or `unsupported` where there is none.
    async fn bundled_cloud(&self) -> Result<BundledCloud>;

    /// The folder that people find their downloads in; none where there is none.
    fn downloads(&self) -> Option<PathBuf>;

    /// Where pictures come from.
    fn camera_kind(&self) -> CameraKind;

    /// The cameras to choose from. May block.
    ///
    /// # Errors
    /// One of the camera codes.
    fn cameras(&self) -> Result<Vec<CameraChoice>>;

    /// A camera to open, the default one where no id is given.
    ///
    /// # Errors
    /// `unsupported` where the host films by itself.
    fn camera(&self, id: Option<&str>) -> Result<Box<dyn OpenSource>>;
}
