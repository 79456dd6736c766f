//! What a device said: how a datastream went, and what it told of.

use std::io;

use clap::Args;
use handover_client::Method;
use handover_wire::{DeviceEvent, DeviceHistory, DeviceId, DeviceProperty};

use super::about::pin;
use super::hands::OneArguments;
use crate::account::Account;
use crate::failure::Failure;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::times::local;

#[derive(Args)]
pub struct HistoryArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as the list has it.
    id: DeviceId,
    /// The datastream's pin: V0 to V255.
    #[arg(value_name = "PIN", value_parser = pin)]
    pin: u8,
    /// Since when, in milliseconds since the epoch; a day before the end unless told.
    #[arg(long, value_name = "MS")]
    from: Option<i64>,
    /// Until when, 62 days later at the most; now unless told.
    #[arg(long, value_name = "MS")]
    to: Option<i64>,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct EventsArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as the list has it.
    id: DeviceId,
    /// Prints one JSON object for each event.
    #[arg(long)]
    json: bool,
}

pub fn values(arguments: &HistoryArguments) -> Result<(), Failure> {
    let text = |number: Option<i64>| number.map(|number| number.to_string());
    let parameters = [
        ("deviceId", Some(arguments.id.to_string())),
        ("pin", Some(arguments.pin.to_string())),
        ("from", text(arguments.from)),
        ("to", text(arguments.to)),
    ];
    let found: DeviceHistory = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let target = pages::target("device/history", &parameters);
        Ok(client.organization(Method::GET, &target, None).await?)
    })?;
    if arguments.json {
        return Ok(pages::write_json(&mut io::stdout().lock(), &[found])?);
    }
    let headings = ["FROM", "MEAN", "LEAST", "GREATEST"];
    pages::print(&found.points, false, headings, |point| {
        [
            local(point.at),
            point.mean.to_string(),
            point.min.to_string(),
            point.max.to_string(),
        ]
    })
}

pub fn properties(arguments: &OneArguments) -> Result<(), Failure> {
    let parameters = [("deviceId", Some(arguments.id.to_string()))];
    let found: Vec<DeviceProperty> = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let target = pages::target("device/properties", &parameters);
        Ok(client.organization(Method::GET, &target, None).await?)
    })?;
    let headings = ["PIN", "PROPERTY", "VALUE"];
    pages::print(&found, arguments.json, headings, |one| {
        [
            format!("V{}", one.pin),
            printable(&one.name),
            printable(&one.value),
        ]
    })
}

pub fn events(arguments: &EventsArguments) -> Result<(), Failure> {
    let parameters = [("deviceId", Some(arguments.id.to_string()))];
    let found: Vec<DeviceEvent> = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let target = pages::target("device/events", &parameters);
        Ok(client.organization(Method::GET, &target, None).await?)
    })?;
    let headings = ["AT", "CODE", "NAME", "DESCRIPTION"];
    pages::print(&found, arguments.json, headings, |event| {
        let text = event.description.as_deref().unwrap_or("-");
        [
            local(event.at),
            printable(&event.code),
            printable(&event.name),
            printable(text),
        ]
    })
}
