//! Who plays a fleet, and what: the same whoever starts it.

use std::sync::Arc;

use handover_device::AuthToken;

use crate::fleet::Fleet;
use crate::journal::Journal;
use crate::play::{Played, Progress, Stage, play, play_hubs};
use crate::script::{Script, Step};

/// The devices of a fleet.
pub enum Cast {
    /// Each by itself.
    Direct(Vec<AuthToken>),
    /// Gateways, and the nodes that each speaks for.
    Hubs(Vec<(AuthToken, Vec<AuthToken>)>),
}

impl Cast {
    /// How many there are, gateways too.
    pub fn len(&self) -> usize {
        match self {
            Self::Direct(tokens) => tokens.len(),
            Self::Hubs(hubs) => hubs.iter().map(|(_, nodes)| 1 + nodes.len()).sum(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of the first numbers are gateways'.
    fn gateways(&self) -> u32 {
        match self {
            Self::Direct(_) => 0,
            Self::Hubs(hubs) => u32::try_from(hubs.len()).unwrap_or(u32::MAX),
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
    match plot {
        Plot::Journal(Journal(mut all)) => {
            let steps = |number| all.remove(&number).unwrap_or_default().into_iter();
            perform_with(stage, cast, steps, progress).await;
        }
        Plot::Fleet(fleet) => {
            let (of_gateways, gateways) = (fleet.of_gateways(), cast.gateways());
            let steps = |number| match number < gateways {
                true => Script::new(&of_gateways, number),
                false => Script::new(&fleet, number),
            };
            perform_with(stage, cast, steps, progress).await;
        }
    }
}

async fn perform_with<S>(
    stage: &Stage,
    cast: Cast,
    mut steps: impl FnMut(u32) -> S,
    progress: &Arc<Progress>,
) where
    S: Iterator<Item = Step> + Send + 'static,
{
    let mut nodes = cast.gateways()..;
    let mut numbered =
        |(number, token): (u32, AuthToken)| -> Played<S> { (number, token, steps(number)) };
    match cast {
        Cast::Direct(tokens) => {
            let devices: Vec<_> = (0..).zip(tokens).map(numbered).collect();
            play(stage, devices, progress).await;
        }
        Cast::Hubs(hubs) => {
            let hubs = (0..).zip(hubs).map(|(number, (token, own))| {
                let gateway = numbered((number, token));
                let own = own
                    .into_iter()
                    .map(|token| (nodes.next().unwrap_or(u32::MAX), token));
                (gateway, own.map(&mut numbered).collect())
            });
            let hubs: Vec<_> = hubs.collect();
            play_hubs(stage, hubs, progress).await;
        }
    }
}
