//! Why a label does not claim, for the support of whoever made it. It changes nothing, so that it can be asked as often as one
//! likes, and what is out of reach is answered like what nobody has.

use handover_label::{QrToken, claim_link};
use handover_wire::{
    AskWhy, ClaimLimit, ClaimObstacle, ClaimProof, ClaimRequest, ClaimWait, HandsState, ReadAs,
    RefusedClaim, Secret, TokenId, User, UserId, WhyAnswer, WhyClaimer, WhyLabel, WrongCodes,
};
use subtle::ConstantTimeEq as _;

use super::claim::{Held, Proof, digest_of};
use super::limits::{self, Counted};
use super::{Broken, Core, breaks};
use crate::clock::Time;
use crate::domain::{Acting, Actor, Case, FieldError, Hands, Holder, InHand, Names, caseless};
use crate::secrets::Digest;
use crate::store::{Look, Sought, StoreError, TokenFound, TokenKey, Work};

/// Labels that are told of at the most.
const MOST: usize = 5;
/// What became of a device that is told.
const MOVES: i64 = 3;
/// Bytes of a label's text.
const MOST_TEXT: usize = 4_096;
/// Letters that are worth a search.
const LEAST_SEARCHED: usize = 3;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum WhyError {
    /// A field is not as it must be.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// There is no such person within reach.
    #[error("there is no such person within reach")]
    NoSuchUser,
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(WhyError);

/// What was asked, read once.
struct Asked<'a> {
    acting: &'a Acting,
    /// As a claim would have it.
    request: ClaimRequest,
    held: Held,
    claimer: Option<User>,
    now: Time,
}

/// Tells it.
pub async fn why(core: &Core, acting: &Acting, ask: &AskWhy) -> Result<WhyAnswer, WhyError> {
    let text = ask.label.expose().trim();
    if text.is_empty() || text.len() > MOST_TEXT {
        return Err(FieldError {
            field: "label",
            must: "what is on the label, 4,096 bytes at most",
        }
        .into());
    }
    let claimer = match ask.user_id {
        Some(id) => {
            let found = core.store.user_within(acting.reach(), id).await?;
            Some(found.ok_or(WhyError::NoSuchUser)?)
        }
        None => None,
    };
    let request = ClaimRequest {
        claim_code: ask.claim_code.clone(),
        ..ClaimRequest::of_label(Secret::new(text))
    };
    let asked = Asked {
        acting,
        held: Held::read(core, &request),
        request,
        claimer,
        now: core.now(),
    };
    let mut look = core.store.look().await?;
    let (read_as, found, by_search) = asked.find(&mut look).await?;
    let mut labels = Vec::new();
    for &id in found.iter().take(MOST) {
        labels.push(asked.told(core, &mut look, id, by_search).await?);
    }
    let by_hand = match &asked.held {
        Held::AuthToken(digest) => look.unlabelled_device(acting.reach(), digest).await?,
        _ => None,
    };
    Ok(WhyAnswer {
        read_as,
        more: found.len() > MOST,
        by_hand,
        claimer: asked.claimer(core, &mut look).await?,
        refused: asked.refused(core, &mut look).await?,
        labels,
    })
}

/// How a label was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// By what it says now.
    Itself,
    /// By what it said once.
    OldCode,
    /// By its name.
    Name,
}

