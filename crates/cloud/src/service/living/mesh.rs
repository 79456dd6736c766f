//! Gateways of meshes: the keys that they are given, what they heard and did, and what they are to do.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use handover_air::{AuthToken, Derivation, NodeKeys};
use handover_wire::{
    DeviceId, MeshItem, MeshKeys, MeshLife, MeshMessage, MeshOrders, MeshOutcome, MeshRefusal,
    MeshResult, MeshSend, MeshState, MeshTold, MeshUnsaid, Secret,
};
use sha2::{Digest as _, Sha256};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, timeout_at};

use super::{HeardMessage, Said, Unsaid, Via, Which, say};
use crate::domain::{
    JoinWindow, MOST_OPEN, Part, Reinstalled, Value, checked_path, in_words, numbered, packed,
};
use crate::service::{Broken, Core, breaks};
use crate::store::{Again, OrderedNode, OrderedValue, StoreError, Work, Write, change};

/// Values and events of one message at the most.
const MOST_SAID: usize = 256;
/// How often is looked for what other processes did to a gateway's nodes.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Signs of a revision: 64 bits.
const REVISION: usize = 16;

/// Why a gateway is not told what became of its report. It tells all of it again.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
    /// Whether something was written down is not known.
    #[error("it could not be written down")]
    Unknown,
}

breaks!(ReportError);

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The keys on the air that follow from an auth token. None where that is none, or the derivation is beyond what there can be.
fn derived(token: &Secret, derivation: i64) -> Option<NodeKeys> {
    let derivation = u32::try_from(derivation).ok()?;
    let token = AuthToken::new(token.expose()).ok()?;
    Some(token.keys(Derivation(derivation)))
}

/// What a gateway is given of a node that is reached by mesh.
pub fn keys(token: &Secret, derivation: i64) -> Option<MeshKeys> {
    let keys = derived(token, derivation)?;
    Some(MeshKeys {
        address: hex(&keys.address.0),
        up: Secret::new(hex(keys.up.expose())),
        down: Secret::new(hex(keys.down.expose())),
    })
}

/// What stands for a node in the ways of messages.
pub fn short_address(token: &Secret, derivation: i64) -> Option<String> {
    let address = derived(token, derivation)?.address;
    Some(format!("{:04x}", address.short()))
}

fn result(state: MeshState) -> MeshResult {
    MeshResult {
        state,
        reason: None,
        unsaid: Vec::new(),
    }
}

fn refused(reason: MeshRefusal) -> MeshResult {
    MeshResult {
        reason: Some(reason),
        ..result(MeshState::Refused)
    }
}

/// A message as it is written down.
fn heard(message: MeshMessage) -> Result<HeardMessage, MeshRefusal> {
    if message.values.len() + message.events.len() > MOST_SAID {
        return Err(MeshRefusal::Malformed);
    }
    let values = message.values.into_iter().map(|(name, json)| {
        // A place is a list of two numbers, which devices write as two fields.
        let written = match json {
            serde_json::Value::Array(both) => both.into_iter().map(in_words).collect(),
            other => vec![in_words(other)],
        };
        (Which::Name(name), written)
    });
    let events = message.events.into_iter();
    Ok(HeardMessage {
        derivation: message.derivation,
        life: message.life,
        sequence: numbered(&message.sequence)?,
        path: checked_path(message.path)?,
        signal: message.signal,
        heard_at: message.heard_at,
        values: values.collect(),
        events: events
            .map(|event| (event.code, event.description))
            .collect(),
    })
}

/// What a gateway heard and did. Everything that is kept is durable once this returns.
pub async fn report(
    core: &Core,
    gateway: DeviceId,
    items: Vec<MeshItem>,
) -> Result<Vec<MeshResult>, ReportError> {
    let mut results = Vec::with_capacity(items.len());
    let mut waiting = Vec::new();
    let mut others = Vec::new();
    for (place, item) in items.into_iter().enumerate() {
        results.push(result(MeshState::Kept));
        let MeshItem::Message(message) = item else {
            others.push((place, item));
            continue;
        };
        let device = message.device_id;
        match heard(message) {
            Ok(heard) => {
                let said = Said::Heard(Box::new(heard));
                waiting.push((place, say(core, device, said, Via::Gateway(gateway)).await));
            }
            Err(reason) => results[place] = refused(reason),
        }
    }
    for (place, outcome) in waiting {
        results[place] = match outcome.await.unwrap_or(Err(Unsaid::Broken)) {
            Ok(()) => result(MeshState::Kept),
            Err(unsaid) => told(unsaid)?,
        };
    }
    if !others.is_empty() {
        let decided = change!(core.store.of_devices(), |write| {
            let mut decided = Vec::with_capacity(others.len());
            for (place, item) in &others {
                decided.push((*place, other(core, write, gateway, item).await?));
            }
            Ok::<_, StoreError>(decided)
        })?;
        for (place, result) in decided {
            results[place] = result;
        }
    }
    Ok(results)
}

