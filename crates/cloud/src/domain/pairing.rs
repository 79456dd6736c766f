//! Gateways and their nodes: what a device is among them, and when it becomes something else.

use handover_wire::{DeviceId, OrgId, PairingProblem};

use crate::clock::Time;

/// Nodes of one gateway at the most.
pub const MOST_NODES: i64 = 1_000;
/// Devices that change hands together with their gateway at the most: it is one change.
pub const MOST_TOGETHER: usize = 500;
/// Minutes for which a join window may be open at the most.
pub const MOST_MINUTES: i64 = 60;

/// What a device is among gateways and nodes. It is one of these, so that no node has two gateways, and no gateway is behind
/// another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its template lets it speak for nodes.
    Gateway,
    /// This gateway speaks for it.
    Node {
        /// Which.
        of: DeviceId,
    },
    /// It speaks for itself.
    Alone,
}

/// A gateway that somebody has, with room for what it has. Made by `Part::as_gateway` alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gateway {
    id: DeviceId,
    nodes: i64,
}

/// Why two devices are not paired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPaired {
    /// It speaks for no nodes.
    #[error("the device is no gateway")]
    NoGateway,
    /// They do not go together.
    #[error("these two cannot be paired: {0:?}")]
    Unfit(PairingProblem),
}

/// What comes of pairing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paired {
    /// The node is this gateway's from now on.
    Now,
    /// It was before.
    Already,
}

impl Part {
    /// What a device is: whether its template lets it speak for nodes, and which gateway speaks for it. What became a node
    /// stays one while it is paired, whatever its template says later.
    pub fn of(speaks_for_nodes: bool, gateway: Option<DeviceId>) -> Self {
        match gateway {
            Some(of) => Self::Node { of },
            None if speaks_for_nodes => Self::Gateway,
            None => Self::Alone,
        }
    }

    /// The same device as somebody's gateway, with so many nodes.
    pub fn as_gateway(self, id: DeviceId, nodes: i64) -> Result<Gateway, NotPaired> {
        match self {
            Self::Gateway => Ok(Gateway { id, nodes }),
            Self::Node { .. } | Self::Alone => Err(NotPaired::NoGateway),
        }
    }

    /// Pairs it with a gateway. `is_within` says whether it is in the gateway's organization or below. What is another
    /// gateway's has to be moved, so that nobody takes it by mistake.
    pub fn pair(self, with: Gateway, is_within: bool) -> Result<Paired, NotPaired> {
        match self {
            Self::Node { of } if of == with.id => Ok(Paired::Already),
            Self::Node { .. } => Err(NotPaired::Unfit(PairingProblem::Elsewhere)),
            Self::Gateway => Err(NotPaired::Unfit(PairingProblem::IsGateway)),
            Self::Alone => with.takes(is_within),
        }
    }

    /// Moves it from the gateway that it has to another one.
    pub fn go_to(self, with: Gateway, is_within: bool) -> Result<Paired, NotPaired> {
        match self {
            Self::Node { of } if of == with.id => Ok(Paired::Already),
            Self::Node { .. } => with.takes(is_within),
            Self::Gateway => Err(NotPaired::Unfit(PairingProblem::IsGateway)),
            Self::Alone => Err(NotPaired::Unfit(PairingProblem::NotPaired)),
        }
    }
}

impl Gateway {
    fn takes(self, is_within: bool) -> Result<Paired, NotPaired> {
        if !is_within {
            Err(NotPaired::Unfit(PairingProblem::Organization))
        } else if self.nodes >= MOST_NODES {
            Err(NotPaired::Unfit(PairingProblem::Full))
        } else {
            Ok(Paired::Now)
        }
    }
}

/// A label that nobody has, as its maker puts it together with others. Whoever claims the gateway's gets the nodes' with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingLabel {
    /// The label.
    pub token: i64,
    /// The organization that made it.
    pub org: OrgId,
    /// Whether its template lets its device speak for nodes.
    pub speaks_for_nodes: bool,
    /// The gateway's label that it waits with.
    pub with: Option<i64>,
}

impl WaitingLabel {
    /// Has it wait with a gateway, with which so many wait already. The two are of one maker, so that whoever may claim the one
    /// may claim the other.
    pub fn wait_with(self, gateway: Self, nodes: usize) -> Result<Paired, NotPaired> {
        let unfit = |problem| Err(NotPaired::Unfit(problem));
        match self.with {
            _ if !gateway.speaks_for_nodes => Err(NotPaired::NoGateway),
            _ if self.speaks_for_nodes => unfit(PairingProblem::IsGateway),
            Some(with) if with == gateway.token => Ok(Paired::Already),
            Some(_) => unfit(PairingProblem::Elsewhere),
            None if self.org != gateway.org => unfit(PairingProblem::Organization),
            None if nodes >= MOST_TOGETHER => unfit(PairingProblem::Full),
            None => Ok(Paired::Now),
        }
    }
}

/// Whether nodes may ask a gateway to speak for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinWindow {
    /// They may not.
    Closed,
    /// They may until then.
    Open {
        /// When it closes.
        until: Time,
    },
}

impl JoinWindow {
    /// As it is now, by when it was to close.
    pub fn at(until: Option<Time>, now: Time) -> Self {
        match until {
            Some(until) if now < until => Self::Open { until },
            _ => Self::Closed,
        }
    }

