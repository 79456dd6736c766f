//! A gateway changes hands together with nodes of it: all of those that are meant, or none. What becomes of each is what becomes
//! of one alone; who may do it is asked for each.

use std::collections::HashSet;

use handover_wire::{
    DeviceId, GatewayOutcome, GatewayOutcomes, History, LabelChoice, LabelImage, OrgId,
};

use super::disclaim::Taking;
use super::kept::Keyed;
use super::release::{Giving, for_later, read_again};
use super::transfer::{ToWhom, Transfer, destination};
use super::{HandsError, NewLabel, find, image};
use crate::clock::Time;
use crate::domain::{Acting, FieldError, MOST_TOGETHER, NotPaired, Part, Reason};
use crate::service::gateways::GatewayError;
use crate::service::notices::{self, GivenUp};
use crate::service::{Broken, Core, breaks};
use crate::store::{DeviceHands, Write, change};

/// What is done with them.
#[derive(Clone, Copy, Debug)]
pub enum Manner {
    /// They are given up.
    Release {
        /// What becomes of what they said.
        history: History,
        /// Whether they wait together for whoever is next.
        keep_together: bool,
    },
    /// They go to somebody else.
    Transfer {
        /// To whom.
        to: ToWhom,
        /// What becomes of what they said.
        history: Option<History>,
    },
    /// Their maker takes them back.
    TakeBack {
        /// What becomes of their labels.
        label: Option<LabelChoice>,
        /// What becomes of what they said.
        history: History,
        /// Whether they wait together for whoever is next.
        keep_together: bool,
    },
}

/// Which, and what else was said.
#[derive(Clone, Copy, Debug)]
pub struct Mind<'a> {
    /// The gateway.
    pub gateway: DeviceId,
    /// Nodes that go with it; all within reach where none are named.
    pub nodes: Option<&'a [DeviceId]>,
    /// Why.
    pub reason: Option<&'a str>,
    /// Nothing is done.
    pub dry_run: bool,
}

/// Why a change ends without having happened.
#[derive(Debug, thiserror::Error)]
enum Stop {
    /// It may not happen.
    #[error(transparent)]
    Not(GatewayError),
    /// It was only to be tried.
    #[error("it was only tried")]
    Tried(GatewayOutcomes),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(Stop);

impl From<HandsError> for Stop {
    fn from(error: HandsError) -> Self {
        match error {
            HandsError::Broken(broken) => Self::Broken(broken),
            error => Self::Not(GatewayError::Hands(error)),
        }
    }
}

impl From<super::kept::KeyUsed> for Stop {
    fn from(used: super::kept::KeyUsed) -> Self {
        HandsError::from(used).into()
    }
}

/// Has a gateway and its nodes change hands. Where it is only tried, it happens and is taken back: so the answer is exactly what
/// would be. `request` is the request with its key, for the same answer to the same key.
pub async fn change_hands(
    core: &Core,
    acting: &Acting,
    (which, manner): (Mind<'_>, Manner),
    (request, key): (&impl serde::Serialize, Option<&str>),
) -> Result<GatewayOutcomes, GatewayError> {
    let reason = Reason::parse(which.reason).map_err(GatewayError::Field)?;
    let now = core.now();
    let key = key.filter(|_| !which.dry_run);
    let keyed = Keyed::new(core, "gateway", key, request)?;
    let done = change!(core.store, |write| {
        if let Some(before) = keyed.before::<Stop>(write, acting).await? {
            return Ok(read_again(core, &before)?);
        }
        let means = Means {
            core,
            acting,
            reason: reason.as_ref(),
            manner,
            now,
        };
        let answer = means.all(write, which).await?;
        if which.dry_run {
            return Err(Stop::Tried(answer));
        }
        let body = for_later(core, &answer)?;
        keyed.keep(core, write, acting, body).await?;
        Ok::<_, Stop>(answer)
    });
    match done {
        Ok(answer) | Err(Stop::Tried(answer)) => Ok(answer),
        Err(Stop::Not(error)) => Err(error),
        Err(Stop::Broken(broken)) => Err(broken.into()),
    }
}

/// A device that went, as it was before.
struct Went {
    device: DeviceHands,
    /// Its static token and who made that, where it is nobody's now.
    token: Option<(i64, OrgId)>,
    label: Option<LabelImage>,
    label_kept: bool,
}

struct Means<'a> {
    core: &'a Core,
    acting: &'a Acting,
    reason: Option<&'a Reason>,
    manner: Manner,
    now: Time,
}

impl Means<'_> {
    async fn all(&self, write: &mut Write, which: Mind<'_>) -> Result<GatewayOutcomes, Stop> {
        let all = self.those(write, which).await?;
        let along: Vec<DeviceId> = all.iter().map(|(id, _)| *id).collect();
        let mut outcomes = Vec::new();
        let mut went = Vec::new();
        for (device_id, name) in all {
            let (label, error) = match self.one(write, (which.gateway, &along), device_id).await {
                Ok(mut one) => {
                    // What is only tried has no label that anybody could use.
                    let label = one.label.take().filter(|_| !which.dry_run);
                    went.push(one);
                    (label, None)
                }
                Err(HandsError::Broken(broken)) => return Err(broken.into()),
                Err(error) if which.dry_run => (None, Some(error.told()?)),
                Err(error) => return Err(Stop::Not(GatewayError::Of(device_id, error))),
            };
            outcomes.push(GatewayOutcome {
                device_id,
                name,
                label,
                error,
            });
        }
        if outcomes.iter().all(|outcome| outcome.error.is_none()) {
            self.afterwards(write, which.gateway, &went).await?;
        }
        Ok(GatewayOutcomes { outcomes })
    }

