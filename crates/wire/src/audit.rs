//! Who did what, for whom (ours).

use serde::{Deserialize, Serialize};

use crate::{DeviceId, OrgId, UserId};

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// What was done. Closed: the UI has words for each, and a test proves it.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema,
            ts_rs::TS,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum AuditAction {
            $($(#[$doc])* $name,)+
        }

        impl AuditAction {
            /// Every action there is.
            pub const ALL: &'static [AuditAction] = &[$(AuditAction::$name),+];

            /// The action as it is written on the wire and in the database.
            pub fn as_str(self) -> &'static str {
                match self { $(AuditAction::$name => $text),+ }
            }
        }
    };
}

actions! {
    /// A device was claimed.
    Claim = "claim",
    /// Support was asked to approve a claim by identifier.
    AskApproval = "ask_approval",
    /// Support approved one.
    ApproveClaim = "approve_claim",
    /// Support refused one.
    RefuseClaim = "refuse_claim",
    /// Nobody decided about one in time.
    ExpireClaim = "expire_claim",
    /// The owner said which machine is their device, so that it gets its token.
    ConfirmDevice = "confirm_device",
    /// The owner said that a machine is not their device.
    RefuseDevice = "refuse_device",
    /// Whatever machines said that they are a device, they have to say it again.
    ResetPins = "reset_pins",
    /// Several machines say that they are the same device.
    PinConflict = "pin_conflict",
    /// A device got its auth token.
    GiveToken = "give_token",
    /// A device was made by hand.
    CreateDevice = "create_device",
    /// A device got another name.
    RenameDevice = "rename_device",
    /// A device's metadata was changed.
    EditDevice = "edit_device",
    /// Somebody had a device's datastream hold something.
    SetValue = "set_value",
    /// A file that a device had uploaded was deleted.
    DeleteFile = "delete_file",
    /// Devices were taken out in a file, with their secrets.
    ExportDevices = "export_devices",
    /// A device was deleted, and its static token, if it had one, is nobody's again.
    DeleteDevice = "delete_device",
    /// A device was given up.
    ReleaseDevice = "release_device",
    /// A device was moved to another organization or owner.
    TransferDevice = "transfer_device",
    /// A device came from another organization: moved, given up, taken back or undone there.
    ReceiveDevice = "receive_device",
    /// A device was taken back by its maker.
    Disclaim = "disclaim",
    /// A claim or a transfer was undone.
    Undo = "undo",
    /// A node was paired with a gateway.
    PairNode = "pair_node",
    /// A node was paired with another gateway than before.
    MoveNode = "move_node",
    /// A node speaks for itself from now on.
    UnpairNode = "unpair_node",
    /// All nodes of a gateway were given to another one.
    ReplaceGateway = "replace_gateway",
    /// Nodes may ask a gateway to speak for them, for a while; or no longer.
    SetJoinWindow = "set_join_window",
    /// A node that asked was not taken.
    RefuseNode = "refuse_node",
    /// The labels of nodes were put together with a gateway's, for one claim, or are no longer.
    WaitTogether = "wait_together",
    /// Static tokens were made.
    GenerateTokens = "generate_tokens",
    /// A batch of static tokens was asked for.
    CreateBatch = "create_batch",
    /// The making of a batch was stopped.
    CancelBatch = "cancel_batch",
    /// A batch was taken out in a file, with its secrets.
    ExportTokens = "export_tokens",
    /// A label that nobody has claimed got another code.
    RenewLabel = "renew_label",
    /// Static tokens were taken out of use.
    RevokeTokens = "revoke_tokens",
    /// A template was made.
    CreateTemplate = "create_template",
    /// A template was changed.
    EditTemplate = "edit_template",
    /// A template was deleted.
    DeleteTemplate = "delete_template",
    /// Secrets were shown to somebody who may see them.
    ShowSecrets = "show_secrets",
    /// A machine got credentials.
    CreateClient = "create_client",
    /// A machine's credentials were taken back.
    RevokeClient = "revoke_client",
    /// An organization was made.
    CreateOrganization = "create_organization",
    /// An organization got another name.
    RenameOrganization = "rename_organization",
    /// An organization may have more devices from now on, or fewer.
    SetDeviceLimit = "set_device_limit",
    /// An organization was deleted.
    DeleteOrganization = "delete_organization",
    /// Somebody was invited, or sent the invitation again.
    Invite = "invite",
    /// Somebody accepted an invitation.
    AcceptInvitation = "accept_invitation",
    /// Somebody signed up.
    SignUp = "sign_up",
    /// Somebody got another role.
    ChangeRole = "change_role",
    /// Somebody was barred.
    Suspend = "suspend",
    /// Somebody was let in again.
    Restore = "restore",
    /// Somebody left, or an invitation was taken back.
    RemoveUser = "remove_user",
    /// Somebody chose another password.
    ChangePassword = "change_password",
    /// What holds for the whole cloud was changed.
    ChangeSettings = "change_settings",
    /// The first administrator was set up.
    SetUp = "set_up",
    /// The audit, or part of it, was exported.
    ExportAudit = "export_audit",
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AuditActor {
    /// A person.
    Person {
        /// Their number.
        id: UserId,
        /// What they are called; none once they have left, and where the caller does not see them.
        name: Option<String>,
    },
    /// A machine.
    Machine {
        /// The id of its credentials.
        id: String,
        /// What they are called; none once they are gone, and where the caller does not see them.
        name: Option<String>,
    },
    /// The cloud itself: something came by the time, or by a device.
    Cloud,
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its number among all entries.
    pub id: i64,
    /// Its place in the chain; none for the moment until it is sealed.
    pub seq: Option<i64>,
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// What.
    pub action: AuditAction,
    /// Who did it.
    pub actor: AuditActor,
    /// In which organization, deleted or not.
    pub org_id: OrgId,
    /// What that is called, or was.
    pub org_name: String,
    /// To which device, deleted or not.
    pub device_id: Option<DeviceId>,
    /// What that is called, while it is within the caller's reach.
    pub device_name: Option<String>,
    /// For whom, or about whom.
    pub user_id: Option<UserId>,
    /// What they are called, while they are within the caller's reach.
    pub user_name: Option<String>,
    /// What else there is to know.
    pub detail: Option<String>,
    /// What the organization or batch is called that `detail` names by its number, while it is within the caller's reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub detail_name: Option<String>,
    /// Why, in the words of whoever did it; for those alone who reach their organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
}

/// Where the audit is not as it was sealed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS,
)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AuditFault {
    /// Where the chain ends was not written by a cloud with this key, or is gone.
    EndUnproven,
    /// The entry of this number is gone.
    Missing {
        /// Its place in the chain.
        seq: i64,
    },
    /// The entry of this number was changed, moved or put there.
    Changed {
        /// Its place in the chain.
        seq: i64,
    },
    /// From this number on entries are gone at the end.
    CutOff {
        /// The first that is gone.
        seq: i64,
    },
    /// From this number on there are entries after the end.
    BeyondEnd {
        /// The first of them.
        seq: i64,
    },
    /// The entry that was noted is not there: the audit is whole, but an older one or another.
    Replaced {
        /// Its place in the chain.
        seq: i64,
    },
}

/// What a look at the whole chain found: `GET /audit/check`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, ts_rs::TS)]
pub struct AuditCheck {
    /// Entries that are as they were sealed, from the first on.
    pub sealed: i64,
    /// Entries that wait to be sealed.
    pub waiting: i64,
    /// The last of those with its digest, as `SEQUENCE:DIGEST`. Noted elsewhere, it tells later whether an older copy took
    /// the place of the audit.
    pub mark: String,
    /// The first place where the audit is not as it was sealed; none where all of it is.
    pub fault: Option<AuditFault>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_written_alike_everywhere() {
        for action in AuditAction::ALL {
            let json = serde_json::to_value(action).expect("serializes");
            assert_eq!(json, action.as_str());
        }
    }
}
