//! Phones: no bundled cloud, the platform's own scanner as the camera, the platform's keystore as the keyring.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use handover_app::{BundledCloud, CameraChoice, CameraKind, Host, SecretStore, SecretsKept};
use handover_scan::live::OpenSource;
use handover_wire::{ErrorBody, ErrorCode};

use crate::keyring::Secrets;

type Answer<T> = Result<T, ErrorBody>;

/// Runs the app until the system ends it.
#[tauri::mobile_entry_point]
pub fn main() {
    tracing_subscriber::fmt().with_ansi(false).init();
    let run = crate::builder(|_| {
        Ok(Arc::new(Phone {
            secrets: Secrets::find(set_store()),
        }))
    })
    .plugin(tauri_plugin_barcode_scanner::init())
    .run(tauri::generate_context!());
    if let Err(error) = run {
        tracing::error!(%error, "the app could not start");
    }
}

struct Phone {
    secrets: Secrets,
}

#[async_trait]
impl Host for Phone {
    fn secrets(&self) -> &dyn SecretStore {
        &self.secrets
    }

    fn secrets_kept(&self) -> SecretsKept {
        self.secrets.kept()
    }

    fn has_bundled_cloud(&self) -> bool {
        false
    }

    async fn bundled_cloud(&self) -> Answer<BundledCloud> {
        Err(unsupported("phones use a cloud on the network"))
    }

    fn downloads(&self) -> Option<PathBuf> {
        // Android and iOS let no program write there by a path.
        None
    }

    fn camera_kind(&self) -> CameraKind {
        CameraKind::Scanner
    }

    fn cameras(&self) -> Answer<Vec<CameraChoice>> {
        Ok(Vec::new())
    }

    fn camera(&self, _id: Option<&str>) -> Answer<Box<dyn OpenSource>> {
        Err(unsupported("the platform's own scanner is the camera"))
    }
}

fn unsupported(why: &str) -> ErrorBody {
    ErrorBody::new(ErrorCode::Unsupported, why)
}

/// Makes the platform's keystore the one that entries are kept in.
fn set_store() -> Result<(), keyring_core::Error> {
    #[cfg(target_os = "android")]
    let store = android_native_keyring_store::Store::new()?;
    #[cfg(target_os = "ios")]
    let store = apple_native_keyring_store::protected::Store::new()?;
    keyring_core::set_default_store(store);
    Ok(())
}
