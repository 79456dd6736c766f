//! Who plays a fleet, and what: the same whoever starts it.

use std::sync::Arc;

use handover_device::AuthToken;

use crate::fleet::Fleet;
use crate::journal::{Journal, Recorded, Topology};
use crate::mesh::Mesh;
use crate::play::{Hub, Played, Progress, Stage, play, play_hubs};
use crate::script::{Script, Scripts, Steps};

/// Files that a gateway of a mesh has open at its end: connections to the cloud by HTTP, which it asks, tells and waits at, and one
/// by MQTT.
pub const FILES_IN_MESH: u32 = 5;

/// The devices of a fleet.
pub enum Cast {
    /// Each by itself.
    Direct(Vec<AuthToken>),
    /// Gateways, and the nodes that each speaks for.
    Hubs(Vec<(AuthToken, Vec<AuthToken>)>),
    /// Gateways, and the nodes of each, which carry each other's messages to them; and the seed of where they are.
    Mesh(u64, Vec<(AuthToken, Vec<AuthToken>)>),
}

impl Cast {
    /// How many there are, gateways too.
    pub fn len(&self) -> usize {
        match self {
            Self::Direct(tokens) => tokens.len(),
            Self::Hubs(hubs) | Self::Mesh(_, hubs) => {
                hubs.iter().map(|(_, nodes)| 1 + nodes.len()).sum()
            }
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many files they have open at their ends of connections at the most.
    pub fn files(&self) -> u64 {
        match self {
            Self::Direct(tokens) => u64::try_from(tokens.len()).unwrap_or(u64::MAX),
            Self::Hubs(_) => self.gateways().into(),
            Self::Mesh(..) => u64::from(self.gateways()) * u64::from(FILES_IN_MESH),
        }
    }

    /// What a recording says of them, where chance begins with that seed.
    pub fn recorded(&self, seed: u64) -> Recorded {
        let (topology, seed) = match self {
            Self::Direct(_) => (Topology::Direct, seed),
            Self::Hubs(_) => (Topology::Hub, seed),
            Self::Mesh(seed, _) => (Topology::Mesh, *seed),
        };
        let gateways = self.gateways();
        let all = u32::try_from(self.len()).unwrap_or(u32::MAX);
        Recorded {
            topology,
            seed,
            gateways,
            devices: all.saturating_sub(gateways),
        }
    }

    /// How many of the first numbers are gateways'.
    fn gateways(&self) -> u32 {
        match self {
            Self::Direct(_) => 0,
            Self::Hubs(hubs) | Self::Mesh(_, hubs) => u32::try_from(hubs.len()).unwrap_or(u32::MAX),
        }
    }
}

/// What they do.
pub enum Plot {
    /// What follows from a seed.
    Fleet(Fleet),
    /// What was recorded.
    Journal(Journal),
}

/// Plays all of it to its end, or until it is stopped. Gateways have the first numbers, and their nodes those after them, in
/// the order in which they are given.
pub async fn perform(stage: &Stage, cast: Cast, plot: Plot, progress: &Arc<Progress>) {
    let gateways = cast.gateways();
    match cast {
        Cast::Direct(tokens) => {
            let mut steps = scripts(plot, gateways);
            let devices = (0..).zip(tokens);
            let devices =
                devices.map(|(number, token)| -> Played<Steps> { (number, token, steps(number)) });
            play(stage, devices.collect::<Vec<_>>(), progress).await;
        }
        Cast::Hubs(hubs) => {
            let mut steps = scripts(plot, gateways);
            let mut numbered = |(number, token): (u32, AuthToken)| (number, token, steps(number));
            let mut nodes = gateways..;
            let hubs = (0..).zip(hubs).map(|(number, (token, own))| {
                let gateway = numbered((number, token));
                let own = own
                    .into_iter()
                    .map(|token| (nodes.next().unwrap_or(u32::MAX), token));
                (gateway, own.map(&mut numbered).collect())
            });
            let hubs: Vec<Hub<Steps>> = hubs.collect();
            play_hubs(stage, hubs, progress).await;
        }
        Cast::Mesh(seed, hubs) => {
            let mesh = Mesh::new(seed, hubs);
            let steps = match plot {
                Plot::Fleet(fleet) => mesh.scripts(&fleet),
                recorded @ Plot::Journal(_) => scripts(recorded, gateways),
            };
            mesh.play(stage, steps, progress).await;
        }
    }
}

/// What each does, by its number.
fn scripts(plot: Plot, gateways: u32) -> Scripts {
    match plot {
        Plot::Journal(Journal { steps: mut all, .. }) => {
            Box::new(move |number| Box::new(all.remove(&number).unwrap_or_default().into_iter()))
        }
        Plot::Fleet(mut fleet) => {
            let of_gateways = fleet.of_gateways();
            if gateways > 0 {
                // A gateway of these carries values alone.
                fleet.uploads = 0.0;
            }
            Box::new(move |number| match number < gateways {
                true => Box::new(Script::new(&of_gateways, number)),
                false => Box::new(Script::new(&fleet, number)),
            })
        }
    }
}
