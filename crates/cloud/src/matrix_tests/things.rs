//! What requests name, and where it is, seen from whoever asks.

use serde_json::{Value, json};

/// What is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Org,
    User,
    Device,
    Gateway,
    /// What a device uploaded.
    File,
    Batch,
    Token,
    /// A label of a gateway's.
    GatewayToken,
    Work,
    Approval,
    Template,
    Session,
    Machine,
}

impl Kind {
    pub const ALL: [Self; 13] = [
        Self::Org,
        Self::User,
        Self::Device,
        Self::Gateway,
        Self::File,
        Self::Batch,
        Self::Token,
        Self::GatewayToken,
        Self::Work,
        Self::Approval,
        Self::Template,
        Self::Session,
        Self::Machine,
    ];

    /// What nobody has.
    pub fn of_nobody(self) -> Value {
        match self {
            Self::Template => json!("TMPLzzzzzzzzz"),
            Self::Machine => json!("oa2-client-id_ffffffffffffffffffffffffffffffff"),
            _ => json!(4_000_000_000_000_i64),
        }
    }
}

/// Where a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Where {
    /// With the caller themselves, in their organization.
    Mine,
    /// In the caller's organization, with somebody else.
    Own,
    /// In an organization below it.
    Child,
    /// In the one above it.
    Parent,
    /// In another branch of the tree.
    Beside,
}

impl Where {
    pub const ALL: [Self; 5] = [
        Self::Mine,
        Self::Own,
        Self::Child,
        Self::Parent,
        Self::Beside,
    ];

    /// Here, or in the organization where nobody has such a thing for themselves.
    pub fn at(self, kind: Kind) -> Self {
        match self.has(kind) {
            true => self,
            false => Self::Own,
        }
    }

    /// Whether there are such things.
    pub fn has(self, kind: Kind) -> bool {
        let is_personal = matches!(
            kind,
            Kind::Device | Kind::Gateway | Kind::File | Kind::Session
        );
        self != Self::Mine || is_personal
    }
}
