//! A mesh as people see it, from the ways that its nodes' last messages went.

use std::collections::{BTreeMap, BTreeSet};

use handover_wire::{
    DeviceId, DeviceState, Mesh, MeshHop, MeshLink, MeshNode, MeshNodeKind, MeshRoute, RouteHop,
};

use crate::clock::Time;

/// A device of a mesh that the caller sees.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its number.
    pub id: DeviceId,
    /// Its name.
    pub name: String,
    /// Whether it is there.
    pub state: DeviceState,
    /// Its short address under its present keys.
    pub short: Option<String>,
}

/// The way of a node's last message.
#[derive(Clone, Debug)]
pub struct Way {
    /// Whose.
    pub node: DeviceId,
    /// The relays that say to have carried it.
    pub path: Vec<MeshHop>,
    /// How loud the gateway heard the last of them, or the node.
    pub signal: i8,
    /// When.
    pub heard_at: Time,
}

/// The gateway's id in a drawing: it is one, and may be out of the caller's reach.
const GATEWAY: &str = "gateway";

fn id_of(device: DeviceId) -> String {
    format!("device {device}")
}

/// Draws a gateway's mesh: itself, the nodes that the caller sees, and whoever else said to have carried something. A relay is
/// one of the nodes where its short address is that of one of them alone.
pub fn draw(gateway: Option<Seen>, nodes: Vec<Seen>, ways: Vec<Way>) -> Mesh {
    let mut by_short: BTreeMap<String, Option<String>> = BTreeMap::new();
    for node in &nodes {
        if let Some(short) = &node.short {
            let entry = by_short.entry(short.clone());
            entry
                .and_modify(|shared| *shared = None)
                .or_insert(Some(id_of(node.id)));
        }
    }
    let who = |relay: &str| {
        let known = by_short.get(relay).cloned().flatten();
        known.unwrap_or_else(|| format!("relay {relay}"))
    };
    let mut links: BTreeMap<(String, String), MeshLink> = BTreeMap::new();
    let mut strangers = BTreeSet::new();
    let mut routes = Vec::new();
    for way in ways {
        let mut from = id_of(way.node);
        let mut hops = Vec::new();
        let relays = way.path.iter().map(|hop| (who(&hop.relay), hop.signal));
        let known: BTreeSet<String> = by_short.values().flatten().cloned().collect();
        for hop in &way.path {
            if !known.contains(&who(&hop.relay)) {
                strangers.insert(hop.relay.clone());
            }
        }
        let last = (GATEWAY.to_owned(), way.signal);
        for (to, signal) in relays.chain([last]) {
            let link = MeshLink {
                is_heard_by_gateway: to == GATEWAY,
                from: from.clone(),
                to: to.clone(),
                signal,
                heard_at: way.heard_at.0,
            };
            let key = (from, to.clone());
            // Somebody who says to have heard themselves draws nothing.
            let is_newer = |before: &MeshLink| before.heard_at <= link.heard_at;
            if key.0 != key.1 && links.get(&key).is_none_or(is_newer) {
                links.insert(key, link);
            }
            hops.push(RouteHop {
                id: to.clone(),
                signal,
            });
            from = to;
        }
        routes.push(MeshRoute {
            device_id: way.node,
            heard_at: way.heard_at.0,
            hops,
        });
    }
    let place = |seen: Seen, id: String, kind| MeshNode {
        id,
        kind,
        device_id: Some(seen.id),
        name: Some(seen.name),
        state: Some(seen.state),
        relay: seen.short,
    };
    let hidden = || MeshNode {
        id: GATEWAY.to_owned(),
        kind: MeshNodeKind::Gateway,
        device_id: None,
        name: None,
        state: None,
        relay: None,
    };
    let gateway = gateway.map_or_else(hidden, |seen| {
        place(seen, GATEWAY.to_owned(), MeshNodeKind::Gateway)
    });
    let nodes = nodes.into_iter().map(|node| {
        let id = id_of(node.id);
        place(node, id, MeshNodeKind::Node)
    });
    let strangers = strangers.into_iter().map(|relay| MeshNode {
        id: format!("relay {relay}"),
        kind: MeshNodeKind::Relay,
        device_id: None,
        name: None,
        state: None,
        relay: Some(relay),
    });
    Mesh {
        nodes: [gateway]
            .into_iter()
            .chain(nodes)
            .chain(strangers)
            .collect(),
        links: links.into_values().collect(),
        routes,
    }
}

/// The same for a node's own page: itself, its gateway and whoever is between them.
pub fn way_of(mut mesh: Mesh, node: DeviceId) -> Mesh {
    let linked = mesh.links.iter().flat_map(|link| [&link.from, &link.to]);
    let linked: BTreeSet<String> = linked.cloned().collect();
    mesh.nodes.retain(|one| {
        one.kind == MeshNodeKind::Gateway || one.device_id == Some(node) || linked.contains(&one.id)
    });
    mesh
}
