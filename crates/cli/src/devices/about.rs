//! What is known about one device.

use std::io::{self, Write};

use clap::Args;
use handover_client::{Client, Method};
use handover_wire::{
    Delivery, Device, DeviceDetails, DeviceId, DeviceToken, EditDevice, ErrorCode, MoveKind,
    RawValue, SetValue, User, UserId, ValueSet,
};
use serde::Serialize;

use crate::account::Account;
use crate::failure::Failure;
use crate::organizations::numbered;
use crate::pages;
use crate::printable::printable;
use crate::runtime::block_on;
use crate::table;
use crate::times::local;
use crate::tokens::kind_name;

#[derive(Args)]
pub struct ShowArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as the list has it.
    id: DeviceId,
    /// Prints the device as a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct TokenArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as the list has it.
    id: DeviceId,
    /// Prints a JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct SetArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as the list has it.
    id: DeviceId,
    /// The datastream's pin: V0 to V255.
    #[arg(value_name = "PIN", value_parser = pin)]
    pin: u8,
    /// What it is to hold: a number, a text, or degrees of longitude and latitude with a comma between them. Of an
    /// enumeration, the number of the value, from 0.
    #[arg(allow_hyphen_values = true)]
    value: String,
    /// Prints what was done as a JSON object.
    #[arg(long)]
    json: bool,
}

/// Reads a pin as people write it: V0 to V255.
pub(super) fn pin(text: &str) -> Result<u8, String> {
    let number = text
        .strip_prefix(['v', 'V'])
        .and_then(|number| number.parse().ok());
    number.ok_or_else(|| "V0 to V255 is needed".to_owned())
}

#[derive(Args)]
pub struct EditArguments {
    #[command(flatten)]
    account: Account,
    /// Its number, as the list has it.
    id: DeviceId,
    /// Its new name: 1 to 50 letters, digits, spaces or '_-.
    #[arg(long, value_name = "NAME", required_unless_present = "set")]
    name: Option<String>,
    /// What a metadata field is to hold; nothing behind `=` gives it back to its template's default. May be repeated.
    #[arg(long, value_name = "FIELD=VALUE", value_parser = field)]
    set: Vec<(String, String)>,
    /// Prints the device as a JSON object.
    #[arg(long)]
    json: bool,
}

fn field(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or("FIELD=VALUE is needed, as in `Serial Number=SN-7`")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn target(path: &str, id: DeviceId) -> String {
    pages::target(path, &[("deviceId", Some(id.to_string()))])
}

pub fn show(arguments: &ShowArguments) -> Result<(), Failure> {
    let (found, owner) = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let target = target("device", arguments.id);
        let found: DeviceDetails = client.organization(Method::GET, &target, None).await?;
        let owner = match found.device.owner_user_id.filter(|_| !arguments.json) {
            Some(id) => Some(owner(&client, id).await?),
            None => None,
        };
        Ok((found, owner))
    })?;
    let mut out = io::stdout().lock();
    if arguments.json {
        return Ok(pages::write_json(&mut out, &[found])?);
    }
    let device = &found.device;
    let identifier = found.identifier.as_ref();
    let identifier = identifier.map(|one| {
        let kind = kind_name(one.kind);
        format!("{} ({kind})", printable(&one.value))
    });
    let mut rows = vec![
        ["Name".to_owned(), printable(&device.name)],
        ["Kind".to_owned(), printable(&device.template_name)],
        [
            "Organization".to_owned(),
            numbered(&device.org_name, device.org_id),
        ],
        ["Owner".to_owned(), owner.unwrap_or_else(|| "-".to_owned())],
        [
            "Identifier".to_owned(),
            identifier.unwrap_or_else(|| "-".to_owned()),
        ],
        ["State".to_owned(), printable(&device.lifecycle_status.name)],
    ];
    if let Some(undo) = &device.undo {
        let what = match undo.kind {
            MoveKind::Transfer => "The transfer",
            _ => "The claim",
        };
        let until = local(undo.until);
        rows.push([
            "Undo".to_owned(),
            format!("{what} can be undone until {until}"),
        ]);
    }
    rows.extend(found.data_stream_values.iter().map(|one| {
        let pin = one.pin.to_uppercase();
        let name = format!("{pin} {}", printable(&one.data_stream_label));
        let value = one.value.as_ref().map_or_else(|| "-".to_owned(), shown);
        let waiting = if one.is_waiting { WAITING } else { "" };
        [name, format!("{value}{waiting}")]
    }));
    rows.extend(found.meta_field_values.iter().map(|field| {
        let value = match field.value.value.as_str() {
            Some(text) => printable(text),
            None => field.value.value.to_string(),
        };
        [printable(&field.name), value]
    }));
    Ok(table::write(&mut out, &rows)?)
}

