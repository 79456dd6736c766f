//! What the cloud writes to people.

use handover_wire::{History, Secret};

use crate::clock::Time;

/// Into which organization somebody is invited, by whom, and by which link.
#[derive(Clone, Debug)]
pub struct Invite {
    /// The organization's name.
    pub organization: String,
    /// The name of who invites.
    pub inviter: String,
    /// Where the account is made.
    pub link: Secret,
    /// When the link stops working.
    pub until: Time,
}

/// A letter: each variant has what its text needs, and nothing else. Names may be as people typed them; links are
/// whole, as they are to be opened.
#[derive(Clone, Debug)]
pub enum Letter {
    /// Somebody is to join an organization.
    Invitation(Invite),
    /// Somebody who is to join an organization signed up for one of their own.
    InvitedBefore(Invite),
    /// Somebody who has an account in another organization is to join one.
    InvitedElsewhere {
        /// The name of the one that they are to join.
        organization: String,
        /// The name of who invites.
        inviter: String,
        /// Where one signs in.
        link: Secret,
    },
    /// Somebody who was invited to another organization, and has not followed that yet, is to join one.
    InvitedTwice {
        /// The name of the one that they are to join.
        organization: String,
        /// The name of who invites.
        inviter: String,
        /// Where one has the other invitation mailed again.
        link: Secret,
    },
    /// Somebody signed up with this address.
    Verify {
        /// What proves that the address is theirs.
        link: Secret,
        /// When the link stops working.
        until: Time,
    },
    /// Somebody forgot their password.
    PasswordReset {
        /// Where a new one is set.
        link: Secret,
        /// When the link stops working.
        until: Time,
    },
    /// The password is another one now.
    PasswordChanged,
    /// Somebody signed up with an address that has an account.
    AlreadyHasAccount {
        /// Where one signs in, or resets the password.
        link: Secret,
    },
    /// Support claimed a device on somebody's behalf.
    DeviceClaimedForYou {
        /// The device's name.
        device: String,
        /// The names of the nodes that went with it; mostly none.
        nodes: Vec<String>,
        /// The name of who claimed it.
        by: String,
        /// The organization that it is in now.
        organization: String,
    },
    /// Support gave a device up on somebody's behalf.
    DeviceReleasedForYou {
        /// The device's name.
        device: String,
        /// The names of the nodes that went with it; mostly none.
        nodes: Vec<String>,
        /// The name of who gave it up.
        by: String,
        /// The organization that it was in.
        organization: String,
        /// What becomes of what it reported.
        history: History,
    },
    /// Support deleted a device on somebody's behalf.
    DeviceDeletedForYou {
        /// The device's name.
        device: String,
        /// The name of who deleted it.
        by: String,
        /// The organization that it was in.
        organization: String,
    },
    /// The maker took a device back.
    DeviceTakenBack {
        /// The device's name.
        device: String,
        /// The names of the nodes that went with it; mostly none.
        nodes: Vec<String>,
        /// The name of who took it back.
        by: String,
        /// The organization that it was in.
        organization: String,
        /// Whether the label that it has claims it again.
        label_kept: bool,
        /// What becomes of what it reported.
        history: History,
        /// Why, in the words of who took it back.
        reason: Option<String>,
    },
    /// Devices moved to another organization or owner. Both sides are told.
    DeviceTransferred {
        /// The devices' names; at least one.
        devices: Vec<String>,
        /// The name of the organization or person that had them.
        from: String,
        /// The name of the organization or person that has them.
        to: String,
        /// What becomes of what they reported before.
        history: History,
    },
    /// The same, for the person who owns them from now on.
    DeviceTransferredToYou {
        /// The devices' names; at least one.
        devices: Vec<String>,
        /// The name of the organization or person that had them.
        from: String,
        /// The organization that they are in now.
        organization: String,
        /// What becomes of what they reported before.
        history: History,
    },
    /// Support has claims by identifier to decide about.
    ApprovalWaiting {
        /// How many.
        count: i64,
        /// Where they are decided.
        link: Secret,
    },
    /// Support approved a claim by identifier.
    ApprovalGranted {
        /// What identifies the device, as it was asked for.
        identifier: String,
        /// The device's name.
        device: String,
        /// The names of the nodes that went with it; mostly none.
        nodes: Vec<String>,
        /// The name of who approved it.
        by: String,
        /// The organization that it is in now.
        organization: String,
    },
    /// Support did not approve a claim by identifier.
    ApprovalRefused {
        /// What identifies the device.
        identifier: String,
        /// Why, in the words of whoever refused it.
        reason: Option<String>,
    },
    /// Nobody decided about a claim by identifier in time.
    ApprovalExpired {
        /// What identifies the device.
        identifier: String,
    },
    /// Several machines say that they are the same device, of these devices.
    BootstrapConflict {
        /// The devices' names; at least one.
        devices: Vec<String>,
    },
}

