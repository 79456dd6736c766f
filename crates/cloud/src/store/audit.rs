//! Who did what, for whom. Rows are added and never changed.

use handover_wire::{DeviceId, OrgId, UserId};

use super::{StoreError, Write};
use crate::clock::Time;
use crate::domain::{Acting, Actor};

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
    /// A device was given up.
    ReleaseDevice,
    /// A device was moved to another organization or owner.
    TransferDevice,
    /// A device was taken back by its maker.
    Disclaim,
    /// A claim or a transfer was undone.
    Undo,
    /// Static tokens were made.
    GenerateTokens,
    /// Secrets were shown to somebody who may see them.
    ShowSecrets,
    /// A machine got credentials.
    CreateClient,
    /// An organization was made.
    CreateOrganization,
    /// An organization got another name.
    RenameOrganization,
    /// An organization was deleted.
    DeleteOrganization,
    /// Somebody was invited, or sent the invitation again.
    Invite,
    /// Somebody accepted an invitation.
    AcceptInvitation,
    /// Somebody signed up.
    SignUp,
    /// Somebody got another role.
    ChangeRole,
    /// Somebody was barred.
    Suspend,
    /// Somebody was let in again.
    Restore,
    /// Somebody left, or an invitation was taken back.
    RemoveUser,
    /// Somebody chose another password.
    ChangePassword,
    /// What holds for the whole cloud was changed.
    ChangeSettings,
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
            Action::ReleaseDevice => "release_device",
            Action::TransferDevice => "transfer_device",
            Action::Disclaim => "disclaim",
            Action::Undo => "undo",
            Action::GenerateTokens => "generate_tokens",
            Action::ShowSecrets => "show_secrets",
            Action::CreateClient => "create_client",
            Action::CreateOrganization => "create_organization",
            Action::RenameOrganization => "rename_organization",
            Action::DeleteOrganization => "delete_organization",
            Action::Invite => "invite",
            Action::AcceptInvitation => "accept_invitation",
            Action::SignUp => "sign_up",
            Action::ChangeRole => "change_role",
            Action::Suspend => "suspend",
            Action::Restore => "restore",
            Action::RemoveUser => "remove_user",
            Action::ChangePassword => "change_password",
            Action::ChangeSettings => "change_settings",
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

impl<'a> AuditRow<'a> {
    /// A row about an organization.
    pub fn about(acting: &'a Acting, action: Action, org: OrgId, at: Time) -> Self {
        Self::by(&acting.actor, action, org, at)
    }

    /// A row about an organization, by whoever it was.
    pub fn by(actor: &'a Actor, action: Action, org: OrgId, at: Time) -> Self {
        Self {
            at,
            actor,
            action,
            org,
            device: None,
            user: None,
            detail: None,
        }
    }

    /// For whom it was, or whom it was about.
    #[must_use]
    pub fn user(self, user: UserId) -> Self {
        Self {
            user: Some(user),
            ..self
        }
    }

    /// What else there is to know; never a secret.
    #[must_use]
    pub fn detail(self, detail: String) -> Self {
        Self {
            detail: Some(detail),
            ..self
        }
    }
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
