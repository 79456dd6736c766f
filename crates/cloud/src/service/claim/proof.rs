//! Which of an identifier's tokens a proof claims.

use handover_wire::ClaimProof;
use subtle::ConstantTimeEq as _;

use super::Refused;
use super::held::Proof;
use crate::clock::Time;
use crate::domain::{ClaimWith, Claimed, Claiming, Holder, NotClaimable};
use crate::secrets::Digest;
use crate::store::TokenFound;

/// What an identifier that came with this lacks.
pub enum Lacking {
    /// It is refused.
    Refused(Refused),
    /// Support's word.
    Approval,
    /// The press of its button.
    Press,
}

impl From<Refused> for Lacking {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// The place of the one of an identifier's tokens that this proof claims, and as what. What somebody has already is theirs,
/// whatever they ask for.
pub fn with_proof(
    all: &[TokenFound],
    into: Holder,
    proof: &Proof,
    now: Time,
) -> Result<(usize, ClaimWith), Lacking> {
    match proof {
        Proof::Code {
            digest,
            carried,
            or_ask,
        } => {
            let right = with_code(all, digest);
            let right = right.map(|place| (place, ClaimWith::ClaimCode));
            let bare = || without_code(all, into, now).filter(|_| *carried);
            let own = || own(all, into, now).filter(|_| *or_ask);
            match right.or_else(bare).or_else(own) {
                Some(found) => Ok(found),
                None if *or_ask => Err(Lacking::Approval),
                None => Err(Refused::from(NotClaimable).into()),
            }
        }
        Proof::Nothing => Ok(without_code(all, into, now).ok_or(Refused::ProofRequired)?),
        Proof::Presence => {
            let pressed = without_code(all, into, now).or_else(|| own(all, into, now));
            pressed.ok_or(Lacking::Press)
        }
        Proof::Approval => own(all, into, now).ok_or(Lacking::Approval),
    }
}

/// The one of an identifier's tokens that this code is beside.
fn with_code(all: &[TokenFound], code: &Digest) -> Option<usize> {
    let fits = |found: &TokenFound| {
        let own = found
            .code
            .filter(|_| found.proof == Some(ClaimProof::ClaimCode));
        own.is_some_and(|own| own.ct_eq(code).into())
    };
    all.iter().position(fits)
}

/// The one of an identifier's tokens that claims without any code: its batch asks for no proof, or its button was pressed a
/// moment ago, for whoever claims. Whatever keeps it from that is no answer's business.
///
/// Of makers above each other the youngest one's is meant. Of one maker's that were given the same before that was refused none
/// is: it could be somebody else's.
fn without_code(all: &[TokenFound], into: Holder, now: Time) -> Option<(usize, ClaimWith)> {
    let pressed = |found: &TokenFound| {
        let press = found.press;
        press.is_some_and(|press| press.proves_presence(into.owner, now))
    };
    let claimable = all.iter().enumerate().filter_map(|(place, found)| {
        let with = match found.proof? {
            ClaimProof::None => ClaimWith::Identifier,
            ClaimProof::Presence if pressed(found) => ClaimWith::Presence,
            ClaimProof::Presence | ClaimProof::ClaimCode | ClaimProof::StaffApproval => {
                return None;
            }
        };
        let claims = found.hands.claim(claiming(with, into), now).is_ok();
        claims.then_some((place, with))
    });
    let claimable: Vec<_> = claimable.collect();
    let &[found @ (place, _), ref others @ ..] = claimable.as_slice() else {
        return None;
    };
    let is_double = others
        .iter()
        .any(|&(other, _)| all[other].org == all[place].org);
    (!is_double).then_some(found)
}

/// The one that is in the claimer's organization already.
fn own(all: &[TokenFound], into: Holder, now: Time) -> Option<(usize, ClaimWith)> {
    let with = ClaimWith::Approval;
    let is_own = |found: &TokenFound| {
        let claimed = found.hands.claim(claiming(with, into), now);
        claimed == Ok(Claimed::AlreadyYours)
    };
    all.iter().position(is_own).map(|place| (place, with))
}

/// Somebody claims for themselves.
pub fn claiming(with: ClaimWith, into: Holder) -> Claiming {
    Claiming {
        with,
        into,
        by_maker: false,
    }
}
