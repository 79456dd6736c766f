//! A gateway of a mesh whose radio and memory somebody else has: a simulator, which takes its power and gives it back.

use std::collections::BTreeMap;
use std::sync::Arc;

use handover_device::link::Link;
use handover_device::{AuthToken, GatewayConfig, Store};
use handover_wire::Secret;
use tokio_util::sync::CancellationToken;

use crate::config::CloudConfig;
use crate::desk::{Desk, DeskConfig};
use crate::rules::Rules;
use crate::up::http::Cloud;
use crate::up::mesh::{Between, Mesh, NoMesh};
use crate::up::mqtt::Down;
use crate::up::roster::Rosters;
use crate::{Clock, GatewayError};

/// What such a gateway is given.
pub struct Meshed<L, S> {
    /// Where its cloud is.
    pub cloud: CloudConfig,
    /// Its auth token.
    pub token: AuthToken,
    /// How it behaves in the mesh.
    pub config: GatewayConfig,
    /// Its radio.
    pub link: L,
    /// What it keeps of the mesh.
    pub mesh: S,
    /// What it keeps at its desk.
    pub desk: S,
    /// What time it takes it to be.
    pub clock: Clock,
}

/// Runs it until it is told to stop, with the ways up and down that every gateway has. It has no inputs, and decodes JSON by
/// pins. Once this returns nobody writes into its stores, so that it can be run again with them; where the future is dropped
/// that is a moment later.
///
/// # Errors
/// Where it cannot start, or a store failed.
pub async fn run_meshed<L: Link, S: Store + 'static>(
    meshed: Meshed<L, S>,
    stop: &CancellationToken,
) -> Result<(), GatewayError> {
    let cloud = Cloud::new(&meshed.cloud, Secret::new(meshed.token.text()))?;
    let rules = Arc::new(Rules::default());
    let desk = DeskConfig {
        rules: rules.clone(),
        sources: BTreeMap::new(),
        keep: 0,
        orders: None,
        clock: meshed.clock.clone(),
    };
    let (desk, mut failure) = Desk::over(meshed.desk, desk).map_err(NoMesh::Store)?;
    let mesh = Mesh::over(meshed.mesh, meshed.link, meshed.config)?;
    let rosters = Arc::new(Rosters::new(cloud, desk.clone()));
    let down = Down::new(&meshed.cloud, desk.clone(), rosters.clone())?;
    let between = Between::new(rosters.clone(), desk.clone(), rules, meshed.clock);
    let orders = async {
        match &down {
            Some(down) => down.run(stop).await,
            None => std::future::pending().await,
        }
    };
    let ended = tokio::select! {
        ended = mesh.run(&between, stop) => ended.map_err(GatewayError::Mesh),
        ended = orders => ended.map_err(|_| GatewayError::Broken),
        failed = &mut failure => return Err(match failed {
            Ok(store) => NoMesh::Store(store).into(),
            Err(_) => GatewayError::Broken,
        }),
    };
    drop((between, down, rosters, desk));
    // Its thread has written what it was asked for by then.
    let _ = failure.await;
    ended
}
