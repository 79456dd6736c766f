//! Gateways that speak for nodes: who may, for which, and how what nodes are to be told finds its way to them.

use std::collections::BTreeSet;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use handover_wire::{DeviceId, JoinState, OrgId, TunnelledNode};
use tokio::sync::Notify;

use super::known::known_by;
use super::strangers::Strangers;
use super::{NotKnown, known, mesh};
use crate::domain::{Hands, JoinWindow, Part, Reach};
use crate::secrets::Purpose;
use crate::service::limits::{self, Origin};
use crate::service::{Broken, Core, hands, refusals};
use crate::store::{Secret, Standing, StoreError, TokenKey, Write, change};

/// Nodes of one gateway's connection that are to be told something.
#[derive(Default)]
pub struct Bag {
    nodes: Mutex<BTreeSet<DeviceId>>,
    wake: Notify,
}

impl Bag {
    fn nodes(&self) -> MutexGuard<'_, BTreeSet<DeviceId>> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A node is to be told something.
    pub fn put(&self, node: DeviceId) {
        self.nodes().insert(node);
        self.wake.notify_one();
    }

    /// Waits until there is something, and takes the next. It may be dropped while it waits.
    pub async fn next(&self) -> DeviceId {
        loop {
            if let Some(node) = self.nodes().pop_first() {
                return node;
            }
            self.wake.notified().await;
        }
    }
}

/// The connection of a gateway that wants to hear what a node is to be told.
pub struct Carrier {
    session: i64,
    bag: Arc<Bag>,
}

impl super::Hub {
    /// A gateway's connection wants to hear what a node is to be told; what waits is told at once.
    pub fn carry(&self, node: DeviceId, session: i64, bag: &Arc<Bag>) {
        let carrier = Carrier {
            session,
            bag: bag.clone(),
        };
        let mut carriers = self.carriers();
        let all = carriers.entry(node).or_default();
        all.retain(|one| one.session != session);
        all.push(carrier);
        drop(carriers);
        bag.put(node);
    }

    /// It has ended, or wants to hear no more of these.
    pub fn carry_no_more(&self, nodes: impl IntoIterator<Item = DeviceId>, session: i64) {
        let mut carriers = self.carriers();
        for node in nodes {
            if let Entry::Occupied(mut all) = carriers.entry(node) {
                all.get_mut().retain(|one| one.session != session);
                if all.get().is_empty() {
                    all.remove();
                }
            }
        }
    }

    /// Lets the gateways' connections that want to carry a node know that there is something to tell it. Each asks whether it
    /// still speaks for the node before it tells: one that has lost it keeps nothing from the one that has it now.
    pub(super) fn wake_carrier(&self, node: DeviceId) {
        for carrier in self.carriers().get(&node).into_iter().flatten() {
            carrier.bag.put(node);
        }
    }
}

/// The gateway that signs in with this token. To a device that is none it is told like a wrong token.
pub async fn gateway(core: &Core, origin: Origin, token: &str) -> Result<DeviceId, NotKnown> {
    let device = known(core, origin, token).await?;
    let mut look = core.store.look().await?;
    let standing = look.standing(device).await?;
    let standing = standing.filter(|standing| standing.part == Part::Gateway);
    // One that nobody has speaks for nobody.
    let is_held = match &standing {
        Some(standing) => {
            let hands = look.device_hands(Reach::only(standing.org), device);
            hands.await?.is_some_and(|one| one.hands.holder().is_ok())
        }
        None => false,
    };
    if is_held {
        return Ok(device);
    }
    if refusals::may_tell_of(core, device) {
        tracing::info!(%device, "a device that is nobody's gateway is refused as one");
    }
    Err(NotKnown::Token)
}

/// The node of a gateway that has this token. None of whatever else: unknown, another gateway's, another organization's.
pub async fn node(core: &Core, gateway: DeviceId, token: &str) -> Result<Option<DeviceId>, Broken> {
    let digest = core.digest(Purpose::AuthToken, token);
    let mut look = core.store.look().await?;
    let mut found = look.node_by_auth(gateway, &digest).await?;
    if let Some(node) = found {
        // A gateway of a mesh has its nodes' keys, and nothing is said by their auth tokens.
        let standing = look.standing(node).await?;
        found = found.filter(|_| standing.is_some_and(|standing| !standing.is_of_mesh));
    }
    Ok(found)
}