impl Asked<'_> {
    fn text(&self) -> &str {
        self.request.token.expose()
    }

    /// What has this text. What is found by nothing else is searched for.
    async fn find(&self, look: &mut Look) -> Result<(ReadAs, Vec<i64>, By), StoreError> {
        let reach = self.acting.reach();
        let read_as = match &self.held {
            Held::QrToken(digest, _) => {
                let found = look.sought_labels(reach, Sought::Label(digest)).await?;
                let old = look.sought_labels(reach, Sought::OldLabel(digest)).await?;
                if !found.is_empty() {
                    return Ok((ReadAs::QrToken, found, By::Itself));
                }
                if !old.is_empty() {
                    return Ok((ReadAs::QrToken, old, By::OldCode));
                }
                ReadAs::QrToken
            }
            Held::AuthToken(digest) => {
                let sought = Sought::AuthToken(digest);
                let found = look.sought_labels(reach, sought).await?;
                if !found.is_empty() {
                    return Ok((ReadAs::AuthToken, found, By::Itself));
                }
                ReadAs::AuthToken
            }
            Held::Named { names, .. } => {
                let found = look.sought_labels(reach, Sought::Named(names)).await?;
                if !found.is_empty() {
                    return Ok((ReadAs::Identifier, found, By::Itself));
                }
                ReadAs::Identifier
            }
        };
        // A label without a batch is called by its number.
        if let Some(number) = self
            .text()
            .strip_prefix('#')
            .and_then(|text| text.parse().ok())
        {
            let sought = Sought::Number(TokenId(number));
            let found = look.sought_labels(reach, sought).await?;
            return Ok((ReadAs::Text, found, By::Name));
        }
        let is_code = handover_label::claim(self.text()).is_some();
        let read_as = if is_code { read_as } else { ReadAs::Text };
        // What is a secret is in no name.
        let is_secret = matches!(read_as, ReadAs::QrToken | ReadAs::AuthToken);
        if is_secret || self.text().chars().count() < LEAST_SEARCHED {
            return Ok((read_as, Vec::new(), By::Name));
        }
        let sought = Sought::Text(self.text());
        let found = look.sought_labels(reach, sought).await?;
        Ok(match found.is_empty() {
            true => (read_as, found, By::Name),
            false => (ReadAs::Text, found, By::Name),
        })
    }

    /// All that there is to say of one label.
    async fn told(
        &self,
        core: &Core,
        look: &mut Look,
        id: i64,
        by: By,
    ) -> Result<WhyLabel, Broken> {
        let reach = self.acting.reach();
        let found = look.find_token(TokenKey::Id(id)).await?;
        let found = found.ok_or(StoreError::Corrupt("a token that was found is gone"))?;
        let row = look.label_row(reach, id).await?;
        let pins = look.pins(Some(id)).await?;
        // The first one's press is what proves a claim.
        let press = pins.candidates().next().and_then(|pin| pin.press);
        let case = Case {
            in_hand: self.in_hand(&found, by),
            hands: found.hands,
            proof: found.proof,
            press: found.press,
            is_conflict: pins.is_conflict(),
            into: self.claimer.as_ref().map(|user| Holder {
                org: user.org_id,
                owner: Some(user.id),
            }),
        };
        let mut obstacles = case.obstacles(self.now);
        obstacles.extend(self.apart(look, &found, by).await?);
        let is_held = found.hands.holder().is_ok();
        let moves = match &row.device {
            Some(device) => look.last_moves(reach, device.id, MOVES).await?,
            None => Vec::new(),
        };
        let replaced = match (&self.held, by, found.hands) {
            (Held::QrToken(code, _), By::OldCode, _) => {
                look.replaced_label(reach, (id, Some(code))).await?
            }
            (_, _, Hands::Released) => look.replaced_label(reach, (id, None)).await?,
            _ => None,
        };
        Ok(WhyLabel {
            token_id: row.id,
            label: row.label,
            batch_id: row.batch,
            once: found.once,
            org_id: found.org,
            org_name: row.org_name,
            template_name: found.template_name,
            wrong_codes: self
                .wrong_codes(core, look, row.identifier.as_deref(), found.proof)
                .await?,
            identifier: row.identifier,
            identifier_kind: row.identifier_kind,
            proof: found.proof.filter(|_| row.identifier_kind.is_some()),
            state: state(found.hands, self.now),
            obstacles,
            device: row.device,
            claimed_at: row.claimed_at.filter(|_| is_held),
            undo_until: found
                .hands
                .open_until()
                .filter(|&at| self.now < at)
                .map(|at| at.0),
            revoked_at: row.revoked_at,
            revoked_by: row.revoked_by,
            revoke_reason: row.revoke_reason,
            replaced,
            machines: i64::try_from(pins.candidates().count()).unwrap_or(i64::MAX),
            pressed_at: press.map(|press| press.at.0),
            approvals: look.approvals_of(reach, id, self.now).await?,
            moves,
        })
    }

    /// What a claim with this would be found by.
    fn in_hand(&self, found: &TokenFound, by: By) -> InHand {
        match (&self.held, by) {
            (_, By::OldCode) => InHand::OldLabel,
            // Whoever typed a code beside it has that right or wrong, whatever the number was found by.
            (
                Held::Named {
                    proof:
                        Proof::Code {
                            digest,
                            carried: false,
                            ..
                        },
                    ..
                },
                By::Name,
            ) if found.code.is_some() => {
                InHand::Identifier(found.code.map(|own| own.ct_eq(digest).into()))
            }
            (_, By::Name) | (Held::QrToken(..), By::Itself) => InHand::Label,
            (Held::AuthToken(_), By::Itself) => InHand::AuthToken,
            (Held::Named { proof, .. }, By::Itself) => InHand::Identifier(match proof {
                // A label that carries a code has it whatever its batch asks for.
                Proof::Code { carried: true, .. } if found.proof != Some(ClaimProof::ClaimCode) => {
                    None
                }
                Proof::Code { digest, .. } => {
                    Some(found.code.is_some_and(|own| own.ct_eq(digest).into()))
                }
                Proof::Nothing | Proof::Presence | Proof::Approval => None,
            }),
        }
    }

    /// What is in the way because of where things are.
    async fn apart(
        &self,
        look: &mut Work,
        found: &TokenFound,
        by: By,
    ) -> Result<Vec<ClaimObstacle>, StoreError> {
        let mut obstacles = Vec::new();
        if let (Held::QrToken(_, Some(named)), By::Itself) = (&self.held, by)
            && *named != found.org
        {
            obstacles.push(ClaimObstacle::NamesAnother);
        }
        if let Some(user) = &self.claimer
            && !look.is_at_or_above(found.org, user.org_id).await?
        {
            obstacles.push(ClaimObstacle::OtherBranch);
        }
        Ok(obstacles)
    }

    async fn wrong_codes(
        &self,
        core: &Core,
        look: &mut Work,
        identifier: Option<&str>,
        proof: Option<ClaimProof>,
    ) -> Result<Option<WrongCodes>, StoreError> {
        let Some(identifier) = identifier.filter(|_| proof == Some(ClaimProof::ClaimCode)) else {
            return Ok(None);
        };
        let names = Names::of(identifier);
        let target = limits::claim_target(core, names.main());
        let left = limits::left(look, &[target], self.now).await?;
        Ok(left.first().map(|budget| WrongCodes {
            count: budget.most - budget.left,
            wait: (budget.left == 0).then_some(budget.wait),
        }))
    }

    /// Whoever claims, and what is in their way whatever the label. What is counted by origin is not known of them.
    async fn claimer(
        &self,
        core: &Core,
        look: &mut Work,
    ) -> Result<Option<WhyClaimer>, StoreError> {
        let Some(user) = &self.claimer else {
            return Ok(None);
        };
        let counted = self.counted(core, user.id);
        let budgets: Vec<Counted> = counted.iter().map(|&(_, counted)| counted).collect();
        let left = limits::left(look, &budgets, self.now).await?;
        let mut waits: Vec<ClaimWait> = Vec::new();
        for (&(limit, _), budget) in counted.iter().zip(left) {
            let is_known = waits.iter().any(|wait| wait.limit == limit);
            if budget.left == 0 && !is_known {
                let seconds = budget.wait;
                waits.push(ClaimWait { limit, seconds });
            }
        }
        Ok(Some(WhyClaimer {
            org_name: look.org_name(user.org_id).await?,
            has_room: look.has_room(user.org_id, None, 1).await?,
            user: user.clone(),
            waits,
        }))
    }

    fn counted(&self, core: &Core, user: UserId) -> Vec<(ClaimLimit, Counted)> {
        let account = Actor::User(user).to_string();
        let named = match &self.held {
            Held::Named { names, .. } => names.main(),
            _ => "",
        };
        let mut counted = vec![
            (ClaimLimit::Labels, limits::claim_account(core, &account)),
            (
                ClaimLimit::Identifiers,
                limits::bare_account(core, &account),
            ),
        ];
        let [code] = limits::claim_code(core, &account, named);
        counted.push((ClaimLimit::Codes, code));
        for one in limits::presence(core, &account, named) {
            counted.push((ClaimLimit::Buttons, one));
        }
        let [question] = limits::approval(core, &account);
        counted.push((ClaimLimit::Questions, question));
        counted
    }

    /// Refused claims of this text, as people send it: as it was typed, as its label has it, alone and with each proof.
    async fn refused(&self, core: &Core, look: &mut Work) -> Result<Vec<RefusedClaim>, StoreError> {
        let mut texts = vec![self.text().to_owned()];
        match &self.held {
            Held::Named { names, .. } => {
                texts.extend([names.main().to_owned(), caseless(self.text().trim())]);
            }
            Held::QrToken(..) => texts.extend(forms(core, self.text())),
            Held::AuthToken(_) => {}
        }
        let users = [None, self.claimer.as_ref().map(|user| user.id)];
        let mut requests: Vec<Digest> = Vec::new();
        for text in texts {
            for user_id in users {
                let plain = ClaimRequest {
                    user_id,
                    ..ClaimRequest::of_label(Secret::new(text.clone()))
                };
                let code = self.request.claim_code.clone();
                let with = [
                    plain.clone(),
                    ClaimRequest {
                        claim_code: code,
                        ..plain.clone()
                    },
                    ClaimRequest {
                        presence: true,
                        ..plain.clone()
                    },
                    ClaimRequest {
                        ask_approval: true,
                        ..plain
                    },
                ];
                requests.extend(with.iter().map(|request| digest_of(core, request)));
            }
        }
        look.refused_claims(self.acting.reach(), &requests).await
    }
}

/// A label's code alone, and as the link that is printed.
fn forms(core: &Core, text: &str) -> Vec<String> {
    let Some(handover_label::Claim::QrToken { token, .. }) = handover_label::claim(text) else {
        return Vec::new();
    };
    let mut forms = vec![token.expose().to_owned()];
    let link = |token: &QrToken| core.address.get().map(|base| claim_link(base, token));
    forms.extend(link(&token));
    forms
}

/// What a device's hands are called. A transfer whose time is over is over, be it written down yet or not.
fn state(hands: Hands, now: Time) -> HandsState {
    match hands {
        Hands::InTransfer { until, .. } if until <= now => HandsState::Claimed,
        hands => hands.state(),
    }
}
