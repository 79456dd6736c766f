//! `handover cloud` in a process of its own, so that it can be killed.

use std::error::Error;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use handover_client::Client;
use handover_wire::{PageQuery, Role, Secret};
use url::Url;

use crate::demo::Demo;
use crate::program;

/// What the cloud's first line begins with.
const GREETING: &str = "Handover cloud: ";

/// What its last one begins with.
const LAST: &str = "Mails are ";

/// A running cloud. It ends with this value.
pub struct CloudProcess {
    process: Child,
    /// Where it answers.
    pub url: Url,
    /// The lines that it printed after the first.
    pub greeting: Vec<String>,
}

impl CloudProcess {
    /// Starts a demo on a free port and waits until it says where it is.
    ///
    /// # Errors
    /// With what it wrote to standard error, where it does not start.
    pub fn demo(data: &Path) -> Result<Self, Box<dyn Error>> {
        Self::start(data, &["--demo"])
    }

    /// Starts with these arguments on a free port.
    ///
    /// # Errors
    /// With what it wrote to standard error, where it does not start.
    pub fn start(data: &Path, arguments: &[&str]) -> Result<Self, Box<dyn Error>> {
        Self::start_in(data, arguments, &[])
    }

    /// The same with these variables in its environment.
    ///
    /// # Errors
    /// With what it wrote to standard error, where it does not start.
    pub fn start_in(
        data: &Path,
        arguments: &[&str],
        environment: &[(&str, &OsStr)],
    ) -> Result<Self, Box<dyn Error>> {
        Self::start_at("127.0.0.1:0", data, arguments, environment)
    }

    /// The same at an address, such as one that had a cloud before.
    ///
    /// # Errors
    /// With what it wrote to standard error, where it does not start.
    pub fn start_at(
        listen: &str,
        data: &Path,
        arguments: &[&str],
        environment: &[(&str, &OsStr)],
    ) -> Result<Self, Box<dyn Error>> {
        let mut process = command(data, listen, arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or("no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        let Some(url) = first.strip_prefix(GREETING) else {
            return Err(complaint(process).into());
        };
        let url = url.parse()?;
        // The greeting comes in one piece, and ends with where mails go.
        let mut greeting = Vec::new();
        for line in lines {
            greeting.push(line?);
            if greeting.last().is_some_and(|line| line.starts_with(LAST)) {
                break;
            }
        }
        drain(&mut process);
        Ok(Self {
            process,
            url,
            greeting,
        })
    }

    /// Kills it on the spot, as a power cut would: SIGKILL, which no program sees coming.
    ///
    /// # Errors
    /// Where the system does not let us.
    pub fn kill(mut self) -> std::io::Result<()> {
        self.process.kill()?;
        self.process.wait().map(drop)
    }

    /// Asks it to stop (SIGTERM) and gives its exit status.
    ///
    /// # Errors
    /// Where the system does not let us.
    pub fn stop(mut self) -> std::io::Result<Option<i32>> {
        let id = self.process.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        self.process.wait().map(|status| status.code())
    }

    /// What the greeting says after this, as in `MQTT: 127.0.0.1:1883`.
    pub fn told(&self, what: &str) -> Option<&str> {
        let mut lines = self.greeting.iter();
        lines.find_map(|line| line.strip_prefix(what))
    }

    /// Signs one of the demo's people in.
    ///
    /// # Errors
    /// Where the demo has nobody of that role, or the cloud refuses.
    pub async fn sign_in(&self, data: &Path, role: Role) -> Result<Client, Box<dyn Error>> {
        let demo = Demo::read(data)?;
        let user = demo.user(role).ok_or("nobody has that role")?;
        let password = Secret::new(user.password.as_str());
        let kept_nowhere = Arc::new(|_| ());
        let signed_in =
            Client::sign_in(self.url.clone(), &user.email, password, kept_nowhere).await?;
        Ok(signed_in.client)
    }
}

impl Drop for CloudProcess {
    fn drop(&mut self) {
        // It may have ended before, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs a cloud that is expected to refuse, and gives what it said.
///
/// # Errors
/// Where the program cannot be run.
pub fn refused(data: &Path, listen: &str, arguments: &[&str]) -> std::io::Result<Output> {
    command(data, listen, arguments).output()
}

fn command(data: &Path, listen: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program("handover"));
    command
        .arg("cloud")
        .arg("--data")
        .arg(data)
        .args(["--listen", listen])
        .args(arguments);
    if let Ok(url) = std::env::var("HANDOVER_TEST_DATABASE") {
        command.env("HANDOVER_DATABASE", own_schema(&url, data));
    }
    command
}

/// The tests' PostgreSQL (`cargo xtask test --only postgres`), in a schema that belongs to this folder: whatever starts
/// on the folder again finds its data again.
fn own_schema(url: &str, data: &Path) -> String {
    let folder = data.to_string_lossy().to_lowercase();
    let name: String = folder.chars().filter(char::is_ascii_alphanumeric).collect();
    let made = Command::new("psql")
        .args(["--dbname", url, "--quiet", "--command"])
        .arg(format!("CREATE SCHEMA IF NOT EXISTS in_{name}"))
        .env("PGOPTIONS", "--client-min-messages=warning")
        .status();
    assert!(
        made.is_ok_and(|status| status.success()),
        "psql makes a schema"
    );
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}options[search_path]=in_{name}")
}

fn complaint(mut process: Child) -> String {
    let mut text = String::new();
    if let Some(mut stderr) = process.stderr.take() {
        // Without its words the fact that it did not start must do.
        let _ = stderr.read_to_string(&mut text);
    }
    let _ = process.wait();
    format!("the cloud did not start: {text}")
}

/// Reads the log away, so that the cloud never waits for a full pipe.
fn drain(process: &mut Child) {
    if let Some(mut stderr) = process.stderr.take() {
        std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
    }
}

/// Every row of a list that comes in pages.
///
/// # Errors
/// Those of the call.
pub async fn all_pages<T, F>(
    page: impl Fn(PageQuery) -> F,
) -> Result<Vec<T>, handover_client::ErrorBody>
where
    F: Future<Output = handover_client::Result<handover_wire::Page<T>>>,
{
    let mut rows = Vec::new();
    for number in 0.. {
        let query = PageQuery {
            page: Some(number),
            size: Some(handover_wire::MAX_PAGE_SIZE),
        };
        let found = page(query).await?;
        let last = found.content.is_empty();
        rows.extend(found.content);
        if last {
            break;
        }
    }
    Ok(rows)
}
