//! Credentials for machines.

use handover_wire::{OrgId, Secret};

use super::{Broken, Core};
use crate::domain::Actor;
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
        write.insert_client(&id, &digest, name, org, now).await?;
        write
            .audit(AuditRow {
                at: now,
                actor,
                action: Action::CreateClient,
                org,
                device: None,
                user: None,
                detail: Some(id.clone()),
            })
            .await
    })?;
    Ok((id, secret))
}