impl Letter {
    /// What kind of letter it is, as the database and the log name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Invitation(_) => "invitation",
            Self::InvitedBefore(_) => "invited_before",
            Self::InvitedElsewhere { .. } => "invited_elsewhere",
            Self::InvitedTwice { .. } => "invited_twice",
            Self::Verify { .. } => "verify",
            Self::PasswordReset { .. } => "password_reset",
            Self::PasswordChanged => "password_changed",
            Self::AlreadyHasAccount { .. } => "already_has_account",
            Self::DeviceClaimedForYou { .. } => "device_claimed_for_you",
            Self::DeviceReleasedForYou { .. } => "device_released_for_you",
            Self::DeviceDeletedForYou { .. } => "device_deleted_for_you",
            Self::DeviceTakenBack { .. } => "device_taken_back",
            Self::DeviceTransferred { .. } => "device_transferred",
            Self::DeviceTransferredToYou { .. } => "device_transferred_to_you",
            Self::ApprovalWaiting { .. } => "approval_waiting",
            Self::ApprovalGranted { .. } => "approval_granted",
            Self::ApprovalRefused { .. } => "approval_refused",
            Self::ApprovalExpired { .. } => "approval_expired",
            Self::BootstrapConflict { .. } => "bootstrap_conflict",
        }
    }

    /// One of each, to try a mail server with, and for tests. Their links lead to the front page of `address`.
    pub fn samples(address: &str, now: Time) -> Vec<Self> {
        const DAY: i64 = 24 * 3_600;
        let link = || Secret::new(address);
        let name = |text: &str| text.to_owned();
        let invite = || Invite {
            organization: name("Gärtnerei Grün"),
            inviter: name("Ada Marsh"),
            link: link(),
            until: now.plus_seconds(30 * DAY),
        };
        vec![
            Self::Invitation(invite()),
            Self::Verify {
                link: link(),
                until: now.plus_seconds(DAY),
            },
            Self::PasswordReset {
                link: link(),
                until: now.plus_seconds(3_600),
            },
            Self::PasswordChanged,
            Self::AlreadyHasAccount { link: link() },
            Self::DeviceClaimedForYou {
                device: name("Gewächshaus Nord"),
                nodes: Vec::new(),
                by: name("Sam Reed"),
                organization: name("Gärtnerei Grün"),
            },
            Self::DeviceReleasedForYou {
                device: name("Gewächshaus Nord"),
                nodes: vec![name("Tomatenbeet 2"), name("Orchard gate")],
                by: name("Sam Reed"),
                organization: name("Gärtnerei Grün"),
                history: History::Erase,
            },
            Self::DeviceDeletedForYou {
                device: name("Gewächshaus Nord"),
                by: name("Sam Reed"),
                organization: name("Gärtnerei Grün"),
            },
            Self::DeviceTakenBack {
                device: name("Gewächshaus Nord"),
                nodes: Vec::new(),
                by: name("Sam Reed"),
                organization: name("Gärtnerei Grün"),
                label_kept: false,
                history: History::Keep,
                reason: Some(name("The sensor drifts; another one is on its way.")),
            },
            Self::DeviceTransferred {
                devices: vec![name("Tomatenbeet 2"), name("Orchard gate")],
                from: name("Green Farm"),
                to: name("Gärtnerei Grün"),
                history: History::Keep,
            },
            Self::ApprovalWaiting {
                count: 2,
                link: link(),
            },
            Self::ApprovalRefused {
                identifier: name("4A335468C9F1"),
                reason: Some(name("That one was sold to somebody else.")),
            },
            Self::ApprovalExpired {
                identifier: name("4A335468C9F1"),
            },
            Self::BootstrapConflict {
                devices: vec![name("Gewächshaus Nord"), name("Orchard gate")],
            },
            Self::InvitedBefore(invite()),
            Self::InvitedElsewhere {
                organization: name("Gärtnerei Grün"),
                inviter: name("Ada Marsh"),
                link: link(),
            },
            Self::InvitedTwice {
                organization: name("Gärtnerei Grün"),
                inviter: name("Ada Marsh"),
                link: link(),
            },
            Self::ApprovalGranted {
                identifier: name("4A335468C9F1"),
                device: name("Gewächshaus Nord"),
                nodes: Vec::new(),
                by: name("Sam Reed"),
                organization: name("Gärtnerei Grün"),
            },
            Self::DeviceTransferredToYou {
                devices: vec![name("Tomatenbeet 2"), name("Orchard gate")],
                from: name("Green Farm"),
                organization: name("Gärtnerei Grün"),
                history: History::Keep,
            },
        ]
    }
}