fn told(unsaid: Unsaid) -> Result<MeshResult, ReportError> {
    Ok(match unsaid {
        Unsaid::Known => result(MeshState::Known),
        Unsaid::Refused(reason) => refused(reason),
        Unsaid::InPart(parts) => MeshResult {
            unsaid: parts
                .into_iter()
                .map(|(what, why)| MeshUnsaid {
                    what,
                    reason: why.to_string(),
                })
                .collect(),
            ..result(MeshState::Kept)
        },
        Unsaid::Broken => return Err(ReportError::Unknown),
        // What is gone was this gateway's node before it was.
        _ => refused(MeshRefusal::NotItsNode),
    })
}

/// Whatever is no message.
async fn other(
    core: &Core,
    write: &mut Write,
    gateway: DeviceId,
    item: &MeshItem,
) -> Result<MeshResult, StoreError> {
    let node = match item {
        MeshItem::Outcome(told) => told.device_id,
        MeshItem::Reinstalled(life) => life.device_id,
        MeshItem::Message(_) => return Ok(refused(MeshRefusal::Malformed)),
    };
    let standing = write.standing(node).await?;
    let is_its = |part| part == Part::Node { of: gateway };
    if !standing.is_some_and(|one| one.is_of_mesh && is_its(one.part)) {
        return Ok(refused(MeshRefusal::NotItsNode));
    }
    match item {
        MeshItem::Outcome(MeshTold {
            command, outcome, ..
        }) => {
            let Ok(command) = numbered(command) else {
                return Ok(refused(MeshRefusal::Malformed));
            };
            let again = match outcome {
                MeshOutcome::Acknowledged | MeshOutcome::Refused => Again::Never,
                MeshOutcome::Overtaken => Again::Always,
                MeshOutcome::GivenUp => Again::WhereItWaits,
            };
            Ok(result(match write.end_send(node, command, again).await? {
                true => MeshState::Kept,
                false => MeshState::Known,
            }))
        }
        MeshItem::Reinstalled(MeshLife { life, .. }) => {
            let mut reinstalls = write.reinstalls(node).await?;
            let told = reinstalls.told(*life, core.now());
            if told == Reinstalled::Now {
                write.raise_derivation(node).await?;
            }
            if told != Reinstalled::Known {
                write.set_reinstalls(node, &reinstalls).await?;
            }
            Ok(result(match told {
                Reinstalled::Known => MeshState::Known,
                Reinstalled::Now | Reinstalled::Later => MeshState::Kept,
            }))
        }
        MeshItem::Message(_) => Ok(refused(MeshRefusal::Malformed)),
    }
}

/// A gateway's nodes and what they are to be told, at one moment.
struct Standing {
    nodes: Vec<OrderedNode>,
    /// Those that are reached by mesh.
    of_mesh: BTreeSet<DeviceId>,
    values: Vec<OrderedValue>,
    /// Whether nodes may ask the gateway to speak for them.
    joining: bool,
}

impl Standing {
    async fn look(core: &Core, work: &mut Work, gateway: DeviceId) -> Result<Self, StoreError> {
        let nodes = work.ordered_nodes(gateway).await?;
        let mut of_mesh = BTreeSet::new();
        for node in &nodes {
            let template = (node.template, node.revision);
            if core.hub.template(work, template).await?.mesh {
                of_mesh.insert(node.id);
            }
        }
        let mut values = work.ordered_values(gateway).await?;
        values.retain(|one| of_mesh.contains(&one.node));
        let until = work.join_until(gateway).await?;
        Ok(Self {
            nodes,
            of_mesh,
            values,
            joining: JoinWindow::at(until, core.now()) != JoinWindow::Closed,
        })
    }

    /// Nodes whose keys are to change now.
    fn due(&self, core: &Core) -> Vec<DeviceId> {
        let now = core.now();
        let due = self
            .nodes
            .iter()
            .filter(|node| self.of_mesh.contains(&node.id) && node.reinstalls.clone().is_due(now));
        due.map(|node| node.id).collect()
    }

