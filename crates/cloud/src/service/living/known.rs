//! Which device somebody is who says to be one. The first time that the device of an unclaimed label comes, it is made, in
//! the organization that made the label.

use handover_wire::{DeviceId, MoveKind};

use crate::clock::Time;
use crate::domain::{Actor, DeviceName, Holder, TooOften, Was};
use crate::secrets::Purpose;
use crate::service::limits::{self, Counted, Origin};
use crate::service::{Broken, Core, breaks};
use crate::store::{Action, AuditRow, NewDevice, NewMove, Unseen, Write, change};

/// Characters of a token at most; those that there are have 32.
const MOST_TOKEN: usize = 64;

/// Why it is no device.
#[derive(Debug, thiserror::Error)]
pub enum NotKnown {
    /// No device signs in with this.
    #[error("no device has this token")]
    Token,
    /// The same, and too often from there.
    #[error(transparent)]
    TooOften(#[from] TooOften),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(NotKnown);

/// What stands around a token where firmware counts the end of its text in, or reads it from a file: no part of it, whatever
/// protocol it comes by.
fn bare(token: &str) -> &str {
    token.trim_matches(|one: char| one == '\0' || one.is_ascii_whitespace())
}

/// The device that signs in with this token.
pub async fn known(core: &Core, origin: Origin, token: &str) -> Result<DeviceId, NotKnown> {
    known_by(core, &limits::device_token(core, origin), token).await
}

/// The same where a wrong token counts as this.
pub(super) async fn known_by(
    core: &Core,
    wrong: &[Counted],
    token: &str,
) -> Result<DeviceId, NotKnown> {
    let token = bare(token);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let digest = core.digest(Purpose::AuthToken, token);
    let formed = token.len() <= MOST_TOKEN && token.bytes().all(plain);
    if formed && let Some(device) = core.store.device_by_auth(&digest).await? {
        return Ok(device);
    }
    let now = core.now();
    let found: Result<Option<DeviceId>, TooOften> = change!(core.store.of_devices(), |write| {
        // Another connection of it may have been a moment earlier.
        let found = match formed {
            true => write.device_by_auth(&digest).await?,
            false => None,
        };
        if found.is_some() {
            return Ok::<_, NotKnown>(Ok(found));
        }
        if formed && let Some(unseen) = write.unseen_by_auth(&digest).await? {
            if write.has_room(unseen.org, None, 1).await? {
                return Ok(Ok(Some(make(write, &unseen, now).await?)));
            }
            tracing::warn!(org = %unseen.org, "a device may not come: its organization is full");
            return Ok(Ok(None));
        }
        Ok(limits::take(write, wrong, now).await?.map(|()| None))
    })?;
    found?.ok_or(NotKnown::Token)
}

async fn make(write: &mut Write, unseen: &Unseen, now: Time) -> Result<DeviceId, Broken> {
    let number = write
        .next_device_number(unseen.org, unseen.template)
        .await?;
    let name = DeviceName::of_label(unseen.name.as_deref())
        .unwrap_or_else(|| DeviceName::numbered(&unseen.template_name, number));
    let holder = Holder {
        org: unseen.org,
        owner: None,
    };
    let auth = match unseen.once {
        true => &unseen.auth.shown_once(),
        false => &unseen.auth,
    };
    let device = NewDevice {
        template: unseen.template,
        holder,
        name: &name,
        auth,
        metadata: unseen.metadata.as_deref(),
        // What it measured while somebody had it was erased with what they gave up.
        since: unseen.was_had.then_some(now),
    };
    let device = write.insert_device(device, now).await?.device.id;
    write.mark_seen(unseen.token, device).await?;
    let row = NewMove {
        device,
        kind: MoveKind::Create,
        actor: &Actor::Cloud,
        reason: None,
        was: Was::Minted,
        from: None,
        to: Some(holder),
        open_until: None,
        history: None,
        together: None,
    };
    write.insert_move(row, now).await?;
    let row = AuditRow {
        at: now,
        actor: &Actor::Cloud,
        action: Action::CreateDevice,
        org: unseen.org,
        device: Some(device),
        user: None,
        detail: Some("it connected before anybody claimed it".to_owned()),
        reason: None,
    };
    write.audit(row).await?;
    Ok(device)
}
