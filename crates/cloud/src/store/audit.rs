//! Who did what, for whom. Rows are added and never changed.

use handover_wire::{DeviceId, OrgId, UserId};

use super::{StoreError, Write};
use crate::clock::Time;
use crate::domain::Actor;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A device was claimed.
    Claim,
    /// A device was made by hand.
    CreateDevice,
    /// A device got another name.
    RenameDevice,
    /// A device was deleted, and its static token, if it had one, is nobody's again.
    DeleteDevice,
    /// Static tokens were made.
    GenerateTokens,
    /// Secrets were shown to somebody who may see them.
    ShowSecrets,
    /// A machine got credentials.
    CreateClient,
    /// The first administrator was set up.
    SetUp,
}

impl Action {
    fn as_str(self) -> &'static str {
        match self {
            Action::Claim => "claim",
            Action::CreateDevice => "create_device",
            Action::RenameDevice => "rename_device",
            Action::DeleteDevice => "delete_device",
            Action::GenerateTokens => "generate_tokens",
            Action::ShowSecrets => "show_secrets",
            Action::CreateClient => "create_client",
            Action::SetUp => "set_up",
        }
    }
}

/// One row.
#[derive(Clone, Debug)]
pub struct AuditRow<'a> {
    /// When.
    pub at: Time,
    /// Who did it.
    pub actor: &'a Actor,
    /// What.
    pub action: Action,
    /// In which organization.
    pub org: OrgId,
    /// To which device.
    pub device: Option<DeviceId>,
    /// For whom.
    pub user: Option<UserId>,
    /// What else there is to know; never a secret.
    pub detail: Option<String>,
}

impl Write {
    /// Adds a row.
    pub async fn audit(&mut self, row: AuditRow<'_>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO audit (at, actor, action, org_id, device_id, user_id, detail)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(row.at.0)
        .bind(row.actor.to_string())
        .bind(row.action.as_str())
        .bind(row.org.0)
        .bind(row.device.map(|id| id.0))
        .bind(row.user.map(|id| id.0))
        .bind(row.detail)
        .execute(&mut *self.0)
        .await?;
        Ok(())
    }
}
