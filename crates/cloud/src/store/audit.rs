//! Who did what, for whom. Rows are added and never changed.

pub use handover_wire::AuditAction as Action;
use handover_wire::{DeviceId, OrgId, UserId};

use super::together::Statement;
use super::{StoreError, Write};
use crate::clock::Time;
use crate::domain::{Acting, Actor, Reason};

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
    /// Why, in their own words.
    pub reason: Option<&'a Reason>,
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
            reason: None,
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

    /// Why, in their own words.
    #[must_use]
    pub fn because(self, reason: Option<&'a Reason>) -> Self {
        Self { reason, ..self }
    }

    fn added(self) -> Statement {
        Statement::row(
            "INSERT INTO audit (at, actor, action, org_id, device_id, user_id, detail, reason) VALUES ",
            "($1, $2, $3, $4, $5, $6, $7, $8)",
            "",
        )
        .bind(self.at.0)
        .bind(self.actor.to_string())
        .bind(self.action.as_str())
        .bind(self.org.0)
        .bind(self.device.map(|id| id.0))
        .bind(self.user.map(|id| id.0))
        .bind(self.detail)
        .bind(self.reason.map(Reason::as_str))
    }
}

impl Write {
    /// Adds a row; it is sealed a moment after this change.
    pub async fn audit(&mut self, row: AuditRow<'_>) -> Result<(), StoreError> {
        self.write_now(row.added()).await?;
        self.wake_audit();
        Ok(())
    }

    /// Adds a row when the change ends.
    pub fn audit_last(&mut self, row: AuditRow<'_>) {
        self.write_last(row.added());
        self.wake_audit();
    }

    /// Wakes whoever seals the audit, after a change that added to it.
    pub(super) fn wake_audit(&mut self) {
        let audited = self.1.audited.clone();
        self.wake_after(audited);
    }
}
