//! The real app in a real window with a real keyring: sign in, import a photograph, scan from the live view, quit,
//! start again, sign out. It wants a desktop session, which `cargo xtask test --only app` sets up.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use handover_journeys::demo::Demo;
use handover_journeys::desktop::{Driver, Window};
use handover_journeys::program;
use handover_print::scene::Difficulty;
use handover_print::{qr_luma, scene};
use tempfile::TempDir;

/// Frames of the film: one slow sweep of the hand.
const FRAMES: usize = 40;

type Outcome = Result<(), Box<dyn Error>>;

/// What a run of the app is given.
struct Place {
    folder: TempDir,
}

impl Place {
    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn film(&self) -> PathBuf {
        self.folder.path().join("film")
    }

    async fn start(&self, driver: &Driver) -> Result<Window, Box<dyn Error>> {
        let data = self.data().display().to_string();
        let camera = format!("film:{}", self.film().display());
        driver
            .app(
                &program("handover-app"),
                &["--data", &data, "--camera", &camera],
            )
            .await
    }

    fn demo(&self) -> Result<Demo, Box<dyn Error>> {
        Ok(Demo::read(&self.data().join("cloud"))?)
    }
}

/// A photograph of a label, as a phone would send it.
fn photograph(text: &str, folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let path = folder.join("photograph.jpg");
    scene::photograph(&qr_luma(text, 8)?, 11, (1280, 960)).save(&path)?;
    Ok(path)
}

/// A label held in front of the camera, frame by frame.
fn film(text: &str, folder: &Path) -> Outcome {
    std::fs::create_dir_all(folder)?;
    let label = qr_luma(text, 8)?;
    let frames = scene::film(&label, 5, FRAMES, (1280, 720));
    for (number, frame) in frames.enumerate() {
        frame.save(folder.join(format!("{number:04}.jpg")))?;
    }
    Ok(())
}

/// The same label, and a lamp's reflection on one of its corners: it cannot be read, however long it is held up.
fn film_with_glare(text: &str, folder: &Path) -> Outcome {
    std::fs::create_dir_all(folder)?;
    let shot = scene::still(text, Difficulty::Easy, 5, (1280, 720))?;
    let symbol = &shot.symbols[0];
    let ([x, y], reach) = (symbol.corners[1], 9.0 * symbol.module_px());
    let mut picture = shot.picture;
    for (column, row, pixel) in picture.enumerate_pixels_mut() {
        let distance = (column as f32 - x).hypot(row as f32 - y);
        if distance < reach {
            pixel.0 = [255];
        }
    }
    Ok(picture.save(folder.join("0000.png"))?)
}

/// Whether the keyring holds anything of the app's, as a tool says that has nothing to do with it.
fn keyring_has_secrets() -> Result<bool, Box<dyn Error>> {
    let found = Command::new("secret-tool")
        .args(["search", "--all", "service", "com.handover.app"])
        .output()?;
    Ok(String::from_utf8_lossy(&found.stdout).contains("secret ="))
}

/// Screenshots at the two sizes that the design is made for.
async fn look(window: &Window, name: &str) -> Outcome {
    window.resize(390, 844).await?;
    window.screenshot(&format!("{name}-phone")).await?;
    window.resize(1280, 800).await?;
    window.screenshot(&format!("{name}-desktop")).await
}

#[tokio::test]
async fn a_customer_claims_two_devices_and_stays_signed_in() -> Outcome {
    let place = Place {
        folder: TempDir::new()?,
    };
    let driver = Driver::start().await?;
    let window = place.start(&driver).await?;
    window.named("Customer").await?;
    look(&window, "sign-in").await?;
    window.press("Customer").await?;
    window.shows("Orchard gate").await?;
    assert!(keyring_has_secrets()?, "the session is in the keyring");
    let demo = place.demo()?;
    let labels = demo.unclaimed_labels();

    claim_from_photograph(&window, &place, &labels[0]).await?;
    film_with_glare(&labels[1], &place.film())?;
    help_with_glare(&window).await?;
    std::fs::remove_dir_all(place.film())?;
    film(&labels[1], &place.film())?;
    claim_from_film(&window).await?;
    look(&window, "devices").await?;
    window.quit().await?;

    let window = place.start(&driver).await?;
    window.shows("Herb garden").await?;
    window.shows("Roof terrace").await?;
    window.press("Settings").await?;
    window.shows("In this system's keyring").await?;
    look(&window, "settings").await?;
    window.press("Sign out").await?;
    window.named("Customer").await?;
    assert!(
        !keyring_has_secrets()?,
        "signing out leaves no secret behind"
    );
    window.quit().await?;
    Ok(())
}

async fn claim_from_photograph(window: &Window, place: &Place, label: &str) -> Outcome {
    window.press("Scan").await?;
    // The film is not there yet: the view says that the camera does not work, and a picture does as well.
    window.shows("The camera does not work").await?;
    window
        .choose_picture(&photograph(label, place.folder.path())?)
        .await?;
    window.shows("is now in Green Farm's devices").await?;
    look(window, "outcome").await?;
    window.fill("Name", "Herb garden").await?;
    window.press("Done").await?;
    window.shows("Herb garden").await?;
    Ok(())
}

async fn help_with_glare(window: &Window) -> Outcome {
    window.press("Scan").await?;
    window
        .shows("Light is reflected in the code. Tilt the label a little.")
        .await?;
    window.outlines_a_candidate().await?;
    look(window, "scan-glare").await?;
    // The film zooms as a camera does, through all of the app.
    window.press("Zoom in").await?;
    window.shows("1.3×").await?;
    look(window, "scan-zoom").await?;
    window.press("Back").await?;
    window.shows("Herb garden").await?;
    Ok(())
}

async fn claim_from_film(window: &Window) -> Outcome {
    window.press("Scan").await?;
    window.shows("is now in Green Farm's devices").await?;
    // The label is read on the very first frame, and still stands behind its outline.
    window.shows_the_camera().await?;
    look(window, "scan").await?;
    window.fill("Name", "Roof terrace").await?;
    window.press("Done").await?;
    window.shows("Roof terrace").await?;
    Ok(())
}

#[tokio::test]
async fn without_a_keyring_the_app_says_so_and_forgets() -> Outcome {
    let place = Place {
        folder: TempDir::new()?,
    };
    let driver = Driver::start_without_keyring().await?;
    let window = place.start(&driver).await?;
    window.press("Customer").await?;
    window.shows("Orchard gate").await?;
    window.press("Settings").await?;
    window.shows("Only until you quit.").await?;
    window.quit().await?;

    let window = place.start(&driver).await?;
    window.named("Customer").await?;
    window.quit().await?;
    Ok(())
}