    /// Opened for so many minutes from now on; none closes it. None where it may not be open for so long.
    pub fn opened(minutes: i64, now: Time) -> Option<Self> {
        match minutes {
            0 => Some(Self::Closed),
            1..=MOST_MINUTES => Some(Self::Open {
                until: now.plus_seconds(minutes * 60),
            }),
            _ => None,
        }
    }

    /// When it closes, while it is open.
    pub fn until(self) -> Option<Time> {
        match self {
            Self::Open { until } => Some(until),
            Self::Closed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GATEWAY: DeviceId = DeviceId(1);

    fn gateway(nodes: i64) -> Gateway {
        let gateway = Part::Gateway.as_gateway(GATEWAY, nodes);
        gateway.expect("a gateway")
    }

    #[test]
    fn a_node_has_one_gateway_and_a_gateway_none() {
        use PairingProblem::{Elsewhere, Full, IsGateway, NotPaired as Unpaired, Organization};
        let unfit = |problem| Err(NotPaired::Unfit(problem));
        let (own, other) = (Part::Node { of: GATEWAY }, Part::Node { of: DeviceId(2) });
        for (part, nodes, is_within, pair, go_to) in [
            (Part::Alone, 0, true, Ok(Paired::Now), unfit(Unpaired)),
            (Part::Alone, 0, false, unfit(Organization), unfit(Unpaired)),
            (Part::Alone, MOST_NODES, true, unfit(Full), unfit(Unpaired)),
            (
                own,
                MOST_NODES,
                true,
                Ok(Paired::Already),
                Ok(Paired::Already),
            ),
            (other, 0, true, unfit(Elsewhere), Ok(Paired::Now)),
            (other, 0, false, unfit(Elsewhere), unfit(Organization)),
            (other, MOST_NODES, true, unfit(Elsewhere), unfit(Full)),
            (Part::Gateway, 0, true, unfit(IsGateway), unfit(IsGateway)),
        ] {
            let with = gateway(nodes);
            assert_eq!(part.pair(with, is_within), pair, "{part:?} {nodes}");
            assert_eq!(part.go_to(with, is_within), go_to, "{part:?} {nodes}");
        }
        for part in [own, Part::Alone] {
            assert_eq!(part.as_gateway(GATEWAY, 0), Err(NotPaired::NoGateway));
        }
    }

    #[test]
    fn what_waits_is_of_one_maker_and_in_one_set() {
        use PairingProblem::{Elsewhere, Full, IsGateway, Organization};
        let label = |token, org, speaks_for_nodes, with| WaitingLabel {
            token,
            org: OrgId(org),
            speaks_for_nodes,
            with,
        };
        let (gateway, none) = (label(1, 1, true, None), label(1, 1, false, None));
        let unfit = |problem| Err(NotPaired::Unfit(problem));
        for (node, gateway, nodes, want) in [
            (label(2, 1, false, None), gateway, 0, Ok(Paired::Now)),
            (label(2, 1, false, Some(1)), gateway, 0, Ok(Paired::Already)),
            (label(2, 1, false, Some(3)), gateway, 0, unfit(Elsewhere)),
            (label(2, 2, false, None), gateway, 0, unfit(Organization)),
            (label(2, 1, true, None), gateway, 0, unfit(IsGateway)),
            (label(1, 1, true, None), gateway, 0, unfit(IsGateway)),
            (
                label(2, 1, false, None),
                gateway,
                MOST_TOGETHER,
                unfit(Full),
            ),
            (label(2, 1, false, None), none, 0, Err(NotPaired::NoGateway)),
        ] {
            assert_eq!(node.wait_with(gateway, nodes), want, "{node:?} {nodes}");
        }
    }

    proptest! {
        #[test]
        fn a_window_closes_by_itself(minutes in -5_i64..100, after in 0_i64..10_000_000) {
            let now = Time(1_000);
            let Some(window) = JoinWindow::opened(minutes, now) else {
                prop_assert!(!(0..=MOST_MINUTES).contains(&minutes));
                return Ok(());
            };
            let later = JoinWindow::at(window.until(), Time(now.0 + after));
            prop_assert_eq!(later != JoinWindow::Closed, after < minutes * 60_000);
        }

        #[test]
        fn whatever_is_done_no_chain_comes_of_it(
            gateways in prop::collection::vec(any::<bool>(), 5),
            steps in prop::collection::vec((0_usize..5, 0_usize..5, any::<bool>(), any::<bool>()), 0..60),
        ) {
            let mut of: Vec<Option<usize>> = vec![None; 5];
            let id = |index: usize| DeviceId(i64::try_from(index).expect("small"));
            for (node, with, moves, is_within) in steps {
                let part = |of: &[Option<usize>], index: usize| {
                    Part::of(gateways[index], of[index].map(id))
                };
                let nodes = of.iter().filter(|&&one| one == Some(with)).count();
                let nodes = i64::try_from(nodes).expect("small");
                let Ok(gateway) = part(&of, with).as_gateway(id(with), nodes) else { continue };
                let before = part(&of, node);
                let done = if moves { before.go_to(gateway, is_within) } else { before.pair(gateway, is_within) };
                if done == Ok(Paired::Now) {
                    prop_assert!(is_within && node != with);
                    of[node] = Some(with);
                }
                for gateway in of.iter().flatten() {
                    prop_assert_eq!(of[*gateway], None);
                }
            }
        }
    }
}
