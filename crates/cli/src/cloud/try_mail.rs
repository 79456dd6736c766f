//! `handover cloud try-mail`: whether a mail server takes our letters.

use std::io::{self, Write as _};

use clap::Args;
use handover_cloud::{Taken, TryMailError, try_mail};
use serde_json::json;

use super::MailArguments;
use crate::failure::Failure;
use crate::runtime::block_on;

/// By which mail server, and to whom.
#[derive(Args)]
pub struct TryMailArguments {
    #[command(flatten)]
    mail: MailArguments,
    /// The address to send the letters to.
    #[arg(long, value_name = "ADDRESS")]
    to: String,
    /// Prints one JSON object for each letter.
    #[arg(long)]
    json: bool,
}

/// Sends one letter of each kind in each language.
pub fn run(arguments: &TryMailArguments) -> Result<(), Failure> {
    let server = arguments.mail.server().map_err(TryMailError::from)?;
    let server = server.ok_or(TryMailError::NoServer)?;
    let told = |taken: Taken| {
        // With nobody to read it, the letters go out all the same.
        let _ = tell(taken, arguments.json);
    };
    block_on(async { Ok(try_mail(&server, &arguments.to, told).await?) })
}

fn tell(Taken { kind, language }: Taken, json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if json {
        writeln!(
            out,
            "{}",
            json!({ "letter": kind, "language": language, "taken": true })
        )
    } else {
        writeln!(out, "taken: {kind} ({language})")
    }
}
