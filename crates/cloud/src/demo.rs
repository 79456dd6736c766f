//! `--demo`: a maker, a client, three people, a kind of device and a box of labels, so that everything can be tried.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use handover_label::QrToken;
use handover_wire::{
    BatchSource, BatchState, ClaimProof, DataType, Datastream, HardwareInfo, IdentifierKind,
    LabelImage, MetaField, MetaKind, OrgId, Role, Secret, SecretsShown, Severity, TemplateDraft,
    TemplateEvent, TemplateId, TemplateParts, TokenStatus, UserId,
};
use serde::{Deserialize, Serialize};

use crate::clock::Time;
use crate::domain::{
    Actor, BatchName, Connection, Description, DeviceName, EmailAddress, FieldError, Holder,
    OrgName, PersonName, Row, Scheme,
};
use crate::durable;
use crate::entropy;
use crate::secrets::Purpose;
use crate::service::making;
use crate::service::mint::{Minted, mint};
use crate::service::templates::{Draft, TemplateError};
use crate::service::{Broken, Core, breaks, settings};
use crate::start::Config;
use crate::store::{NewBatch, NewDevice, NewOrg, NewUser, StoreError, Write, change};

/// The demo's sign-ins and tokens, as `DIR/demo.json` has them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Demo {
    /// Who can sign in.
    pub users: Vec<DemoUser>,
    /// The static tokens, in the state in which they were made.
    pub tokens: Vec<DemoToken>,
    /// Numbers of devices that are added by the press of their button; a demo of an older program has none.
    #[serde(default)]
    pub buttons: Vec<String>,
}

/// Somebody who can sign in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoUser {
    /// The address.
    pub email: String,
    /// The password.
    pub password: Secret,
    /// 1 administrator, 2 support, 3 customer.
    pub role: Role,
    /// Their organization.
    pub org_id: OrgId,
}

