//! Devices that change hands: released, transferred, taken back by the maker, and all of that undone. Claiming is in
//! `claim`; the rules for both are in `domain/hands.rs`.

mod disclaim;
mod endings;
pub mod kept;
mod labels;
mod refusal;
mod release;
mod together;
mod transfer;
mod undo;
mod words;

pub use disclaim::{disclaim, may_take_back};
pub use endings::{end_due, token_given, token_given_of, token_leaves};
pub use labels::{label, label_of_token, renew_label};
pub use refusal::{DEVICE_LIMIT, HandsError};
pub use release::{delete, delete_made, release};
pub use together::{Manner as Together, Mind, change_hands};
pub use transfer::{MOST_AT_ONCE, ToWhom, transfer, transfer_many};
pub use undo::{undo, undo_many};

use handover_label::QrToken;
use handover_wire::{DeviceId, History, LabelImage, MoveKind, Secret};

use super::{Broken, Core};
use crate::clock::Time;
use crate::domain::{Acting, Holder, Reason, Was};
use crate::entropy;
use crate::secrets::{Kept, Purpose};
use crate::store::{Action, AuditRow, DeviceHands, NewMove, StoreError, Write};

/// A QR token that was drawn and is not anybody's yet.
struct NewLabel {
    token: QrToken,
    kept: Kept,
}

impl NewLabel {
    fn draw(core: &Core) -> Self {
        let token = QrToken::from_entropy(entropy::bytes(core.entropy.as_ref()));
        let kept = core.keep(Purpose::QrToken, token.expose());
        Self { token, kept }
    }
}

/// A label as its next owner needs it.
fn image(core: &Core, token: &QrToken) -> Result<LabelImage, Broken> {
    let address = core
        .address
        .get()
        .ok_or_else(|| Broken::Label("the cloud has no address yet".to_owned()))?;
    let text = handover_label::claim_link(address, token);
    let svg = handover_print::qr_svg(&text).map_err(|error| Broken::Label(error.to_string()))?;
    Ok(LabelImage {
        text: Secret::new(text),
        svg,
    })
}

/// Finds a device within the caller's reach.
async fn find(write: &mut Write, acting: &Acting, id: DeviceId) -> Result<DeviceHands, HandsError> {
    let found = write.device_hands(acting.reach(), id).await?;
    found.ok_or(HandsError::NotFound(id))
}

impl DeviceHands {
    /// Where it is.
    fn place(&self) -> Holder {
        Holder {
            org: self.org,
            owner: self.owner,
        }
    }
}

/// What is written down of everything that happens to a device: a row of its own history, and one for the audit.
struct Happened<'a> {
    acting: &'a Acting,
    device: &'a DeviceHands,
    kind: MoveKind,
    action: Action,
    was: Was,
    to: Option<Holder>,
    open_until: Option<Time>,
    reason: Option<&'a Reason>,
    history: Option<History>,
    /// The gateway that it goes together with.
    together: Option<DeviceId>,
    detail: Option<String>,
}

/// Gives the number of the first.
async fn note(write: &mut Write, what: Happened<'_>, now: Time) -> Result<i64, StoreError> {
    let Happened { acting, device, .. } = what;
    let from = device.place();
    let row = NewMove {
        device: device.id,
        kind: what.kind,
        actor: &acting.actor,
        reason: what.reason.map(Reason::as_str),
        was: what.was,
        from: Some(from),
        to: what.to,
        open_until: what.open_until,
        history: what.history,
        together: what.together.filter(|_| what.open_until.is_some()),
    };
    let id = write.insert_move(row, now).await?;
    write
        .audit(AuditRow {
            at: now,
            actor: &acting.actor,
            action: what.action,
            org: from.org,
            device: Some(device.id),
            user: what.to.and_then(|to| to.owner).or(from.owner),
            detail: match what.together.filter(|&gateway| gateway != device.id) {
                Some(gateway) => Some(match what.detail {
                    Some(detail) => format!("{detail}, with gateway {gateway}"),
                    None => format!("with gateway {gateway}"),
                }),
                None => what.detail,
            },
            reason: what.reason,
        })
        .await?;
    if let Some(to) = what.to.filter(|to| to.org != from.org) {
        // Whoever looks after the organization that it came to finds it there, too.
        let mut row = AuditRow::about(acting, Action::ReceiveDevice, to.org, now);
        row.device = Some(device.id);
        row.user = to.owner;
        row.reason = what.reason;
        let detail = format!(
            "from organization {}{}",
            from.org,
            history_told(what.history)
        );
        write.audit(row.detail(detail)).await?;
    }
    Ok(id)
}

/// What became of what there was before, at the end of an audit row's detail.
fn history_told(history: Option<History>) -> &'static str {
    match history {
        Some(History::Keep) => ", history kept",
        Some(History::Erase) => ", history erased",
        None => "",
    }
}
