//! A real mail server (aiosmtpd) that the journeys send to.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};

use serde::Deserialize;

/// What the mail server wants to hear, and what no log may show.
pub const NAME: &str = "cloud";
/// The password, with a sign that a URL wants escaped.
pub const PASSWORD: &str = "p@ssw0rd-for-mail";

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// By STARTTLS.
    Later,
    /// From the first byte on.
    AtOnce,
}

/// A running mail server. It ends with this value.
pub struct MailServer {
    process: Child,
    mails: Receiver<io::Result<String>>,
    tls: Tls,
    port: u16,
    /// The certificate that it shows, which nobody else vouches for.
    pub certificate: PathBuf,
}

/// A mail as it arrived, taken apart by Python's own parser.
#[derive(Debug, Deserialize)]
pub struct Mail {
    /// The kind of the whole.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it came through TLS.
    pub encrypted: bool,
    /// Whom the envelope names.
    pub receivers: Vec<String>,
    /// Who the envelope says it is from.
    pub sender: String,
    /// Every header, decoded.
    pub headers: BTreeMap<String, String>,
    /// What the parser found wrong.
    pub defects: Vec<String>,
    /// Its parts, in their order.
    pub parts: Vec<Part>,
}

/// A part of a mail.
#[derive(Debug, Deserialize)]
pub struct Part {
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its character set.
    pub charset: Option<String>,
    /// What it says.
    pub text: String,
}

#[derive(Deserialize)]
struct Greeting {
    port: u16,
}

impl MailServer {
    /// Starts one, with a certificate made in `folder`. None where the test command has not said which Python has aiosmtpd
    /// (`cargo xtask test --only mail`).
    ///
    /// # Errors
    /// Where openssl or the server cannot be run.
    pub fn start(folder: &Path, tls: Tls) -> Result<Option<Self>, Box<dyn Error>> {
        let Some(python) = std::env::var_os("HANDOVER_TEST_PYTHON") else {
            return Ok(None);
        };
        let (certificate, key) = certificate(folder)?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("mail/server.py");
        let mode = match tls {
            Tls::Later => "starttls",
            Tls::AtOnce => "smtps",
        };
        let mut process = Command::new(python)
            // It warns of what its own next version will change.
            .args(["-W", "ignore"])
            .arg(script)
            .arg(mode)
            .args([&certificate, &key])
            .args([NAME, PASSWORD])
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or("no standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let first = lines.next().transpose()?.unwrap_or_default();
        let Greeting { port } = serde_json::from_str(&first)?;
        // It takes the next mail only once it has told of the last: what nobody has asked for yet is taken from it, too.
        let (tell, mails) = mpsc::channel();
        std::thread::spawn(move || lines.try_for_each(|line| tell.send(line)));
        Ok(Some(Self {
            process,
            mails,
            tls,
            port,
            certificate,
        }))
    }

    /// What `--smtp` takes, with this password.
    pub fn url(&self, password: &str) -> String {
        let scheme = match self.tls {
            Tls::Later => "smtp",
            Tls::AtOnce => "smtps",
        };
        let password = password.replace('@', "%40");
        format!("{scheme}://{NAME}:{password}@localhost:{}", self.port)
    }

    /// The next mail; waits for it.
    ///
    /// # Errors
    /// Where the server has ended.
    pub fn receive(&mut self) -> Result<Mail, Box<dyn Error>> {
        let line = self.mails.recv().map_err(|_| "the mail server ended")??;
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // It may have ended before, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A certificate for this machine that vouches for itself, and its key.
fn certificate(folder: &Path) -> Result<(PathBuf, PathBuf), Box<dyn Error>> {
    let (certificate, key) = (folder.join("certificate.pem"), folder.join("key.pem"));
    let made = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args(["-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        // What signs others may not stand for itself.
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .stderr(Stdio::null())
        .status()?;
    if !made.success() {
        return Err("openssl makes no certificate".into());
    }
    Ok((certificate, key))
}
