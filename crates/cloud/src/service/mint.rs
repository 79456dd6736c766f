//! Making static tokens.

use handover_label::{AuthToken, QrToken};
use handover_wire::{OrgId, Secret, StaticToken, TokenStatus};

use super::{Broken, Core, Gone};
use crate::clock::Time;
use crate::domain::{Actor, ClaimCode};
use crate::entropy;
use crate::secrets::{Kept, Purpose};
use crate::store::{Action, AuditRow, NewToken, StoreError, change};

/// A static token that was made and not written yet: both secrets, and the row that keeps them.
pub struct Minted {
    /// The QR token.
    pub qr: Secret,
    /// The auth token.
    pub auth: Secret,
    /// The row.
    pub row: NewToken,
}

/// Makes a static token.
pub fn mint(core: &Core, org: OrgId, template: i64) -> Minted {
    let entropy = core.entropy.as_ref();
    let qr = QrToken::from_entropy(entropy::bytes(entropy));
    let auth = AuthToken::from_entropy(entropy::bytes(entropy));
    Minted {
        qr: Secret::new(qr.expose()),
        auth: Secret::new(auth.expose()),
        row: NewToken {
            template,
            org,
            qr: core.keep(Purpose::QrToken, qr.expose()),
            auth: core.keep(Purpose::AuthToken, auth.expose()),
        },
    }
}

/// Draws what proves that somebody has the device that is identified.
pub fn draw_code(core: &Core) -> Kept {
    let code = ClaimCode::from_entropy(entropy::bytes(core.entropy.as_ref()));
    core.keep(Purpose::ClaimCode, code.expose())
}

/// Makes and keeps tokens, all or none, and gives them with their secrets, unless what they are to be made in or of is gone.
pub async fn generate(
    core: &Core,
    actor: &Actor,
    org: OrgId,
    template: i64,
    count: u32,
) -> Result<Result<Vec<StaticToken>, Gone>, Broken> {
    let now = core.now();
    // Sealing takes its time, in which nobody else's change has to wait.
    let minted: Vec<Minted> = (0..count).map(|_| mint(core, org, template)).collect();
    let there = change!(core.store, |write| {
        if let Err(gone) = write.still_there(org, template).await? {
            return Ok::<_, StoreError>(Err(gone));
        }
        for one in &minted {
            write.insert_token(&one.row, now).await?;
        }
        write
            .audit(AuditRow {
                at: now,
                actor,
                action: Action::GenerateTokens,
                org,
                device: None,
                user: None,
                detail: Some(format!("{count} of template {template}")),
                reason: None,
            })
            .await?;
        Ok(Ok(()))
    })?;
    Ok(there.map(|()| minted.into_iter().map(|one| one.shown(now)).collect()))
}

impl Minted {
    fn shown(self, now: Time) -> StaticToken {
        StaticToken {
            token: Some(self.qr),
            org_id: self.row.org,
            product_id: self.row.template,
            device_token: Some(self.auth),
            created_at: now.0,
            status: TokenStatus::Unclaimed,
            owner_id: None,
            device_id: None,
            claimed_org_id: None,
        }
    }
}
