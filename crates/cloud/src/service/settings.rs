//! What the maker chooses for the whole cloud.

use handover_wire::{CloudSettings, OrgId};

use super::{Broken, Core};
use crate::domain::Acting;
use crate::store::{Action, AuditRow, StoreError, Write, change};

const SIGN_UP: &str = "sign_up";
const CLIENTS: &str = "clients";

/// What was chosen; strangers may not sign up unless told.
pub async fn get(core: &Core) -> Result<CloudSettings, StoreError> {
    let value = core.store.setting(SIGN_UP).await?;
    Ok(CloudSettings {
        sign_up: value.is_some_and(|value| value == [1]),
    })
}

/// Chooses.
pub async fn set(core: &Core, acting: &Acting, chosen: &CloudSettings) -> Result<(), Broken> {
    let now = core.now();
    change!(core.store, |write| {
        allow_sign_up(write, chosen.sign_up).await?;
        let row = AuditRow::about(acting, Action::ChangeSettings, acting.org, now);
        let detail = format!("sign-up {}", if chosen.sign_up { "on" } else { "off" });
        write.audit(row.detail(detail)).await?;
        Ok::<(), Broken>(())
    })
}

/// Whether strangers may sign up, as of this change.
pub async fn sign_up(write: &mut Write) -> Result<bool, StoreError> {
    Ok(write.setting_or(SIGN_UP, &[0]).await? == [1])
}

/// Lets strangers sign up, or does not.
pub async fn allow_sign_up(write: &mut Write, yes: bool) -> Result<(), StoreError> {
    write.set_setting(SIGN_UP, &[u8::from(yes)]).await
}

/// The organization below which the organizations of those are who signed up.
pub async fn clients(write: &mut Write) -> Result<Option<OrgId>, StoreError> {
    let Some(kept) = write.setting(CLIENTS).await? else {
        return Ok(None);
    };
    let id = kept.try_into().map(i64::from_be_bytes);
    let id = id.map_err(|_| StoreError::Corrupt("the clients' organization is no number"))?;
    Ok(Some(OrgId(id)))
}

/// This is that organization from now on.
pub async fn keep_clients(write: &mut Write, org: OrgId) -> Result<(), StoreError> {
    write.set_setting(CLIENTS, &org.0.to_be_bytes()).await
}
