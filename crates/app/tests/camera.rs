//! A camera that zooms and has a lamp, through the app's use cases.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use handover_app::{
    App, BundledCloud, CameraAbilities, CameraChoice, CameraEvent, CameraKind, Host, SecretStore,
    SecretsKept, ZoomRange,
};
use handover_scan::live::{Abilities, CameraError, ColorFrame, OpenSource, Source, Wish, Zoom};
use handover_wire::{ErrorBody, ErrorCode, Secret};

type Answer<T> = Result<T, ErrorBody>;

/// Failing tests end; passing ones never come near.
const LIMIT: Duration = Duration::from_secs(30);

/// A camera of this name can neither zoom nor light.
const PLAIN: &str = "plain";

/// Tells the test what the camera was asked to do.
#[derive(Clone)]
struct Opener {
    is_plain: bool,
    obeyed: Sender<Wish>,
}

struct Filming {
    opener: Opener,
    now: Abilities,
}

impl OpenSource for Opener {
    fn open(&mut self) -> Result<Box<dyn Source>, CameraError> {
        let can = Abilities {
            zoom: Zoom::new(100.0, 400.0, 150.0),
            torch: Some(false),
        };
        let now = if self.is_plain {
            Abilities::default()
        } else {
            can
        };
        let opener = self.clone();
        Ok(Box::new(Filming { opener, now }))
    }
}

impl Source for Filming {
    fn next_frame(&mut self) -> Result<ColorFrame, CameraError> {
        // As a camera's pace; nothing in the test depends on it.
        thread::sleep(Duration::from_millis(1));
        Ok(ColorFrame {
            width: 2,
            height: 2,
            rgba: vec![99; 16],
            grey: vec![99; 4],
        })
    }

    fn abilities(&mut self) -> Abilities {
        self.now
    }

    fn obey(&mut self, wish: Wish) -> Result<(), CameraError> {
        if self.opener.is_plain {
            return Err(CameraError::Failed("it films and no more".to_owned()));
        }
        let _ = self.opener.obeyed.send(wish);
        Ok(())
    }
}

struct NoSecrets;

#[async_trait]
impl SecretStore for NoSecrets {
    async fn read(&self, _: &str) -> Answer<Option<Secret>> {
        Ok(None)
    }

    async fn write(&self, _: &str, _: Secret) -> Answer<()> {
        Ok(())
    }

    async fn delete(&self, _: &str) -> Answer<()> {
        Ok(())
    }
}

struct FilmingHost(Sender<Wish>);

#[async_trait]
impl Host for FilmingHost {
    fn secrets(&self) -> &dyn SecretStore {
        &NoSecrets
    }

    fn secrets_kept(&self) -> SecretsKept {
        SecretsKept::ThisRun
    }

    fn has_bundled_cloud(&self) -> bool {
        false
    }

    async fn bundled_cloud(&self) -> Answer<BundledCloud> {
        Err(ErrorBody::new(ErrorCode::Unsupported, "there is none"))
    }

    fn downloads(&self) -> Option<std::path::PathBuf> {
        None
    }

    fn camera_kind(&self) -> CameraKind {
        CameraKind::Native
    }

    fn cameras(&self) -> Answer<Vec<CameraChoice>> {
        Ok(Vec::new())
    }

    fn camera(&self, id: Option<&str>) -> Answer<Box<dyn OpenSource>> {
        Ok(Box::new(Opener {
            is_plain: id == Some(PLAIN),
            obeyed: self.0.clone(),
        }))
    }
}

/// The app, and what its cameras are asked to do.
fn app() -> (App, Receiver<Wish>) {
    let (obeyed, wishes) = mpsc::channel();
    let host = Arc::new(FilmingHost(obeyed));
    (App::new(host, || 1_700_000_000_000), wishes)
}

/// Opens a camera and hears what it can do.
async fn open(app: &App, id: Option<&str>) -> CameraAbilities {
    let (told, events) = mpsc::channel();
    let on_event = move |event| drop(told.send(event));
    app.open_camera(id, on_event).await.expect("it opens");
    match events.recv_timeout(LIMIT) {
        Ok(CameraEvent::Live(abilities)) => abilities,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn zoom_and_lamp_are_there_where_the_camera_has_them_and_only_there() {
    let (app, wishes) = app();
    let zoom = ZoomRange {
        min: 100.0,
        max: 400.0,
        now: 150.0,
    };
    let abilities = open(&app, None).await;
    assert_eq!(abilities.zoom, Some(zoom));
    assert_eq!(abilities.torch, Some(false));
    app.zoom_camera(187.5).await.expect("it zooms");
    app.light_camera(true).await.expect("it has a lamp");
    assert_eq!(wishes.recv_timeout(LIMIT), Ok(Wish::Zoom(187.5)));
    assert_eq!(wishes.recv_timeout(LIMIT), Ok(Wish::Torch(true)));

    let abilities = open(&app, Some(PLAIN)).await;
    assert_eq!((abilities.zoom, abilities.torch), (None, None));
    let refused = app.zoom_camera(2.0).await.expect_err("it cannot zoom");
    assert_eq!(refused.code, ErrorCode::CameraFailed);

    app.close_camera().await.expect("it closes");
    let closed = app.light_camera(true).await.expect_err("none is open");
    assert_eq!(closed.code, ErrorCode::NoCamera);
    assert!(wishes.try_recv().is_err(), "nothing else was asked");
}