    /// Values that go into messages now: of each node as many messages as may be on their way.
    fn packs(&self) -> Vec<(DeviceId, Vec<u8>)> {
        let mut open: BTreeMap<DeviceId, BTreeSet<i64>> = BTreeMap::new();
        let mut free: BTreeMap<DeviceId, Vec<(u8, Value)>> = BTreeMap::new();
        for one in &self.values {
            match one.command {
                Some(command) => drop(open.entry(one.node).or_default().insert(command)),
                None => free
                    .entry(one.node)
                    .or_default()
                    .push((one.pin, one.value.clone())),
            }
        }
        let packs = free.into_iter().flat_map(|(node, values)| {
            let open = open.get(&node).map_or(0, BTreeSet::len);
            let packs = packed(&values).into_iter();
            let packs = packs.take(MOST_OPEN.saturating_sub(open));
            packs.map(move |pins| (node, pins))
        });
        packs.collect()
    }

    fn orders(&self) -> MeshOrders {
        let mut sends: Vec<MeshSend> = Vec::new();
        let sent = self.values.iter();
        let sent = sent.filter_map(|one| Some((one.command?.to_string(), one)));
        for (command, one) in sent {
            let value = (format!("V{}", one.pin), one.value.json());
            match sends.last_mut() {
                Some(send) if send.device_id == one.node && send.command == command => {
                    send.values.extend([value]);
                }
                _ => sends.push(MeshSend {
                    device_id: one.node,
                    command,
                    values: BTreeMap::from([value]),
                }),
            }
        }
        let nodes = self.nodes.iter().map(|node| {
            let is_of_mesh = self.of_mesh.contains(&node.id);
            format!("{} {} {is_of_mesh}", node.id, node.derivation)
        });
        let nodes = nodes.chain(self.joining.then(|| "joining".to_owned()));
        let after = sends.iter().map(|send| {
            let values = serde_json::to_string(&send.values).unwrap_or_default();
            format!("{} {} {values}", send.device_id, send.command)
        });
        MeshOrders {
            nodes: revision(nodes),
            after: revision(after),
            sends,
            joining: self.joining,
        }
    }
}

/// Stands for all of this, on whichever process.
fn revision(lines: impl Iterator<Item = String>) -> String {
    let mut digest = Sha256::new();
    for line in lines {
        digest.update(line.as_bytes());
        digest.update(b"\n");
    }
    let mut text = hex(&digest.finalize());
    text.truncate(REVISION);
    text
}

/// What a gateway is to do now: keys that are to change have changed, and what waits is in messages.
async fn orders_now(
    core: &Core,
    gateway: DeviceId,
) -> Result<(MeshOrders, BTreeSet<DeviceId>), Broken> {
    let mut look = core.store.look().await?;
    let standing = Standing::look(core, &mut look, gateway).await?;
    drop(look);
    if standing.due(core).is_empty() && standing.packs().is_empty() {
        return Ok((standing.orders(), standing.of_mesh));
    }
    change!(core.store, |write| {
        let standing = Standing::look(core, write, gateway).await?;
        for node in standing.due(core) {
            let mut reinstalls = write.reinstalls(node).await?;
            if reinstalls.is_due(core.now()) {
                write.raise_derivation(node).await?;
                write.set_reinstalls(node, &reinstalls).await?;
            }
        }
        for (node, pins) in standing.packs() {
            write.send(node, &pins).await?;
        }
        let standing = Standing::look(core, write, gateway).await?;
        Ok::<_, Broken>((standing.orders(), standing.of_mesh))
    })
}

/// What a gateway is to do, once it differs from what the gateway knows, or after so long.
pub async fn orders(
    core: &Core,
    gateway: DeviceId,
    (nodes, after): (&str, &str),
    wait: Duration,
) -> Result<MeshOrders, Broken> {
    let end = Instant::now() + wait;
    // Before the first look, so that nothing is missed between that and the wait.
    let mut woken = core.hub.woken.subscribe();
    loop {
        let (orders, own) = orders_now(core, gateway).await?;
        if orders.nodes != nodes || orders.after != after || end <= Instant::now() {
            return Ok(orders);
        }
        let look = end.min(Instant::now() + LOOK_EVERY);
        let told = async {
            loop {
                match woken.recv().await {
                    Ok(device) if device == gateway || own.contains(&device) => return,
                    Ok(_) => {}
                    // Whoever was not told in time looks.
                    Err(RecvError::Lagged(_)) => return,
                    Err(RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        // Whether it was told or waited long enough, it looks.
        let _ = timeout_at(look, told).await;
    }
}
