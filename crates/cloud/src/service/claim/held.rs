//! What somebody holds in their hand, as far as the text tells.

use handover_label::Claim;
use handover_wire::{ClaimRequest, OrgId};

use crate::domain::{ClaimCode, Names};
use crate::secrets::{Digest, Purpose};
use crate::service::Core;

/// What a claim looks up.
#[derive(Clone)]
pub enum Held {
    /// A label's secret, and the organization that the label names.
    QrToken(Digest, Option<OrgId>),
    /// A device's credential.
    AuthToken(Digest),
    /// What identifies a device, and what is to prove that it is there.
    Named {
        /// All that the text can be.
        names: Names,
        /// The proof.
        proof: Proof,
    },
}

/// What comes with an identifier.
#[derive(Clone)]
pub enum Proof {
    /// A claim code.
    Code {
        /// Its digest.
        digest: Digest,
        /// Whether the label itself has it: every such label does, whatever its batch asks for.
        carried: bool,
        /// Whether support is asked where it is not right.
        or_ask: bool,
    },
    /// Nothing.
    Nothing,
    /// The device's button, which is waited for.
    Presence,
    /// The question to support.
    Approval,
}

impl Held {
    /// Reads a request. A text that only resembles a token is looked up all the same, and not found.
    pub fn read(core: &Core, request: &ClaimRequest) -> Self {
        let text = request.token.expose();
        match handover_label::claim(text) {
            Some(Claim::QrToken { token, org }) => Self::QrToken(
                core.digest(Purpose::QrToken, token.expose()),
                org.map(OrgId),
            ),
            Some(Claim::AuthToken(token)) => {
                Self::AuthToken(core.digest(Purpose::AuthToken, token.expose()))
            }
            Some(Claim::Identifier(_)) if !resembles_token(text) => Self::Named {
                names: Names::of(text),
                proof: Proof::read(core, request),
            },
            Some(Claim::Identifier(_)) | None => {
                Self::QrToken(core.digest(Purpose::QrToken, text), None)
            }
        }
    }
}

impl Proof {
    /// What was typed goes before what the label carries itself. What is no code at all is compared like one, and fits none.
    fn read(core: &Core, request: &ClaimRequest) -> Self {
        let typed = request.claim_code.as_ref().map(|code| code.expose());
        let typed = typed.filter(|code| !code.trim().is_empty());
        let carried = Names::code_on(request.token.expose());
        let Some(text) = typed.or(carried.as_deref()) else {
            return match (request.presence, request.ask_approval) {
                (true, _) => Self::Presence,
                (false, true) => Self::Approval,
                (false, false) => Self::Nothing,
            };
        };
        if typed.is_none() && request.presence {
            return Self::Presence;
        }
        let code = ClaimCode::parse(text);
        let code = code.as_ref().map_or(text, ClaimCode::expose);
        Self::Code {
            digest: core.digest(Purpose::ClaimCode, code),
            carried: typed.is_none(),
            or_ask: request.ask_approval,
        }
    }
}

/// A damaged token is no serial number, though it has the letters of one.
fn resembles_token(text: &str) -> bool {
    text.contains("sqr_")
}