/// A static token.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DemoToken {
    /// The device's credential.
    pub auth_token: Secret,
    /// The label's secret.
    pub qr_token: Secret,
    /// The kind of device.
    pub template_id: TemplateId,
    /// Whether the customer has claimed it from the start.
    pub status: TokenStatus,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The folder holds somebody's real data, or `demo.json` is gone.
    #[error("the folder holds data that was not made with --demo")]
    OtherData,
    /// `demo.json` could not be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, #[source] io::Error),
    /// `demo.json` is not what was written there.
    #[error("{0}: {1}")]
    Damaged(PathBuf, #[source] serde_json::Error),
    /// A name of ours is not valid.
    #[error(transparent)]
    Name(#[from] FieldError),
    /// The template of ours is not valid.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(DemoError);

/// The people: address, name, role.
const PEOPLE: [(&str, &str, Role); 3] = [
    ("admin@meadow.example", "Ada Marsh", Role::Admin),
    ("support@meadow.example", "Sam Reed", Role::Staff),
    ("customer@greenfarm.example", "Clara Green", Role::User),
];
const MAKER: &str = "Meadow Instruments";
const CLIENT: &str = "Green Farm";
const TEMPLATE_ID: &str = "TMPLsoil00001";
const TEMPLATE: &str = "Soil sensor";
/// Static tokens in the box.
const TOKENS: usize = 12;
/// The batch of devices that are added by the press of their button, and their numbers.
const BUTTON_BATCH: &str = "With a button";
const BUTTON_NOTE: &str =
    "Added by their numbers and the press of their button: `handover bootstrap` plays one.";
const BUTTONS: [&str; 3] = ["DEMO-0001", "DEMO-0002", "DEMO-0003"];
/// The devices that the customer has from the start.
const DEVICES: [&str; 3] = ["Greenhouse north", "Tomato bed 2", "Orchard gate"];

const HOUR: i64 = 3_600;
/// Seconds since the tokens were made and since the customer claimed theirs.
const MADE_BEFORE: i64 = 720 * HOUR;
const CLAIMED_BEFORE: i64 = 240 * HOUR;

/// The demo of this folder: the one that is there, else a new one.
pub async fn open_or_create(core: &Core, config: &Config) -> Result<Demo, DemoError> {
    let path = &config.data.join("demo.json");
    if core.store.has_orgs().await? {
        return read(path);
    }
    create(core, path, config.demo_buttons).await
}

fn read(path: &Path) -> Result<Demo, DemoError> {
    let json = match fs::read(path) {
        Ok(json) => json,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(DemoError::OtherData),
        Err(error) => return Err(DemoError::File(path.to_owned(), error)),
    };
    durable::make_private(path).map_err(|error| DemoError::File(path.to_owned(), error))?;
    serde_json::from_slice(&json).map_err(|error| DemoError::Damaged(path.to_owned(), error))
}

/// Makes all of it. The file is on the disk before the data is: after a crash in between, the next start finds no
/// data and begins anew, so the file is never older than what it describes.
async fn create(core: &Core, path: &Path, has_buttons: bool) -> Result<Demo, DemoError> {
    let now = core.now();
    change!(core.store, |write| {
        // Another cloud on the same database was a moment earlier.
        if write.has_orgs().await? {
            return Err(DemoError::OtherData);
        }
        let (mut demo, maker, template) = fill(core, write, now).await?;
        if has_buttons {
            insert_buttons(core, write, maker, template, now).await?;
            demo.buttons = BUTTONS.map(str::to_owned).into();
        }
        let json = serde_json::to_vec_pretty(&demo)?;
        durable::write_private(path, &json)
            .map_err(|error| DemoError::File(path.to_owned(), error))?;
        Ok(demo)
    })
}

/// The demo, and by which organization of which template its labels are.
async fn fill(core: &Core, write: &mut Write, now: Time) -> Result<(Demo, OrgId, i64), DemoError> {
    let maker = insert_org(write, MAKER, None, now).await?;
    let client = insert_org(write, CLIENT, Some(maker), now).await?;
    let (users, customer) = insert_people(core, write, maker, client, now).await?;
    let template_id = TemplateId(TEMPLATE_ID.to_owned());
    let template = Draft::parse(template())?;
    let template = write
        .insert_template(maker, &template_id, template.row())
        .await?;
    let mut tokens = Vec::with_capacity(TOKENS);
    let made = now.plus_seconds(-MADE_BEFORE);
    for index in 0..TOKENS {
        let minted = mint(core, maker, template);
        let id = write.insert_token(&minted.row, made).await?;
        let mut status = TokenStatus::Unclaimed;
        if let Some(name) = DEVICES.get(index) {
            let device = DemoDevice {
                index,
                name,
                token: id,
                org: client,
                owner: customer,
            };
            insert_device(write, &device, &minted, now).await?;
            status = TokenStatus::Claimed;
        }
        tokens.push(DemoToken {
            auth_token: minted.auth,
            qr_token: minted.qr,
            template_id: template_id.clone(),
            status,
        });
    }
    settings::allow_sign_up(write, true).await?;
    let demo = Demo {
        users,
        tokens,
        buttons: Vec::new(),
    };
    Ok((demo, maker, template))
}

/// Devices that can be added by the press of a button that a program plays, in a batch as if it had been made by hand.
async fn insert_buttons(
    core: &Core,
    write: &mut Write,
    maker: OrgId,
    template: i64,
    now: Time,
) -> Result<(), DemoError> {
    let made = now.plus_seconds(-MADE_BEFORE);
    let scheme = Scheme::parse(IdentifierKind::Serial, None, "pattern")?;
    let name = BatchName::parse(BUTTON_BATCH)?;
    let note = Description::parse_as(BUTTON_NOTE, "note")?;
    let batch = NewBatch {
        org: maker,
        template,
        name: &name,
        note: note.as_ref(),
        count: i64::try_from(BUTTONS.len()).unwrap_or(i64::MAX),
        source: BatchSource::Generated,
        identifiers: Some((&scheme, ClaimProof::Presence)),
        secrets: SecretsShown::Kept,
        rows: None,
        owner: None,
        actor: &Actor::Cloud,
    };
    let id = write.insert_batch(&batch, made).await?;
    let leased = write.lease_batch(OrgId(0), made, made).await?;
    let leased = leased.ok_or(StoreError::Corrupt("the demo's batch is not its first"))?;
    let tokens = (1..).zip(BUTTONS).map(|(number, identifier)| {
        let row = Row {
            identifier: Some(identifier.to_owned()),
            ..Row::default()
        };
        making::token(core, &leased, number, row)
    });
    let tokens = tokens.collect::<Result<Vec<_>, Broken>>()?;
    write.add_to_batch(&leased, &tokens, made, made).await?;
    write.end_batch(id, BatchState::Ready, None).await?;
    Ok(())
}

/// The kind of device: V1 and V2 are what the soil is like, the others are there to try things with.
fn template() -> TemplateDraft {
    let number = |pin: u8, name: &str, unit: Option<&str>, (min, max): (f64, f64)| Datastream {
        pin,
        name: name.to_owned(),
        data_type: DataType::Double {
            min: Some(min),
            max: Some(max),
            default: None,
        },
        unit: unit.map(str::to_owned),
        writable: false,
        queued: false,
    };
    let other = |pin: u8, name: &str, data_type: DataType, writable: bool| Datastream {
        pin,
        name: name.to_owned(),
        data_type,
        unit: None,
        writable,
        queued: writable,
    };
    let event = |code: &str, name: &str, severity: Severity| TemplateEvent {
        code: code.to_owned(),
        name: name.to_owned(),
        severity,
    };
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let switch = DataType::Enum {
        values: names(&["off", "on"]),
        default: Some(0),
    };
    let interval = DataType::Integer {
        min: Some(1),
        max: Some(1_440),
        default: Some(60),
    };
    TemplateDraft {
        revision: None,
        name: TEMPLATE.to_owned(),
        description: Some("Moisture and temperature of the soil, by the hour.".to_owned()),
        parts: TemplateParts {
            datastreams: vec![
                other(0, "Light", switch, true),
                number(1, "Moisture", Some("%"), (0.0, 100.0)),
                number(2, "Temperature", Some("°C"), (-40.0, 85.0)),
                number(3, "Battery", Some("V"), (0.0, 5.0)),
                number(4, "Signal", Some("dBm"), (-150.0, 0.0)),
                other(5, "Interval", interval, true),
                other(6, "Note", DataType::String { default: None }, true),
                other(7, "Place", DataType::Location { default: None }, false),
                number(8, "Salinity", Some("mS/cm"), (0.0, 20.0)),
                number(9, "Acidity", Some("pH"), (0.0, 14.0)),
            ],
            meta_fields: vec![MetaField {
                name: "Serial Number".to_owned(),
                kind: MetaKind::Text,
                default: None,
            }],
            events: vec![
                event("too_dry", "The soil is too dry", Severity::Warning),
                event("battery_low", "The battery is low", Severity::Critical),
            ],
            test_values_shown: false,
            gateway_api: false,
            mesh: false,
        },
    }
}

async fn insert_org(
    write: &mut Write,
    name: &str,
    parent: Option<OrgId>,
    now: Time,
) -> Result<OrgId, DemoError> {
    let name = OrgName::parse(name, "name")?;
    let org = NewOrg {
        name: &name,
        description: None,
        parent,
        tz: "Europe/Berlin",
    };
    Ok(write.insert_org(org, now).await?)
}

/// Adds the people and gives the customer's id.
async fn insert_people(
    core: &Core,
    write: &mut Write,
    maker: OrgId,
    client: OrgId,
    now: Time,
) -> Result<(Vec<DemoUser>, UserId), DemoError> {
    let mut users = Vec::with_capacity(PEOPLE.len());
    let mut customer = UserId(0);
    for (email, name, role) in PEOPLE {
        let password = entropy::readable_password(core.entropy.as_ref());
        let password_hash = core
            .passwords
            .hash(&password, core.entropy.as_ref())
            .await?;
        let org_id = match role {
            Role::User => client,
            Role::Admin | Role::Staff => maker,
        };
        let user = NewUser {
            email: &EmailAddress::parse(email)?,
            name: &PersonName::parse(name)?,
            role,
            org: org_id,
            locale: "en",
            password_hash: Some(&password_hash),
        };
        // The customer is the last of them.
        customer = write.insert_user(user, now).await?;
        users.push(DemoUser {
            email: email.to_owned(),
            password,
            role,
            org_id,
        });
    }
    Ok((users, customer))
}

/// One of the devices that are there from the start.
struct DemoDevice<'a> {
    index: usize,
    name: &'a str,
    token: i64,
    org: OrgId,
    owner: UserId,
}

async fn insert_device(
    write: &mut Write,
    demo: &DemoDevice<'_>,
    minted: &Minted,
    now: Time,
) -> Result<(), DemoError> {
    // The running number goes on after these, as if they had been renamed.
    write
        .next_device_number(demo.org, minted.row.template)
        .await?;
    let name = DeviceName::parse(demo.name)?;
    let holder = Holder {
        org: demo.org,
        owner: Some(demo.owner),
    };
    let new = NewDevice {
        template: minted.row.template,
        holder,
        name: &name,
        auth: &minted.row.auth,
        metadata: None,
        since: None,
    };
    let claimed_at = now.plus_seconds(-CLAIMED_BEFORE);
    let device = write.insert_device(new, claimed_at).await?.device.id;
    write
        .mark_claimed(demo.token, holder, device, claimed_at)
        .await?;
    let first = Connection::Never.connected(claimed_at.plus_seconds(HOUR));
    let connection = match demo.index {
        // Nothing is connected when the demo begins.
        0 => first.disconnected(now.plus_seconds(-2 * HOUR)),
        1 => first.disconnected(now.plus_seconds(-26 * HOUR)),
        _ => return Ok(()),
    };
    write.set_connection(device, connection).await?;
    write.set_hardware(device, &hardware()).await?;
    Ok(())
}

fn hardware() -> HardwareInfo {
    HardwareInfo {
        version: Some("1.4.2".to_owned()),
        fw_type: Some(TEMPLATE_ID.to_owned()),
        blynk_version: Some("1.3.2".to_owned()),
        board_type: Some("ESP32".to_owned()),
        build: Some("May 12 2026 09:30:00".to_owned()),
        template_id: Some(TEMPLATE_ID.to_owned()),
    }
}

/// A label that nobody has claimed, another one each time. `None` where this is no demo.
pub async fn next_label(core: &Core) -> Result<Option<LabelImage>, Broken> {
    let (Some(_), Some(address)) = (&core.demo, core.address.get()) else {
        return Ok(None);
    };
    let last = core.last_demo_label.load(Ordering::Relaxed);
    let found = match core.store.unclaimed_after(last).await? {
        Some(found) => Some(found),
        None => core.store.unclaimed_after(0).await?,
    };
    let (id, qr) = match found {
        Some((id, sealed)) => (id, core.keys.open(Purpose::QrToken, &sealed)?),
        None => one_more(core).await?,
    };
    core.last_demo_label.store(id, Ordering::Relaxed);
    let token =
        QrToken::parse(qr.expose()).ok_or(StoreError::Corrupt("a QR token that is none"))?;
    let text = handover_label::claim_link(address, &token);
    let svg = handover_print::qr_svg(&text).map_err(|error| Broken::Label(error.to_string()))?;
    Ok(Some(LabelImage {
        text: Secret::new(text),
        svg,
    }))
}

/// Once every token of the box is claimed, another is made: there is always something to try.
async fn one_more(core: &Core) -> Result<(i64, Secret), Broken> {
    let maker = OrgId(1);
    let template = TemplateId(TEMPLATE_ID.to_owned());
    let template = core
        .store
        .template(maker, &template)
        .await?
        .ok_or(StoreError::Corrupt("the demo's template is gone"))?;
    let minted = mint(core, template.org_id, template.id);
    let now = core.now();
    let id = change!(core.store, |write| write
        .insert_token(&minted.row, now)
        .await)?;
    Ok((id, minted.qr))
}

#[cfg(test)]
mod tests {
    use handover_wire::Role;
    use reqwest::Method;
    use serde_json::json;

    use crate::Config;
    use crate::testing::{Ground, Site, send};

    #[tokio::test]
    async fn a_device_of_the_demo_is_added_by_its_button() {
        let ground = Ground::fresh().await;
        let config = Config {
            demo_buttons: true,
            ..ground.config(true)
        };
        let site = Site::with(ground, config).await;
        let number = site.cloud.demo().expect("a demo").buttons[0].clone();
        let customer = site.sign_in(Role::User).await;
        let claim = json!({ "token": number, "presence": true });
        let waits = customer.claim_as("one", claim.clone()).await;
        assert_eq!(waits.status, 202, "{waits:?}");
        let pressed = json!({ "identifier": number, "secret": "of-the-demos-device" });
        let path = "/external/api/bootstrap/presence";
        let pressed = send(site.request(Method::POST, path).json(&pressed)).await;
        assert_eq!(pressed.status, 200, "{pressed:?}");
        assert_eq!(customer.claim_as("one", claim).await.status, 201);
    }
}
