//! `handover bootstrap`: a device without a flashed token, to try the whole way with.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use handover_client::{bootstrap, server_address};
use handover_cloud::{Entropy as _, SystemEntropy};
use handover_wire::{Bootstrap, BootstrapAnswer, ErrorCode, Secret, TemplateId};
use serde_json::json;

use crate::failure::Failure;
use crate::pages::print_done;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::save;

/// Seconds to wait where the cloud does not say.
const PAUSE: i64 = 5;
/// The longest pause that is taken from a cloud's word.
const LONGEST_PAUSE: i64 = 60;

/// Which device, and where.
#[derive(Args)]
pub struct BootstrapArguments {
    /// The cloud's address.
    #[arg(long, value_name = "URL", env = "HANDOVER_SERVER", alias = "cloud")]
    server: String,
    /// What identifies the device, as its label has it.
    #[arg(long, value_name = "TEXT")]
    identifier: String,
    /// The device's template. Devices of the topmost organization's templates may leave it out.
    #[arg(long, value_name = "ID")]
    template: Option<String>,
    /// The secret that the device made by itself: a file for its owner alone, made at the first time. Give the same one each
    /// time: with another secret it is another machine.
    #[arg(long, value_name = "FILE", default_value = "device-secret")]
    secret_file: PathBuf,
    /// Where the auth token goes once it is there: a new file for its owner alone.
    #[arg(long, value_name = "FILE", default_value = "device-token")]
    token_file: PathBuf,
    /// Presses the device's button, once, at the start.
    #[arg(long)]
    press: bool,
    /// Asks once, and does not wait: exit status 1 where the token is not there yet.
    #[arg(long)]
    once: bool,
    /// Seconds to wait for the token at most.
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600)]
    patience: u64,
    /// Prints what it shows, and where the token is, as JSON objects.
    #[arg(long)]
    json: bool,
}

/// Asks until the token is there.
pub fn run(arguments: &BootstrapArguments) -> Result<(), Failure> {
    let server = server_address(&arguments.server)?;
    // Before anything is asked: a token that has nowhere to go would be lost.
    if arguments.token_file.exists() {
        let there = io::Error::from(io::ErrorKind::AlreadyExists);
        return Err(Failure::file(&arguments.token_file)(there));
    }
    let request = Bootstrap {
        identifier: arguments.identifier.clone(),
        secret: secret(&arguments.secret_file)?,
        template_id: arguments.template.clone().map(TemplateId),
    };
    let begun = Instant::now();
    let patience = Duration::from_secs(arguments.patience);
    let mut press = arguments.press;
    let mut said = false;
    let token = block_on(async {
        loop {
            let answer = match bootstrap(&server, &request, press).await {
                Ok(answer) => answer,
                Err(error) if error.code == ErrorCode::RateLimited && !arguments.once => {
                    let wait = error.attributes.get("retryAfter");
                    pause(wait.and_then(|wait| wait.parse().ok())).await;
                    continue;
                }
                // Devices are switched on before their network is.
                Err(error) if error.code == ErrorCode::Unreachable && !arguments.once => {
                    if begun.elapsed() >= patience {
                        return Err(error.into());
                    }
                    pause(None).await;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            press = false;
            if !said {
                tell(&answer, arguments.json)?;
                said = true;
            }
            if let Some(token) = answer.token {
                return Ok(token);
            }
            if arguments.once {
                return Err(Failure::NoToken("the device's owner has to confirm it"));
            }
            if begun.elapsed() >= patience {
                return Err(Failure::NoToken("nobody claimed and confirmed the device"));
            }
            pause(answer.retry_after).await;
        }
    })?;
    let text = format!("{}\n", token.expose());
    write_new(&arguments.token_file, &text).map_err(Failure::file(&arguments.token_file))?;
    let file = arguments.token_file.display().to_string();
    match arguments.json {
        true => print_done(&json!({ "tokenFile": file }), true),
        false => {
            let shown = printable(&file);
            Ok(writeln!(io::stdout(), "The auth token is in {shown}.")?)
        }
    }
}

fn tell(answer: &BootstrapAnswer, json: bool) -> Result<(), Failure> {
    if json {
        return print_done(&json!({ "check": answer.check }), true);
    }
    let check = printable(&answer.check);
    writeln!(io::stdout(), "This device shows {check}.")?;
    if answer.token.is_none() {
        writeln!(
            io::stderr(),
            "Add the device to your list, and confirm on its page that it shows {check}."
        )?;
    }
    Ok(())
}

async fn pause(seconds: Option<i64>) {
    let seconds = seconds.unwrap_or(PAUSE).clamp(1, LONGEST_PAUSE);
    let seconds = u64::try_from(seconds).unwrap_or(1);
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// The device's secret: the one that is there, else a new one of 256 random bits.
fn secret(path: &Path) -> Result<Secret, Failure> {
    match fs::read_to_string(path) {
        Ok(text) if is_secret(text.trim()) => return Ok(Secret::new(text.trim())),
        // What is in another file is nobody's business, the cloud's neither.
        Ok(_) => {
            let path = path.to_owned();
            return Err(Failure::NotASecret { path });
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(Failure::file(path)(error)),
    }
    let mut bytes = [0; 32];
    SystemEntropy.fill(&mut bytes);
    let text = URL_SAFE_NO_PAD.encode(bytes);
    write_new(path, &format!("{text}\n")).map_err(Failure::file(path))?;
    Ok(Secret::new(text))
}

/// Whether a text can be what a device made.
fn is_secret(text: &str) -> bool {
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (16..=128).contains(&text.len()) && text.bytes().all(alphabet)
}

/// Writes a secret to a new file of its own.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = save::private(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
