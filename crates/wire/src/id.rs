//! Identifiers, each a type of its own, so that one is never passed for another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
            utoipa::ToSchema, ts_rs::TS,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

number_id! {
    /// An organization's number.
    OrgId
}
number_id! {
    /// A user's number.
    UserId
}
number_id! {
    /// A device's number.
    DeviceId
}
number_id! {
    /// A mail's number.
    MailId
}
number_id! {
    /// A batch's number.
    BatchId
}
number_id! {
    /// The number of a claim that waits for approval.
    ApprovalId
}
number_id! {
    /// The number of devices that are being made together.
    WorkId
}
number_id! {
    /// The number of a file that a device uploaded.
    FileId
}
number_id! {
    /// A static token's number: it names the token and is no secret.
    TokenId
}

/// A template's public id: `TMPL` and nine characters.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    ts_rs::TS,
)]
#[serde(transparent)]
#[ts(as = "String")]
pub struct TemplateId(pub String);

impl fmt::Display for TemplateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
