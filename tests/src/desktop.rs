//! The real app in a real window, driven through WebKit's own WebDriver.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

/// How long a person would wait before they call it broken. Nothing sleeps this long: it bounds a poll.
const PATIENCE: Duration = Duration::from_secs(30);

/// WebKit's driver; it ends with this value, and the app with it.
pub struct Driver {
    process: Child,
    address: SocketAddr,
}

impl Driver {
    /// Starts the driver on a free port and waits until it answers.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(&[]).await
    }

    /// The same for an app that finds no session bus, and so no keyring.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub async fn start_without_keyring() -> io::Result<Self> {
        Self::start_with(&[("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")]).await
    }

    async fn start_with(environment: &[(&str, &str)]) -> io::Result<Self> {
        let address = free_address()?;
        let process = Command::new("WebKitWebDriver")
            .arg(format!("--port={}", address.port()))
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .spawn()?;
        let driver = Self { process, address };
        let polled = tokio::time::timeout(PATIENCE, async {
            while tokio::net::TcpStream::connect(address).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        polled
            .await
            .map_err(|_| io::Error::other("WebKitWebDriver does not answer"))?;
        Ok(driver)
    }

    /// Starts the app with these arguments and gives its window.
    ///
    /// # Errors
    /// Where the app does not start, or its window does not answer.
    pub async fn app(
        &self,
        program: &Path,
        arguments: &[&str],
    ) -> Result<Window, Box<dyn std::error::Error>> {
        let wanted = json!({
            "browserName": "wry",
            "webkitgtk:browserOptions": { "binary": program, "args": arguments },
        });
        let serde_json::Value::Object(capabilities) = wanted else {
            return Err("capabilities are an object".into());
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://{}", self.address))
            .await?;
        Ok(Window { client })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is not there afterwards.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// The app's window as a person meets it: things have roles and names, and are waited for.
pub struct Window {
    client: Client,
}

impl Window {
    /// The button, link or the like whose name begins with this text.
    ///
    /// # Errors
    /// Where it does not appear.
    pub async fn named(&self, name: &str) -> Result<Element, CmdError> {
        let name = quoted(name);
        self.wait_for(&format!(
            "//*[self::button or self::a or self::input or self::summary or @role='button']\
             [not(@hidden)][starts-with(normalize-space(.), {name}) or starts-with(@aria-label, {name})]"
        ))
        .await
    }

    /// Presses what has this name.
    ///
    /// # Errors
    /// Where it does not appear, or cannot be pressed.
    pub async fn press(&self, name: &str) -> Result<(), CmdError> {
        self.named(name).await?.click().await
    }

    /// Waits until the page shows this text, and gives the innermost element that does.
    ///
    /// # Errors
    /// Where it does not appear.
    pub async fn shows(&self, text: &str) -> Result<Element, CmdError> {
        let text = quoted(text);
        self.wait_for(&format!(
            "//body//*[contains(normalize-space(.), {text})][not(*[contains(normalize-space(.), {text})])]"
        ))
        .await
    }

    /// Types into the field with this label.
    ///
    /// # Errors
    /// Where there is no such field.
    pub async fn fill(&self, label: &str, text: &str) -> Result<(), CmdError> {
        let label = quoted(label);
        let field = self
            .wait_for(&format!(
                "//*[self::input or self::textarea][@aria-label={label} or \
                 @id=//label[starts-with(normalize-space(.), {label})]/@for or \
                 ancestor::label[starts-with(normalize-space(.), {label})]]"
            ))
            .await?;
        field.clear().await?;
        field.send_keys(text).await
    }

    /// Presses keys where the focus is.
    ///
    /// # Errors
    /// Where nothing has the focus.
    pub async fn keys(&self, keys: &str) -> Result<(), CmdError> {
        self.client.active_element().await?.send_keys(keys).await
    }

    /// Gives a picture to the page's file chooser.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn choose_picture(&self, picture: &Path) -> Result<(), CmdError> {
        let input = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css("input[type=file]"))
            .await?;
        input.send_keys(&picture.display().to_string()).await
    }

    /// Runs a script in the page.
    ///
    /// # Errors
    /// Where it throws.
    pub async fn script(&self, script: &str) -> Result<serde_json::Value, CmdError> {
        self.client.execute(script, Vec::new()).await
    }

    /// Gives the window a size in logical pixels, and waits until the page is drawn at it.
    ///
    /// # Errors
    /// Where the window system refuses.
    pub async fn resize(&self, width: u32, height: u32) -> Result<(), CmdError> {
        self.client.set_window_size(width, height).await?;
        let drawn = "const done = arguments[1];
            const settled = () => window.innerWidth === arguments[0]
                ? requestAnimationFrame(() => requestAnimationFrame(done))
                : requestAnimationFrame(settled);
            settled();";
        self.client.execute_async(drawn, vec![json!(width)]).await?;
        Ok(())
    }

    /// Keeps a screenshot among the artifacts, for people to look at: what the display shows, as they would see it.
    /// (WebKit's driver falls silent over pictures of more than 64 KiB.)
    ///
    /// # Errors
    /// Where it cannot be taken or written.
    pub async fn screenshot(&self, name: &str) -> Result<(), Box<dyn std::error::Error>> {
        let (x, y, width, height) = self.client.get_window_rect().await?;
        let folder = artifacts();
        std::fs::create_dir_all(&folder)?;
        let taken = Command::new("import")
            .args([
                "-window",
                "root",
                "-crop",
                &format!("{width}x{height}+{x}+{y}"),
                "+repage",
            ])
            .arg(folder.join(name).with_extension("png"))
            .status()?;
        if taken.success() {
            Ok(())
        } else {
            Err("the display cannot be photographed".into())
        }
    }

    /// Waits until the scan view shows what the camera sees, or saw when a label was read.
    ///
    /// # Errors
    /// Where it stays dark.
    pub async fn shows_the_camera(&self) -> Result<(), CmdError> {
        let canvas = "//div[contains(@class, 'stage')]/canvas[not(@hidden)]";
        self.wait_for(canvas).await.map(drop)
    }

    /// Waits until the scan view outlines what looks like a code and is not read.
    ///
    /// # Errors
    /// Where it does not.
    pub async fn outlines_a_candidate(&self) -> Result<(), CmdError> {
        let outline = "//*[local-name() = 'polygon'][contains(@class, 'candidate')]";
        self.wait_for(outline).await.map(drop)
    }

    /// Quits the app.
    ///
    /// # Errors
    /// Where the driver has lost it.
    pub async fn quit(self) -> Result<(), CmdError> {
        self.client.close().await
    }

    /// Waits for an element; where it does not come, a screenshot shows what was there in its place.
    async fn wait_for(&self, xpath: &str) -> Result<Element, CmdError> {
        let wait = self.client.wait().at_most(PATIENCE);
        let found = wait.for_element(Locator::XPath(xpath)).await;
        if found.is_err() {
            // The picture is a help; that the element is missing is the failure, and is told either way.
            let _ = self.screenshot("in-its-place").await;
        }
        found
    }
}

fn artifacts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../.artifacts/app")
}

/// A text as an XPath literal. None of our texts has both kinds of quotes.
fn quoted(text: &str) -> String {
    if text.contains('\'') {
        format!("\"{text}\"")
    } else {
        format!("'{text}'")
    }
}