/// Who owns a device, as far as it is told: customers see nobody but themselves.
async fn owner(client: &Client, id: UserId) -> Result<String, Failure> {
    let told = |user: &User| format!("{} ({})", printable(&user.name), printable(&user.email));
    let target = pages::target("user", &[("userId", Some(id.to_string()))]);
    let error = match client
        .organization::<User>(Method::GET, &target, None)
        .await
    {
        Ok(user) => return Ok(told(&user)),
        Err(error) => error,
    };
    if !matches!(error.code, ErrorCode::Forbidden | ErrorCode::NotFound) {
        return Err(error.into());
    }
    let me = client.organization(Method::GET, "user/profile", None);
    let me: User = me.await?;
    Ok(match me.id == id {
        true => told(&me),
        false => format!("person {id}"),
    })
}

/// Behind a value that the device has yet to be told.
const WAITING: &str = " (waits for the device)";

fn shown(value: &RawValue) -> String {
    match value {
        RawValue::Text(text) => printable(text),
        RawValue::Number(number) => number.to_string(),
        RawValue::Location([longitude, latitude]) => format!("{longitude},{latitude}"),
    }
}

/// What has become of a value, in words.
fn words(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::OnItsWay => "is on its way to the device, which is there.",
        Delivery::WaitsUntilAsked => {
            "waits until the device asks for it: it is there over HTTPS, where nothing can be sent to it."
        }
        Delivery::Waits => "waits for the device, which gets it when it is back.",
        Delivery::NotSent => {
            "was not sent: the device is away, and its template lets this datastream not wait. Set it again when the device is back."
        }
    }
}

/// What was set, and what has become of it.
#[derive(Serialize)]
struct Done {
    #[serde(flatten)]
    set: SetValue,
    delivery: Delivery,
}

pub fn set(arguments: &SetArguments) -> Result<(), Failure> {
    let mut request = SetValue {
        device_id: arguments.id,
        pin: arguments.pin,
        value: RawValue::Text(arguments.value.clone()),
    };
    let ValueSet { value, delivery } = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(&request).map_err(io::Error::from)?;
        let set = client.organization(Method::PUT, "device/value", Some(&body));
        Ok(set.await?)
    })?;
    if let Some(value) = value {
        let held = format!(
            "{} is out of its range: V{} holds {} now, the end of that which is nearest.\n",
            printable(&arguments.value),
            arguments.pin,
            shown(&value)
        );
        // Also where programs read what it holds from the other output.
        io::stderr().write_all(held.as_bytes())?;
        request.value = value;
    }
    if !arguments.json {
        let words = words(delivery);
        writeln!(io::stdout().lock(), "V{} {words}", arguments.pin)?;
    }
    let done = Done {
        set: request,
        delivery,
    };
    pages::print_done(&done, arguments.json)
}

pub fn edit(arguments: &EditArguments) -> Result<(), Failure> {
    let request = EditDevice {
        name: arguments.name.clone(),
        meta_fields: arguments.set.iter().cloned().collect(),
    };
    let edited: Device = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let body = serde_json::to_value(&request).map_err(io::Error::from)?;
        let target = target("device", arguments.id);
        let edited = client.organization(Method::PUT, &target, Some(&body));
        Ok(edited.await?)
    })?;
    pages::print_done(&edited, arguments.json)
}

pub fn token(arguments: &TokenArguments) -> Result<(), Failure> {
    let shown: DeviceToken = block_on(async {
        let client = arguments.account.sign_in(&mut io::stdin().lock()).await?;
        let target = target("device/token", arguments.id);
        Ok(client.organization(Method::GET, &target, None).await?)
    })?;
    let mut out = io::stdout().lock();
    match arguments.json {
        true => Ok(pages::write_json(&mut out, &[shown])?),
        false => Ok(writeln!(out, "{}", printable(shown.token.expose()))?),
    }
}
