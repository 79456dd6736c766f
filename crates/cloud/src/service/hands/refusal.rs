//! Why a device stays in the hands that it is in.

use handover_wire::{DeviceId, ErrorBody, ErrorCode, UserStatus};

use super::kept::KeyUsed;
use crate::domain::{FieldError, NoUndo, NotHeld, TransferError};
use crate::service::{Broken, breaks};

/// The sentence of an organization that can have no more devices.
pub const DEVICE_LIMIT: &str = "The organization has as many devices as it may have.";

/// Why a device stays in the hands that it is in.
#[derive(Debug, thiserror::Error)]
pub enum HandsError {
    /// There is no such device within reach.
    #[error("Device with identifier {0} is not found or belong to another organization.")]
    NotFound(DeviceId),
    /// There is no such label within reach.
    #[error("There is no such label within reach.")]
    NoSuchLabel,
    /// Its label is replaced when they give it up.
    #[error(
        "Somebody has the device: it gets another label when they release it, or you take it back."
    )]
    Held,
    /// The caller's role gives up its own devices alone.
    #[error("Your role gives up devices of your own alone.")]
    NotTheirs,
    /// Somebody else did it, and it reaches beyond the caller's organizations.
    #[error("Only whoever did it can undo it, or support of both organizations.")]
    NotTheirsToUndo,
    /// Nobody has it.
    #[error("Nobody has the device, or its label was taken out of use.")]
    NotHeld,
    /// Its label was taken out of use.
    #[error("The label was taken out of use for good: it claims nothing, and nobody is shown it.")]
    Revoked,
    /// It is there already. The published sentence.
    #[error("Can't transfer to the same owner")]
    Same,
    /// The published sentence.
    #[error("Destination organization is not found or you don't have access to it.")]
    NoDestination,
    /// There is no such person within reach, or not in that organization.
    #[error("User is not found or belongs to another organization.")]
    NoOwner,
    /// The new owner could not do anything with it.
    #[error("The new owner is not active.")]
    OwnerStatus(UserStatus),
    /// Neither an organization nor an owner was named.
    #[error("newOrgId or newUserId is needed: to whom?")]
    ToWhom,
    /// The destination has as many devices as it may have.
    #[error("{DEVICE_LIMIT}")]
    DeviceLimit,
    /// The organization cannot use the device's template.
    #[error("The destination organization does not have the device's template.")]
    TemplateMissing,
    /// Nothing is left to be undone, or nowhere to undo it to.
    #[error("There is nothing to undo: {0}.")]
    UndoOver(NoUndo),
    /// It was made by hand.
    #[error("The device was made by hand and has no label.")]
    NoLabel,
    /// Its label was shown once, and is not kept.
    #[error(
        "The label's secret was shown once and is not kept. While nobody has the device its label can be renewed; after that release it or take it back for a new one."
    )]
    SecretsGone,
    /// It leaves by its batch's export first.
    #[error(
        "The secrets of this label's batch are shown once, by its export, which was not made yet: export the batch first."
    )]
    NotExported,
    /// The key stands for another request.
    #[error("This key was used for a different request.")]
    KeyUsed,
    /// A field is not as it must be.
    #[error("{} must be {}.", .0.field, .0.must)]
    Field(FieldError),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(HandsError);

impl HandsError {
    /// What it is called on the wire; what broke goes its own way.
    pub fn told(self) -> Result<ErrorBody, Broken> {
        use ErrorCode as Code;
        let code = match &self {
            Self::NotFound(_) | Self::NoSuchLabel | Self::NoDestination | Self::NoOwner => {
                Code::NotFound
            }
            Self::NotTheirs | Self::NotTheirsToUndo | Self::Held | Self::NotExported => {
                Code::Forbidden
            }
            Self::NotHeld | Self::Revoked => Code::NotHeld,
            Self::Same => Code::SameHolder,
            Self::OwnerStatus(_) => Code::WrongStatus,
            Self::ToWhom | Self::Field(_) => Code::InvalidRequest,
            Self::DeviceLimit => Code::DeviceLimit,
            Self::TemplateMissing => Code::TemplateMissing,
            Self::UndoOver(_) => Code::UndoOver,
            Self::NoLabel => Code::NoLabel,
            Self::SecretsGone => Code::SecretsGone,
            Self::KeyUsed => Code::IdempotencyConflict,
            Self::Broken(_) => Code::Internal,
        };
        let body = ErrorBody::new(code, self.to_string());
        Ok(match self {
            Self::Broken(broken) => return Err(broken),
            Self::OwnerStatus(status) => body.with("status", format!("{status:?}")),
            Self::UndoOver(cause) => body.with("cause", cause.as_str()),
            Self::ToWhom => body.with("field", "newOrgId"),
            Self::Field(error) => body.with("field", error.field),
            _ => body,
        })
    }
}

impl From<KeyUsed> for HandsError {
    fn from(KeyUsed: KeyUsed) -> Self {
        Self::KeyUsed
    }
}

impl From<NotHeld> for HandsError {
    fn from(NotHeld: NotHeld) -> Self {
        Self::NotHeld
    }
}

impl From<TransferError> for HandsError {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::Same => Self::Same,
            TransferError::NotHeld(NotHeld) => Self::NotHeld,
        }
    }
}
