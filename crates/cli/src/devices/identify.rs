//! `handover devices identify`: which machine is the device, so that it gets its token.

use std::io;

use clap::Args;
use handover_client::Method;
use handover_wire::{ConfirmPin, DecidePin, DeviceBootstrap, DeviceId, OfDevice, PinState};

use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::table;
use crate::times::local;

/// Which device, and what is said of the machines that ask for its token.
#[derive(Args)]
pub struct IdentifyArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as the list has it.
    id: DeviceId,
    /// The machine that shows these four digits is the device: read them off the device itself. It gets the token, and no
    /// other does.
    #[arg(long, value_name = "DIGITS", group = "said")]
    confirm: Option<String>,
    /// The machine with this mark is not the device.
    #[arg(long, value_name = "MARK", group = "said")]
    refuse: Option<String>,
    /// For five minutes the first press of its button confirms the one machine that asks.
    #[arg(long, group = "said")]
    press: bool,
    /// Forgets all machines, whatever was said of them: those that are on ask again.
    #[arg(long, group = "said")]
    reset: bool,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &IdentifyArguments) -> Result<(), Failure> {
    let device_id = arguments.id;
    let step = match (&arguments.confirm, &arguments.refuse) {
        (Some(digits), _) => {
            let check = digits.clone();
            let body = ConfirmPin { device_id, check };
            Some(("confirm", serde_json::to_value(body)))
        }
        (None, Some(mark)) => {
            let fingerprint = mark.clone();
            let body = DecidePin {
                device_id,
                fingerprint,
            };
            Some(("refuse", serde_json::to_value(body)))
        }
        (None, None) if arguments.press => {
            Some(("press", serde_json::to_value(OfDevice { device_id })))
        }
        (None, None) if arguments.reset => {
            Some(("reset", serde_json::to_value(OfDevice { device_id })))
        }
        (None, None) => None,
    };
    let found: DeviceBootstrap = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let (method, target, body) = match step {
            Some((step, body)) => (
                Method::POST,
                format!("device/bootstrap/{step}"),
                Some(body.map_err(io::Error::from)?),
            ),
            None => (
                Method::GET,
                format!("device/bootstrap?deviceId={device_id}"),
                None,
            ),
        };
        Ok(client.organization(method, &target, body.as_ref()).await?)
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        return Ok(pages::write_json(&mut out, &[found])?);
    }
    let mut rows = vec![["MARK", "SHOWS", "STATE", "LAST HEARD OF"].map(str::to_owned)];
    rows.extend(found.pins.iter().map(|pin| {
        let state = match pin.state {
            PinState::Waiting => "asks",
            PinState::Confirmed => "is the device",
            PinState::Refused => "is not the device",
        };
        [
            printable(&pin.fingerprint),
            printable(&pin.check),
            state.to_owned(),
            local(pin.last_seen),
        ]
    }));
    Ok(table::write(&mut out, &rows)?)
}
