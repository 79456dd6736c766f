//! Signing in from the command line.

use std::io::BufRead;
use std::sync::Arc;

use clap::Args;
use handover_client::{Client, server_address};
use handover_wire::Secret;
use url::Url;

use crate::failure::Failure;
use crate::runtime;

/// The variable that a password may come in. It is no option: everybody on a machine sees a command's arguments.
pub const PASSWORD: &str = "HANDOVER_PASSWORD";
/// The one that a password may come in which somebody chooses.
const NEW_PASSWORD: &str = "HANDOVER_NEW_PASSWORD";

/// Who, and at which cloud. The password comes from the environment (HANDOVER_PASSWORD) or, where that is not set,
/// as the first line of standard input.
#[derive(Args)]
pub struct Account {
    /// The cloud's address.
    #[arg(long, value_name = "URL", env = "HANDOVER_SERVER")]
    server: String,
    /// Whom to sign in. The password comes from the environment (HANDOVER_PASSWORD) or, where that is not set, as the first
    /// line of standard input.
    #[arg(long, value_name = "ADDRESS", env = "HANDOVER_EMAIL")]
    email: String,
}

impl Account {
    /// This person at this cloud.
    pub fn of(server: &str, email: &str) -> Self {
        Self {
            server: server.to_owned(),
            email: email.to_owned(),
        }
    }

    /// The cloud's address.
    pub fn server(&self) -> Result<Url, Failure> {
        Ok(server_address(&self.server)?)
    }

    /// Signs in for this run; nothing is kept.
    pub async fn sign_in(&self, input: &mut impl BufRead) -> Result<Arc<Client>, Failure> {
        self.sign_in_with(password(input)?).await
    }

    /// Signs in with this password.
    pub async fn sign_in_with(&self, password: Secret) -> Result<Arc<Client>, Failure> {
        let server = self.server()?;
        let signed_in = Client::sign_in(server, &self.email, password, Arc::new(|_| ())).await?;
        let client = Arc::new(signed_in.client);
        runtime::begun(&client);
        Ok(client)
    }
}

/// The password of whoever signs in.
pub fn password(input: &mut impl BufRead) -> Result<Secret, Failure> {
    said(PASSWORD, input)
}

/// The password that somebody chooses.
pub fn new_password(input: &mut impl BufRead) -> Result<Secret, Failure> {
    said(NEW_PASSWORD, input)
}

/// What this variable says or, where it is not set, the next line of the input.
fn said(variable: &'static str, input: &mut impl BufRead) -> Result<Secret, Failure> {
    match std::env::var(variable) {
        Ok(password) => Ok(Secret::new(password)),
        Err(_) => match first_line(input)? {
            nothing if nothing.is_empty() => Err(Failure::NoPassword { variable }),
            password => Ok(Secret::new(password)),
        },
    }
}

/// A line without its end.
pub fn first_line(input: &mut impl BufRead) -> Result<String, Failure> {
    let mut line = String::new();
    input.read_line(&mut line).map_err(Failure::Input)?;
    let length = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(length);
    Ok(line)
}
