//! The label that counts now, shown to the support of whoever made it and replaced by them while nobody has its device.
//!
//! Of a device that was given up or deleted with what it said there is nothing left but its static token: that is why a label
//! is found by the token as well as by the device.

use handover_label::QrToken;
use handover_wire::{DeviceId, LabelImage, MoveKind, TokenId};

use super::endings::{Next, end_before, is_overdue, token_given};
use super::{HandsError, Happened, NewLabel, find, image, note};
use crate::clock::Time;
use crate::domain::{Acting, Hands, Was};
use crate::secrets::{Kept, Purpose};
use crate::service::{Broken, Core, devices};
use crate::store::{
    Action, AuditRow, Replaced, Sought, StoreError, TokenFound, TokenKey, Write, change,
};

/// A device's label, for those who may see it: the one that counts now, whether or not a transfer's end was written down.
pub async fn label(core: &Core, acting: &Acting, id: DeviceId) -> Result<LabelImage, HandsError> {
    let now = core.now();
    change!(core.store, |write| {
        let found = find(write, acting, id).await?;
        let found = if is_overdue(found.hands, now) {
            end_before(core, write, &found, Next::GoesOn).await?;
            find(write, acting, id).await?
        } else {
            found
        };
        let token = found.token.ok_or(HandsError::NoLabel)?;
        if found.hands == Hands::Revoked {
            return Err(HandsError::Revoked);
        }
        devices::note_shown_within(write, &acting.actor, found.org, Some(id), 1, now).await?;
        shown(core, write, token.id, &token.qr_sealed, token.once).await
    })
}

/// The same by a static token's number, whether or not there is a device of it.
pub async fn label_of_token(
    core: &Core,
    acting: &Acting,
    id: TokenId,
) -> Result<LabelImage, HandsError> {
    let now = core.now();
    change!(core.store, |write| {
        let found = find_label(core, write, acting, id, now).await?;
        // It is something about the device, where there is one, and told where that is.
        let place = found.hands.holder().map_or(found.org, |holder| holder.org);
        let mut row = AuditRow::about(acting, Action::ShowSecrets, place, now);
        row.device = found.device;
        let name = write.label_row(acting.reach(), found.id).await?.label;
        write.audit(row.detail(format!("label {name}"))).await?;
        let sealed = write.sealed_label(found.id).await?;
        shown(core, write, found.id, &sealed, found.once).await
    })
}

/// Gives a label that nobody has claimed another code, and shows that: the one before claims nothing any more.
pub async fn renew_label(
    core: &Core,
    acting: &Acting,
    id: TokenId,
) -> Result<LabelImage, HandsError> {
    let label = NewLabel::draw(core);
    let now = core.now();
    change!(core.store, |write| {
        let found = find_label(core, write, acting, id, now).await?;
        if found.hands.holder().is_ok() {
            return Err(HandsError::Held);
        }
        let replaced = Replaced {
            at: now,
            kind: MoveKind::Renew,
            actor: &acting.actor,
        };
        let qr = match found.once {
            true => &label.kept.shown_once(),
            false => &label.kept,
        };
        write.replace_label(found.id, qr, replaced).await?;
        // Whoever has seen the label has seen its claim code.
        write.forget_claim_code(found.id).await?;
        let name = write.label_row(acting.reach(), found.id).await?.label;
        note_renewed(write, acting, &found, name, now).await?;
        Ok(image(core, &label.token)?)
    })
}

/// In the history of its device, where there is one within reach, and in the audit.
async fn note_renewed(
    write: &mut Write,
    acting: &Acting,
    found: &TokenFound,
    name: String,
    now: Time,
) -> Result<(), StoreError> {
    let detail = format!("label {name}");
    let device = match found.device {
        Some(id) => write.device_hands(acting.reach(), id).await?,
        None => None,
    };
    let Some(device) = device else {
        let row = AuditRow::about(acting, Action::RenewLabel, found.org, now);
        return write.audit(row.detail(detail)).await;
    };
    let happened = Happened {
        acting,
        device: &device,
        kind: MoveKind::Renew,
        action: Action::RenewLabel,
        was: match found.hands {
            Hands::Released => Was::Released,
            _ => Was::Minted,
        },
        to: Some(device.place()),
        open_until: None,
        reason: None,
        history: None,
        together: None,
        detail: Some(detail),
    };
    note(write, happened, now).await.map(drop)
}

/// A static token within reach that is in use, once whatever is due of its device was written down.
async fn find_label(
    core: &Core,
    write: &mut Write,
    acting: &Acting,
    id: TokenId,
    now: Time,
) -> Result<TokenFound, HandsError> {
    let sought = Sought::Number(id);
    let within = write.sought_labels(acting.reach(), sought).await?;
    let token = *within.first().ok_or(HandsError::NoSuchLabel)?;
    let mut found = by_id(write, token).await?;
    if is_overdue(found.hands, now) {
        token_given(core, write, &found).await?;
        found = by_id(write, token).await?;
    }
    match found.hands {
        Hands::Revoked => Err(HandsError::Revoked),
        // All labels of such a batch are in its one export, and in nobody's hands before.
        Hands::Minted | Hands::Seen if found.once && !found.exported => {
            Err(HandsError::NotExported)
        }
        _ => Ok(found),
    }
}

async fn by_id(write: &mut Write, id: i64) -> Result<TokenFound, StoreError> {
    let found = write.find_token(TokenKey::Id(id)).await?;
    found.ok_or(StoreError::Corrupt("a token that was found is gone"))
}

/// Opens what is kept of a label. What is shown once is not kept after it.
async fn shown(
    core: &Core,
    write: &mut Write,
    token: i64,
    sealed: &[u8],
    once: bool,
) -> Result<LabelImage, HandsError> {
    let qr = core
        .keys
        .open_kept(Purpose::QrToken, sealed)
        .map_err(Broken::from)?;
    let qr = qr.ok_or(HandsError::SecretsGone)?;
    if once {
        let digest = core.digest(Purpose::QrToken, qr.expose());
        let sealed = Vec::new();
        write.set_label(token, &Kept { digest, sealed }).await?;
    }
    let qr = QrToken::parse(qr.expose());
    let qr = qr.ok_or(StoreError::Corrupt("a QR token that is none"))?;
    Ok(image(core, &qr)?)
}
