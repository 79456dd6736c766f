//! Desktops: the bundled cloud, the cameras of the system or a film in their place, its keyring.

mod options;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use clap::Parser as _;
use handover_app::{
    BundledCloud, CameraChoice, CameraKind, Host, SecretStore, SecretsKept, camera_error,
};
use handover_cloud::{Cloud, Config};
use handover_scan::camera::{self, Camera};
use handover_scan::film::Film;
use handover_scan::live::OpenSource;
use handover_wire::{ErrorBody, ErrorCode, SignIn};
use tauri::{AppHandle, Manager};
use tokio::sync::Mutex;

use crate::keyring::Secrets;
use options::{CameraOption, Options};

type Answer<T> = Result<T, ErrorBody>;

/// Runs the app until its window is closed.
pub fn main() -> ExitCode {
    let options = Options::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("HANDOVER_LOG")
                .unwrap_or_else(|_| "info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let run = crate::builder(move |app| Ok(Arc::new(Desktop::new(app, options)?)))
        // The first plugin of all, since a second start must not get as far as the others.
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            show_window(app)
        }))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .run(tauri::generate_context!());
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the app could not start");
            ExitCode::FAILURE
        }
    }
}

/// Brings the window to the front, as a second start of the app means.
fn show_window(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        // Whichever of these the window system refuses, the rest still helps.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

struct Desktop {
    secrets: Secrets,
    camera: CameraOption,
    data: PathBuf,
    downloads: Option<PathBuf>,
    cloud: Mutex<Option<Running>>,
}

/// The bundled cloud ends with the app; it is kept so that it is not dropped before.
struct Running {
    _cloud: Cloud,
    told: BundledCloud,
}

impl Desktop {
    fn new(app: &AppHandle, options: Options) -> tauri::Result<Self> {
        let data = match options.data {
            Some(data) => data,
            None => app.path().app_data_dir()?,
        };
        Ok(Self {
            secrets: Secrets::find(has_keyring()),
            camera: options.camera,
            data,
            downloads: app.path().download_dir().ok(),
            cloud: Mutex::default(),
        })
    }
}

#[async_trait]
impl Host for Desktop {
    fn secrets(&self) -> &dyn SecretStore {
        &self.secrets
    }

    fn secrets_kept(&self) -> SecretsKept {
        self.secrets.kept()
    }

    fn has_bundled_cloud(&self) -> bool {
        true
    }

    async fn bundled_cloud(&self) -> Answer<BundledCloud> {
        let mut slot = self.cloud.lock().await;
        if let Some(running) = slot.as_ref() {
            return Ok(running.told.clone());
        }
        let running = start_cloud(&self.data).await?;
        let told = running.told.clone();
        *slot = Some(running);
        Ok(told)
    }

    fn downloads(&self) -> Option<PathBuf> {
        self.downloads.clone()
    }

    fn camera_kind(&self) -> CameraKind {
        CameraKind::Native
    }

    fn cameras(&self) -> Answer<Vec<CameraChoice>> {
        if let CameraOption::Film(path) = &self.camera {
            let name = path.display().to_string();
            return Ok(vec![CameraChoice {
                id: "film".to_owned(),
                name,
            }]);
        }
        let cameras = camera::list().map_err(|error| camera_error(&error))?;
        let choice = |camera: camera::CameraInfo| CameraChoice {
            id: camera.id,
            name: camera.name,
        };
        Ok(cameras.into_iter().map(choice).collect())
    }

    fn camera(&self, id: Option<&str>) -> Answer<Box<dyn OpenSource>> {
        match &self.camera {
            CameraOption::System => Ok(Box::new(Camera(id.map(str::to_owned)))),
            CameraOption::Film(path) => match Film::open(path) {
                Ok(film) => Ok(Box::new(film)),
                Err(error) => Err(ErrorBody::new(ErrorCode::CameraFailed, error.to_string())
                    .with("detail", error)),
            },
        }
    }
}

async fn start_cloud(data: &Path) -> Answer<Running> {
    let config = Config {
        demo: true,
        ..Config::new(data.join("cloud"), ([127, 0, 0, 1], 0).into())
    };
    let cloud = Cloud::start(config)
        .await
        .map_err(|error| ErrorBody::new(ErrorCode::BundledCloudFailed, error.to_string()))?;
    let users = cloud
        .demo()
        .map(|demo| demo.users.as_slice())
        .unwrap_or_default();
    let demo_users = users
        .iter()
        .map(|user| SignIn {
            email: user.email.clone(),
            password: user.password.clone(),
        })
        .collect();
    let told = BundledCloud {
        url: cloud.url().to_string(),
        demo_users,
        mailbox: cloud.mail_server().is_none(),
    };
    Ok(Running {
        _cloud: cloud,
        told,
    })
}

/// Whether this system has a keyring service at all.
fn has_keyring() -> Result<(), keyring_core::Error> {
    match keyring::Entry::store_status() {
        Ok(()) => Ok(()),
        Err(error) => {
            tracing::info!(%error, "the keyring service does not answer");
            Err(keyring_core::Error::NoDefaultStore)
        }
    }
}
