//! Which nodes the gateway has: asked again and again, since people pair and part them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use handover_wire::{DeviceId, Secret, TunnelledNode};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::http::{Cloud, Unheard};
use crate::desk::Desk;
use crate::keep::Known;
use crate::noted::Dropped;

/// How often the cloud is asked,
const EVERY: Duration = Duration::from_secs(60);
/// how soon after a failure,
const AGAIN: Duration = Duration::from_secs(5);
/// and how soon at the least where a stranger was heard.
const SOON: Duration = Duration::from_secs(10);

/// The nodes, and who asks for them.
pub struct Rosters {
    cloud: Cloud,
    desk: Desk,
    /// None before the cloud has told them for the first time since the start. Sent with each answer.
    nodes: watch::Sender<Option<Arc<[TunnelledNode]>>>,
    /// Why the cloud is away, as the log says it.
    away: Mutex<Option<String>>,
    dropped: Mutex<Dropped>,
}

impl Rosters {
    /// Nobody is known yet.
    pub fn new(cloud: Cloud, desk: Desk) -> Self {
        Self {
            cloud,
            desk,
            nodes: watch::Sender::new(None),
            away: Mutex::default(),
            dropped: Mutex::default(),
        }
    }

    /// The cloud.
    pub fn cloud(&self) -> &Cloud {
        &self.cloud
    }

    /// The nodes, as they are now, and what comes.
    pub fn follow(&self) -> watch::Receiver<Option<Arc<[TunnelledNode]>>> {
        self.nodes.subscribe()
    }

    /// Whether the cloud has told them since the start.
    pub fn is_known(&self) -> bool {
        self.nodes.borrow().is_some()
    }

    /// What the gateway speaks for a node with.
    pub fn token_of(&self, device: DeviceId) -> Option<Secret> {
        let nodes = self.nodes.borrow();
        let mut nodes = nodes.iter().flat_map(|nodes| nodes.iter());
        nodes.find(|node| node.device_id == device)?.token.clone()
    }

    /// A node's template.
    pub fn template_of(&self, device: DeviceId) -> Option<String> {
        let nodes = self.nodes.borrow();
        let mut nodes = nodes.iter().flat_map(|nodes| nodes.iter());
        let found = nodes.find(|node| node.device_id == device)?;
        Some(found.template_id.0.clone())
    }

    /// Waits until the cloud tells them again.
    pub async fn told(&self) {
        // The sender is this value's own, so it is there.
        let _ = self.follow().changed().await;
    }

    /// Asks now.
    ///
    /// # Errors
    /// Where the cloud does not tell them.
    pub async fn refresh(&self) -> Result<(), Unheard> {
        let asked = self.cloud.nodes().await;
        self.note(&asked);
        let (nodes, now) = asked?;
        if let Some(now) = now {
            // Where the desk has stopped the gateway ends, and whoever runs it hears why.
            let _ = self.desk.cloud_time(now).await;
        }
        let nodes: Arc<[TunnelledNode]> = nodes.into();
        let known = nodes.iter().map(|node| Known {
            device: node.device_id,
            name: node.name.clone(),
            template: node.template_id.0.clone(),
            is_of_mesh: node.mesh.is_some(),
        });
        let _ = self.desk.nodes(known.collect()).await;
        self.nodes.send_replace(Some(nodes));
        Ok(())
    }

    /// Says in the log that the cloud is away, or back, each once.
    pub fn note<T>(&self, said: &Result<T, Unheard>) {
        let why = match said {
            Ok(_) | Err(Unheard::Refused(_)) => None,
            Err(why) => Some(why.to_string()),
        };
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        match (&*away, &why) {
            (Some(_), None) => tracing::info!("the cloud is back"),
            (before, Some(why)) if before.as_ref() != Some(why) => {
                tracing::warn!(%why, "the cloud does not take what there is: it is kept");
            }
            _ => {}
        }
        *away = why;
    }

    /// The cloud has not taken so many values of a node, now or ever. They are counted, and the log says it.
    pub fn drop_for(&self, device: DeviceId, why: &str, values: usize) {
        let mut dropped = self.dropped.lock().unwrap_or_else(PoisonError::into_inner);
        if dropped.note(&device.to_string(), why, values) {
            tracing::warn!(%device, values, why, "the cloud does not take it: it is dropped");
        }
    }

    /// Says in the log how much the cloud has not taken since that was said last.
    pub fn tell_dropped(&self) {
        let mut dropped = self.dropped.lock().unwrap_or_else(PoisonError::into_inner);
        for (why, count) in dropped.due() {
            let (values, since_start) = (count.new, count.all);
            tracing::warn!(
                values,
                since_start,
                why,
                "so much was dropped that the cloud did not take"
            );
        }
    }

    /// Goes on asking until it is told to stop.
    pub async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let wait = match self.refresh().await {
                Ok(()) => EVERY,
                Err(Unheard::Busy(least)) => least.max(AGAIN),
                Err(_) => AGAIN,
            };
            self.tell_dropped();
            let stranger = async {
                tokio::time::sleep(SOON).await;
                self.desk.stranger.notified().await;
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = stranger => {}
                () = stop.cancelled() => {}
            }
        }
    }
}