    /// The gateway, and the nodes that are to go with it, each with its name.
    async fn those(
        &self,
        write: &mut Write,
        which: Mind<'_>,
    ) -> Result<Vec<(DeviceId, String)>, Stop> {
        let gateway = find(write, self.acting, which.gateway).await?;
        gateway.hands.holder().map_err(HandsError::from)?;
        let standing = write.standing(gateway.id).await?;
        if standing.is_none_or(|one| one.part != Part::Gateway) {
            return Err(Stop::Not(GatewayError::NotPaired(NotPaired::NoGateway)));
        }
        let nodes = write.nodes_of(self.acting.reach(), gateway.id).await?;
        let named: Option<HashSet<_>> = which.nodes.map(|nodes| nodes.iter().copied().collect());
        if let Some(named) = &named {
            let of_it: HashSet<_> = nodes.iter().map(|node| node.device_id).collect();
            if let Some(&other) = named.difference(&of_it).next() {
                return Err(HandsError::NotFound(other).into());
            }
        }
        let mut all = vec![(gateway.id, gateway.name)];
        let is_meant = |id: DeviceId| named.as_ref().is_none_or(|named| named.contains(&id));
        let meant = nodes.into_iter().filter(|node| is_meant(node.device_id));
        all.extend(meant.map(|node| (node.device_id, node.name)));
        if all.len() > MOST_TOGETHER + 1 {
            return Err(Stop::Not(GatewayError::Field(FieldError {
                field: "nodeIds",
                must: "500 nodes at the most",
            })));
        }
        Ok(all)
    }

    async fn one(
        &self,
        write: &mut Write,
        (gateway, along): (DeviceId, &[DeviceId]),
        id: DeviceId,
    ) -> Result<Went, HandsError> {
        let (core, acting, reason, now) = (self.core, self.acting, self.reason, self.now);
        let together = Some(gateway);
        match self.manner {
            Manner::Release { history, .. } => {
                let giving = Giving {
                    history,
                    reason,
                    together,
                    along,
                };
                let label = NewLabel::draw(core);
                let (device, token) = giving.one(core, write, acting, (id, &label), now).await?;
                Ok(Went {
                    device,
                    token: Some(token),
                    label: Some(image(core, &label.token)?),
                    label_kept: false,
                })
            }
            Manner::Transfer { to, history } => {
                let transfer = Transfer {
                    core,
                    acting,
                    to: destination(write, acting, to).await?,
                    reason,
                    history,
                    together,
                    dry_run: false,
                    now,
                };
                let device = find(write, acting, id).await?;
                transfer.one(write, id, 0).await?;
                Ok(Went {
                    device,
                    token: None,
                    label: None,
                    label_kept: false,
                })
            }
            Manner::TakeBack { label, history, .. } => {
                let taking = Taking {
                    label,
                    history,
                    reason,
                    together,
                    along,
                };
                let taken = taking.one(core, write, acting, id, now).await?;
                Ok(Went {
                    device: taken.device,
                    token: Some(taken.token),
                    label: None,
                    label_kept: taken.label == LabelChoice::Keep,
                })
            }
        }
    }

    /// Once all of them went: they stay together, and whoever had them is told.
    async fn afterwards(
        &self,
        write: &mut Write,
        gateway: DeviceId,
        went: &[Went],
    ) -> Result<(), Stop> {
        let [own, nodes @ ..] = went else {
            return Ok(());
        };
        let (keeps, how) = match self.manner {
            Manner::Transfer { .. } => {
                // With other keys on the air: whoever had them before reads nothing that comes after.
                for node in nodes {
                    write.pair(node.device.id, gateway, self.now).await?;
                }
                return Ok(());
            }
            Manner::Release {
                keep_together,
                history,
            } => (keep_together, GivenUp::ForYou { history }),
            Manner::TakeBack {
                keep_together,
                history,
                ..
            } => {
                let label_kept = own.label_kept;
                let how = GivenUp::TakenBack {
                    label_kept,
                    history,
                    reason: self.reason,
                };
                (keep_together, how)
            }
        };
        if let Some((with, maker)) = own.token.filter(|_| keeps) {
            // One of another maker's cannot be claimed with it everywhere, so it waits by itself.
            let theirs = nodes.iter().filter_map(|node| node.token);
            for (token, _) in theirs.filter(|&(_, org)| org == maker) {
                write.set_waiting(token, Some(with)).await?;
            }
        }
        let devices: Vec<&DeviceHands> = went.iter().map(|one| &one.device).collect();
        notices::released(self.core, write, self.acting, &devices, how).await?;
        Ok(())
    }
}