/// A gateway named what is no node of its own. What it named is a secret, and stays out of the log, which has one line for each,
/// as long as these are not too many.
pub fn refuse(core: &Core, gateway: DeviceId, token: &str, strangers: &mut Strangers) {
    let is_new = strangers.note(core.digest(Purpose::AuthToken, token));
    if is_new && refusals::may_tell_of(core, gateway) {
        tracing::info!(%gateway, "a gateway is refused: what it speaks for is no node of its own");
    }
}

/// The same of a request, which is of no connection: once for each token that is told apart, in each process.
pub fn refuse_request(core: &Core, gateway: DeviceId, token: &str) {
    refuse(core, gateway, token, &mut core.hub.strangers());
}

/// Whether a gateway still speaks for a node.
pub async fn speaks_for(core: &Core, gateway: DeviceId, node: DeviceId) -> Result<bool, Broken> {
    let mut look = core.store.look().await?;
    let standing = look.standing(node).await?;
    let part = Part::Node { of: gateway };
    Ok(standing.is_some_and(|standing| !standing.is_of_mesh && standing.part == part))
}

/// The nodes of a gateway, with what it needs to speak for them. A token that was given away ends what could be undone; keys
/// on the air do not, since no other derivation follows from them.
pub async fn nodes(core: &Core, gateway: DeviceId) -> Result<Vec<TunnelledNode>, Broken> {
    change!(core.store, |write| {
        let Some(standing) = write.standing(gateway).await? else {
            return Ok::<_, Broken>(Vec::new());
        };
        let mut nodes = Vec::new();
        for node in write.node_secrets(gateway, standing.org).await? {
            let token = core.keys.open_kept(Purpose::AuthToken, &node.auth.sealed)?;
            if core.hub.template(write, node.template).await?.mesh {
                let keys = token.as_ref();
                let keys = keys.and_then(|token| mesh::keys(token, node.derivation));
                nodes.push(TunnelledNode {
                    device_id: node.id,
                    name: node.name,
                    template_id: node.template_id,
                    token: None,
                    derivation: node.derivation,
                    mesh: keys,
                });
                continue;
            }
            if node.is_open && token.is_some() {
                hands::token_given_of(core, write, node.org, node.id).await?;
            }
            nodes.push(TunnelledNode {
                device_id: node.id,
                name: node.name,
                template_id: node.template_id,
                token,
                derivation: node.derivation,
                mesh: None,
            });
        }
        Ok(nodes)
    })
}

/// A node asks a gateway to speak for it. It waits for a word of whoever has the gateway, as long as the join window is open:
/// one of the gateway's organization or below, or one that is nobody's and whose label could be claimed there. Whatever else
/// it is, it is told like a wrong token.
pub async fn join(core: &Core, gateway: DeviceId, token: &str) -> Result<JoinState, NotKnown> {
    // What others at the gateway's address get wrong is not held against its nodes.
    let node = known_by(core, &limits::joining(core, gateway), token).await?;
    let digest = core.digest(Purpose::AuthToken, token);
    let now = core.now();
    change!(core.store, |write| {
        let (Some(own), Some(asks)) = (write.standing(gateway).await?, write.standing(node).await?)
        else {
            return Err(NotKnown::Token);
        };
        if asks.part == (Part::Node { of: gateway }) {
            return Ok(JoinState::Paired);
        }
        let found = write
            .find_token(TokenKey::Secret(Secret::AuthToken(&digest), own.org))
            .await?;
        let is_free = found.is_some_and(|found| matches!(found.hands, Hands::Minted | Hands::Seen));
        let is_nobodys = is_free && asks.part == Part::Alone;
        if !is_nobodys && !may_join(write, own.org, (node, &asks)).await? {
            return Err(NotKnown::Token);
        }
        let until = write.join_until(gateway).await?;
        if JoinWindow::at(until, now) == JoinWindow::Closed {
            return Ok(JoinState::Closed);
        }
        write.ask_to_join(node, gateway, now).await?;
        Ok(JoinState::Waiting)
    })
}

/// Whether a device could become a node of a gateway of this organization: somebody has it, there or below, and no gateway
/// speaks for it.
pub(super) async fn may_join(
    write: &mut Write,
    org: OrgId,
    (node, asks): (DeviceId, &Standing),
) -> Result<bool, StoreError> {
    if asks.part != Part::Alone || !write.is_at_or_above(org, asks.org).await? {
        return Ok(false);
    }
    let hands = write.device_hands(Reach::only(asks.org), node).await?;
    Ok(hands.is_some_and(|one| one.hands.holder().is_ok()))
}
