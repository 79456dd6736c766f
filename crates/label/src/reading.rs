//! What a text can be, in words that cross the network and the bridge.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::claim::{Claim, Identifier, IdentifierKind};

/// One thing that a text can be. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema, ts_rs::TS))]
pub struct Reading {
    /// Which format.
    pub format: Format,
    /// Whether its checks passed; null where nothing can be checked.
    pub valid: Option<bool>,
    /// What is wrong with it, as a sentence; there exactly when `valid` is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", ts(optional))]
    pub why: Option<String>,
    /// Whether a claim can be made with it.
    pub claimable: bool,
    /// What it says about the device. Secrets are masked.
    pub identity: BTreeMap<String, String>,
    /// Why the text is taken for this, as an English sentence.
    pub reason: String,
    /// What to do next.
    pub advice: Advice,
}

/// A closed set: its members' ids on the wire, once. An id is a literal, taken as a token: derived schemas cannot look into
/// a fragment that the compiler has parsed.
macro_rules! closed_set {
    ($(#[$set:meta])* $enum:ident { $($(#[$doc:meta])* $name:ident = $id:tt,)+ }) => {
        $(#[$set])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema, ts_rs::TS))]
        pub enum $enum {
            $($(#[$doc])* #[serde(rename = $id)] $name,)+
        }

        impl $enum {
            /// Every one there is.
            pub const ALL: &'static [$enum] = &[$($enum::$name),+];

            /// Its id, as it is written on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $($enum::$name => $id),+ }
            }
        }
    };
}

closed_set! {
    /// The formats that are told apart.
    Format {
        /// A QR token, plain or with an organization.
        QrToken = "qr_token",
        /// A claim link, of the web or of the app.
        ClaimLink = "claim_link",
        /// A device's auth token.
        AuthToken = "auth_token",
        /// A LoRaWAN device's label by the LoRa Alliance's TR005.
        LorawanTr005 = "lorawan_tr005",
        /// A serial number, or anything that could be one.
        Serial = "serial",
        /// An EUI-48, also known as MAC address.
        Eui48 = "eui48",
        /// An EUI-64.
        Eui64 = "eui64",
        /// A mobile device's IMEI.
        Imei = "imei",
        /// GS1 element strings, of parentheses or a symbol.
        Gs1ElementString = "gs1_element_string",
        /// A GS1 Digital Link.
        Gs1DigitalLink = "gs1_digital_link",
        /// An EAN or UPC, as on retail packaging.
        RetailBarcode = "retail_barcode",
        /// Any other text.
        Text = "text",
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

closed_set! {
    /// What a person should do with a label. The UI has a sentence for each.
    Advice {
        /// Claim it: there is no doubt what it is.
        ClaimNow = "claim_now",
        /// It can be claimed, but looks like other things, too: never without a tap.
        AskFirst = "ask_first",
        /// It names a device and may need a claim code beside it: never without a tap.
        NeedsProof = "needs_proof",
        /// This is not the label to claim with: scan another one.
        ScanAnother = "scan_another",
        /// Its length, a character or its checksum is wrong: scan again, or look at it again.
        CheckTyping = "check_typing",
    }
}

/// How well a text fits a format, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// A prefix or separators of its own: it can be no serial number.
    Certain,
    /// A checksum passed, which could be chance.
    Strong,
    /// The form is right, or all but right.
    Likely,
    /// Other things look the same.
    Ambiguous,
    /// Anything looks like this.
    Fallback,
}

/// What one format made of a text: the reading to be, and the claim that it stands for.
pub(crate) struct Found {
    pub(crate) fit: Fit,
    pub(crate) claim: Option<Claim>,
    valid: Option<bool>,
    why: Option<String>,
    identity: BTreeMap<String, String>,
    reason: &'static str,
    advice: Advice,
}

impl Found {
    /// A label that can be claimed.
    pub(crate) fn claimable(fit: Fit, claim: Claim, advice: Advice, reason: &'static str) -> Self {
        Self {
            claim: Some(claim),
            ..Self::new(fit, advice, reason)
        }
    }

    /// A label that names a device.
    pub(crate) fn identifier(
        fit: Fit,
        kind: IdentifierKind,
        canonical: String,
        reason: &'static str,
    ) -> Self {
        let claim = Claim::Identifier(Identifier { kind, canonical });
        Self::claimable(fit, claim, Advice::NeedsProof, reason)
    }

    /// A label of this format with a mistake in it.
    pub(crate) fn wrong(fit: Fit, why: impl fmt::Display, reason: &'static str) -> Self {
        Self {
            valid: Some(false),
            why: Some(why.to_string()),
            ..Self::new(fit, Advice::CheckTyping, reason)
        }
    }

    /// Something that claims nothing.
    pub(crate) fn other(fit: Fit, reason: &'static str) -> Self {
        Self::new(fit, Advice::ScanAnother, reason)
    }

    fn new(fit: Fit, advice: Advice, reason: &'static str) -> Self {
        Self {
            fit,
            claim: None,
            valid: None,
            why: None,
            identity: BTreeMap::new(),
            reason,
            advice,
        }
    }

    /// The same, its checksum or a form that is all its own being right.
    #[must_use]
    pub(crate) fn checked(self) -> Self {
        self.checked_if(true)
    }

    /// The same, checked where there was something to check.
    #[must_use]
    pub(crate) fn checked_if(mut self, was_checked: bool) -> Self {
        self.valid = was_checked.then_some(true);
        self
    }

    /// The same with one more fact about the device. Secrets come masked.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: String) -> Self {
        self.identity.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn into_reading(self, format: Format) -> Reading {
        Reading {
            format,
            valid: self.valid,
            why: self.why,
            claimable: self.claim.is_some(),
            identity: self.identity,
            reason: self.reason.to_owned(),
            advice: self.advice,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_written_as_it_serializes() {
        for format in Format::ALL {
            let json = serde_json::to_value(format).expect("a format serializes");
            assert_eq!(json, format.as_str());
        }
    }
}
