//! What a label asks for.

use crate::{AuthToken, QrToken};

/// What a claimable label asks for. Its `Debug` shows no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Claim the device of this QR token.
    QrToken {
        /// The token.
        token: QrToken,
        /// The organization that the label names, if it does.
        org: Option<i64>,
    },
    /// Claim the device whose credential this is, if it never had an owner.
    AuthToken(AuthToken),
    /// Claim the device of this name; a name alone proves nothing.
    Identifier(Identifier),
}

/// A name that a maker gave a device. It is no secret and no proof.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identifier {
    /// Which kind of name.
    pub kind: IdentifierKind,
    /// The form that names are compared in.
    pub canonical: String,
}

/// The kinds of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IdentifierKind {
    /// A serial number: trimmed, inner spaces kept.
    Serial,
    /// EUI-48, also known as MAC address: 12 upper-case hex digits.
    Eui48,
    /// EUI-64, also as DevEUI: 16 upper-case hex digits.
    Eui64,
    /// IMEI: 15 digits.
    Imei,
}

impl IdentifierKind {
    /// The kind as it is stored and written: the same word as the format's.
    pub fn as_str(self) -> &'static str {
        match self {
            IdentifierKind::Serial => "serial",
            IdentifierKind::Eui48 => "eui48",
            IdentifierKind::Eui64 => "eui64",
            IdentifierKind::Imei => "imei",
        }
    }
}
