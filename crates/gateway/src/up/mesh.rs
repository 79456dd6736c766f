//! The mesh: what its nodes say goes up decoded, and what they are to be told goes down encoded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use handover_device::link::Link;
use handover_device::link::udp::UdpLink;
use handover_device::{
    Address, Away, Derivation, FileStore, Gateway, GatewayConfig, Item, Key, MAX_DOWN, MeshGateway,
    Message, NodeId, NodeKeys, Order, Outcome, Refused, RunError, Store, StoreError, Stranger,
    Uplink, seed,
};
use handover_wire::{
    DeviceId, MeshHop, MeshItem, MeshKeys, MeshLife, MeshMessage, MeshOrders, MeshOutcome,
    MeshSend, MeshState, MeshTold, TunnelledNode,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::asking::Asking;
use super::http::Unheard;
use super::roster::Rosters;
use crate::Clock;
use crate::config::MeshConfig;
use crate::desk::{Desk, MeshHeard};
use crate::keep::MeshId;
use crate::rules::{Rules, Unsayable, Who, unhex};

/// The file in the gateway's folder.
const STORE: &str = "mesh.store";
/// Orders that the mesh has not taken yet.
const WAITING: usize = 64;
/// After a failure the cloud is asked again so soon, at the least.
const AGAIN: Duration = Duration::from_secs(2);

/// A gateway of a mesh that listens already.
pub struct Mesh<S, L> {
    gateway: Gateway<S>,
    link: L,
}

/// Why the mesh does not run, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum NoMesh {
    /// Its store.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Its link.
    #[error("{0}")]
    Link(#[from] std::io::Error),
    /// It ran.
    #[error("{0}")]
    Run(#[from] RunError),
}

/// Between the mesh and the cloud.
pub struct Between {
    rosters: Arc<Rosters>,
    desk: Desk,
    rules: Arc<Rules>,
    clock: Clock,
    sender: mpsc::Sender<Order>,
    orders: tokio::sync::Mutex<mpsc::Receiver<Order>>,
    /// What was refused here, which the cloud is told, and does not say again.
    refused: Mutex<BTreeSet<(DeviceId, u64)>>,
    asking: Asking,
}

impl Mesh<FileStore, UdpLink> {
    /// Opens its store in the gateway's folder, and listens.
    ///
    /// # Errors
    /// Where one of the two does not work.
    pub async fn open(config: &MeshConfig, folder: &Path) -> Result<Self, NoMesh> {
        let store = FileStore::open(&folder.join(STORE)).map_err(StoreError::from)?;
        let link = UdpLink::bind(config.listen, config.neighbours.clone()).await?;
        Self::over(store, link, GatewayConfig::default())
    }
}

impl<S: Store, L: Link> Mesh<S, L> {
    /// Goes on with what a store has, over a link.
    ///
    /// # Errors
    /// Where the store cannot be read or written.
    pub fn over(store: S, link: L, config: GatewayConfig) -> Result<Self, NoMesh> {
        Ok(Self {
            gateway: Gateway::open(store, config, seed()?)?,
            link,
        })
    }

    /// Runs until it is told to stop.
    ///
    /// # Errors
    /// Where its store or its link failed.
    pub async fn run(self, between: &Between, stop: &CancellationToken) -> Result<(), NoMesh> {
        let paired = self.gateway.nodes().map(|(node, _)| node).collect();
        let running = MeshGateway::run(self.gateway, self.link, between);
        tokio::select! {
            ended = running => Ok(ended?),
            () = between.follow(paired) => Ok(()),
            () = between.asking.run(&between.rosters) => Ok(()),
            () = stop.cancelled() => Ok(()),
        }
    }
}

impl Between {
    /// Decodes by these rules.
    pub fn new(rosters: Arc<Rosters>, desk: Desk, rules: Arc<Rules>, clock: Clock) -> Self {
        let (sender, orders) = mpsc::channel(WAITING);
        Self {
            rosters,
            desk,
            rules,
            clock,
            sender,
            orders: tokio::sync::Mutex::new(orders),
            refused: Mutex::default(),
            asking: Asking::default(),
        }
    }

    /// Asks the cloud again and again what there is to do.
    async fn follow(&self, mut paired: BTreeSet<NodeId>) {
        let mut known: Option<MeshOrders> = None;
        let mut listed = None;
        loop {
            let asked = self.rosters.cloud().orders(known.as_ref()).await;
            self.rosters.note(&asked);
            let orders = match asked {
                Ok(orders) => orders,
                Err(why) => {
                    let least = match why {
                        Unheard::Busy(least) => least.max(AGAIN),
                        _ => AGAIN,
                    };
                    tokio::time::sleep(least).await;
                    continue;
                }
            };
            self.asking.open(orders.joining);
            if listed.as_ref() != Some(&orders.nodes) {
                if self.rosters.refresh().await.is_err() {
                    tokio::time::sleep(AGAIN).await;
                    continue;
                }
                listed = Some(orders.nodes.clone());
                self.pair(&mut paired).await;
            }
            // Those that the mesh has already change nothing.
            for send in &orders.sends {
                self.send(send).await;
            }
            known = Some(orders);
        }
    }

    /// Gives the mesh the nodes that there are, and takes from it those that are gone.
    async fn pair(&self, paired: &mut BTreeSet<NodeId>) {
        let nodes = self.rosters.follow().borrow().clone();
        let nodes = nodes.iter().flat_map(|nodes| nodes.iter());
        let with_keys = nodes.filter_map(|node| Some((node_id(node.device_id)?, keys_of(node)?)));
        let now: BTreeMap<_, _> = with_keys.collect();
        for node in paired.iter().filter(|node| !now.contains_key(node)) {
            self.order(Order::Unpair(*node)).await;
        }
        *paired = now.keys().copied().collect();
        for (node, keys) in now {
            self.order(Order::Pair(node, keys)).await;
        }
    }

    async fn order(&self, order: Order) {
        // The receiver is this value's own.
        let _ = self.sender.send(order).await;
    }

    /// Gives the mesh a message for a node.
    async fn send(&self, send: &MeshSend) {
        let (Some(node), Ok(command)) = (node_id(send.device_id), send.command.parse()) else {
            return;
        };
        match self.encode(send) {
            Ok(payload) if payload.len() <= MAX_DOWN => {
                self.order(Order::Send {
                    node,
                    command,
                    payload,
                })
                .await;
            }
            Ok(_) => {
                self.refuse(
                    send.device_id,
                    command,
                    "it does not fit a frame of the mesh",
                )
                .await
            }
            Err(why) => self.refuse(send.device_id, command, &why.to_string()).await,
        }
    }

    /// What a node is sent.
    fn encode(&self, send: &MeshSend) -> Result<Vec<u8>, Unsayable> {
        let template = self.rosters.template_of(send.device_id);
        let who = Who {
            device: send.device_id,
            template: template.as_deref().unwrap_or_default(),
            source: "",
        };
        self.rules.encode_all(&who, &send.values)
    }

    /// Tells the cloud that a message cannot be said.
    async fn refuse(&self, device: DeviceId, command: u64, why: &str) {
        let is_new = locked(&self.refused).insert((device, command));
        if !is_new {
            return;
        }
        tracing::warn!(%device, command, why, "an order cannot be said to a node");
        let told = MeshItem::Outcome(MeshTold {
            device_id: device,
            command: command.to_string(),
            outcome: MeshOutcome::Refused,
        });
        if self.rosters.cloud().report(vec![told]).await.is_err() {
            // The cloud says it again, and hears it then.
            locked(&self.refused).remove(&(device, command));
        }
    }

    /// What the cloud is told of it.
    async fn items(&self, items: Vec<Item>) -> Result<(Vec<MeshItem>, Vec<MeshId>), Away> {
        let messages = items.iter().filter_map(|item| match item {
            Item::Message(message) => Some(message),
            _ => None,
        });
        let heard: Vec<_> = messages.map(|message| self.heard(message)).collect();
        let ids = heard.iter().map(|heard| heard.id).collect();
        let values = self.desk.mesh(heard).await.map_err(|_| Away)?;
        let mut values = values.into_iter();
        let told = items.into_iter().filter_map(|item| {
            Some(match item {
                Item::Message(message) => said(&message, values.next().unwrap_or_default()),
                Item::Outcome {
                    node,
                    command,
                    outcome,
                } => MeshItem::Outcome(MeshTold {
                    device_id: device_id(node)?,
                    command: command.to_string(),
                    outcome: match outcome {
                        Outcome::Acknowledged => MeshOutcome::Acknowledged,
                        Outcome::Overtaken => MeshOutcome::Overtaken,
                        Outcome::GivenUp => MeshOutcome::GivenUp,
                    },
                }),
                Item::Reinstalled { node, life } => MeshItem::Reinstalled(MeshLife {
                    device_id: device_id(node)?,
                    life,
                }),
            })
        });
        Ok((told.collect(), ids))
    }

    fn heard(&self, message: &Message) -> MeshHeard {
        let device = device_id(message.node).unwrap_or(DeviceId(0));
        let at = i64::try_from(message.heard_at).ok().filter(|at| *at > 0);
        MeshHeard {
            id: (device, message.id.life, message.id.sequence),
            at: at.unwrap_or_else(|| (self.clock)()),
            payload: message.payload.clone(),
        }
    }
}

impl Uplink for Between {
    async fn deliver(&self, items: Vec<Item>) -> Result<(), Away> {
        let (items, ids) = self.items(items).await?;
        let whose: Vec<DeviceId> = items.iter().map(of).collect();
        let told = self.rosters.cloud().report(items).await;
        self.rosters.note(&told);
        let results = match told {
            Ok(results) => results,
            // It would be told the same for ever: what it does not take at all is left out.
            Err(Unheard::Refused(why)) => {
                tracing::error!(%why, "the cloud takes nothing of what the mesh said: it is dropped");
                Vec::new()
            }
            Err(_) => return Err(Away),
        };
        for (device, result) in whose.into_iter().zip(results) {
            if result.state == MeshState::Refused {
                let why = format!("a message of the mesh: {:?}", result.reason);
                self.rosters.drop_for(device, &why, 1);
            }
            for unsaid in result.unsaid {
                let why = format!("{}: {}", unsaid.what, unsaid.reason);
                self.rosters.drop_for(device, &why, 1);
            }
        }
        self.desk.mesh_gone(ids).await.map_err(|_| Away)
    }

    async fn next(&self) -> Order {
        match self.orders.lock().await.recv().await {
            Some(order) => order,
            // The sender is this value's own.
            None => std::future::pending().await,
        }
    }

    fn answer(&self, order: &Order, outcome: Result<(), Refused>) {
        if let (Order::Send { node, command, .. }, Err(why)) = (order, outcome) {
            // The cloud says it again with its next answer.
            tracing::info!(node = node.0, command, %why, "a message to a node is not taken yet");
        }
    }

    fn stranger(&self, stranger: Stranger) {
        self.asking.note(stranger);
    }

    fn clock(&self) -> u64 {
        u64::try_from((self.clock)()).unwrap_or_default()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn device_id(node: NodeId) -> Option<DeviceId> {
    i64::try_from(node.0).ok().map(DeviceId)
}

fn node_id(device: DeviceId) -> Option<NodeId> {
    u64::try_from(device.0).ok().map(NodeId)
}

fn of(item: &MeshItem) -> DeviceId {
    match item {
        MeshItem::Message(message) => message.device_id,
        MeshItem::Outcome(told) => told.device_id,
        MeshItem::Reinstalled(life) => life.device_id,
    }
}

fn said(message: &Message, values: Vec<(u8, String)>) -> MeshItem {
    let path = message.path.iter().map(|hop| MeshHop {
        relay: format!("{:04x}", hop.short),
        signal: hop.signal.0,
    });
    let values = values
        .into_iter()
        .map(|(pin, text)| (format!("V{pin}"), text.into()));
    MeshItem::Message(MeshMessage {
        device_id: device_id(message.node).unwrap_or(DeviceId(0)),
        derivation: message.derivation.0.into(),
        life: message.id.life,
        sequence: message.id.sequence.to_string(),
        path: path.collect(),
        signal: message.signal.0,
        heard_at: i64::try_from(message.heard_at).unwrap_or_default(),
        values: values.collect(),
        events: Vec::new(),
    })
}

/// The keys of a node; none where it is not reached by mesh.
fn keys_of(node: &TunnelledNode) -> Option<NodeKeys> {
    let MeshKeys { address, up, down } = node.mesh.as_ref()?;
    let key = |text: &str| Some(Key::new(unhex(text)?.try_into().ok()?));
    Some(NodeKeys {
        derivation: Derivation(u32::try_from(node.derivation).ok()?),
        address: Address(unhex(address)?.try_into().ok()?),
        up: key(up.expose())?,
        down: key(down.expose())?,
    })
}
