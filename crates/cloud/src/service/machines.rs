//! Credentials for machines.

use handover_wire::{OrgId, Secret};

use super::{Broken, Core};
use crate::domain::{Actor, Reach};
use crate::entropy;
use crate::secrets::Purpose;
use crate::store::{Action, AuditRow, change};

/// Makes a client id and its secret, which is kept as a digest alone.
pub async fn create(
    core: &Core,
    actor: &Actor,
    org: OrgId,
    name: &str,
) -> Result<(String, Secret), Broken> {
    let id = format!("oa2-client-id_{}", entropy::token32(core.entropy.as_ref()));
    let secret = entropy::token40(core.entropy.as_ref());
    let digest = core.digest(Purpose::ClientSecret, secret.expose());
    let now = core.now();
    change!(core.store, |write| {
        let by = (org, actor.user());
        write.insert_client(&id, &digest, name, by, now).await?;
        let row = AuditRow::by(actor, Action::CreateClient, org, now);
        write.audit(row.detail(id.clone())).await
    })?;
    Ok((id, secret))
}

/// Takes a machine's credentials back; it is signed out at once. Whether there was such a machine within reach.
pub async fn revoke(
    core: &Core,
    actor: &Actor,
    reach: Reach,
    client_id: &str,
) -> Result<bool, Broken> {
    let now = core.now();
    change!(core.store, |write| {
        let Some(org) = write.revoke_client(reach, client_id, now).await? else {
            return Ok(false);
        };
        let row = AuditRow::by(actor, Action::RevokeClient, org, now);
        write.audit(row.detail(client_id.to_owned())).await?;
        Ok::<_, Broken>(true)
    })
}
