//! Gateways and their nodes, as people arrange them. What becomes of them when they change hands is in the store's
//! `place_device`: a pairing never outlives the hands that it was made in.

use std::collections::HashMap;

use handover_wire::{
    DecideJoin, DeviceId, DevicePart, GatewayDetails, JoinWindowAnswer, Mesh, NodePart,
    OpenJoinWindow, PairNode, Permission, ReplaceGateway,
};

use super::claim;
use super::hands::HandsError;
use super::{Broken, Core, breaks, living};
use crate::clock::Time;
use crate::domain::{
    Acting, ClaimWith, Claiming, FieldError, Gateway, Holder, JoinWindow, MOST_MINUTES, NotPaired,
    Paired, Part, Reach, Seen, draw, way_of,
};
use crate::secrets::Purpose;
use crate::store::{
    Action, AuditRow, DeviceHands, Secret, Standing, TokenKey, Work, Write, change,
};

/// Why devices are paired as they were.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// There is no such device, or it is not the caller's to change.
    #[error(transparent)]
    Hands(HandsError),
    /// One of those that are to go together may not, so that none does.
    #[error("device {0} may not: {1}")]
    Of(DeviceId, HandsError),
    /// The rules say no.
    #[error(transparent)]
    NotPaired(NotPaired),
    /// A field is not as it must be.
    #[error("{} must be {}.", .0.field, .0.must)]
    Field(FieldError),
    /// The node that waits is somebody else's by now, or no label claims it.
    #[error("the node cannot be claimed")]
    NotClaimable,
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(GatewayError);

/// A device that is to be changed, and what it is among gateways and nodes.
struct Found {
    hands: DeviceHands,
    standing: Standing,
}

impl Found {
    fn holder(&self) -> Result<Holder, GatewayError> {
        let holder = self.hands.hands.holder();
        holder.map_err(|error| GatewayError::Hands(error.into()))
    }
}

fn not_found(id: DeviceId) -> GatewayError {
    GatewayError::Hands(HandsError::NotFound(id))
}

async fn standing(work: &mut Work, id: DeviceId) -> Result<Standing, GatewayError> {
    work.standing(id).await?.ok_or_else(|| not_found(id))
}

/// A device within reach that the caller may pair: customers what they own, the others anybody's.
async fn own(work: &mut Work, acting: &Acting, id: DeviceId) -> Result<Found, GatewayError> {
    let hands = work.device_hands(acting.reach(), id).await?;
    let hands = hands.ok_or_else(|| not_found(id))?;
    if !(acting.actor.is(hands.owner) || acting.may(Permission::TransferDevices)) {
        return Err(GatewayError::Hands(HandsError::NotTheirs));
    }
    let standing = standing(work, id).await?;
    Ok(Found { hands, standing })
}

/// The same, of a gateway that somebody has.
async fn own_gateway(
    work: &mut Work,
    acting: &Acting,
    id: DeviceId,
) -> Result<(Found, Gateway), GatewayError> {
    let found = own(work, acting, id).await?;
    found.holder()?;
    let nodes = work.node_count(id).await?;
    let gateway = found.standing.part.as_gateway(id, nodes);
    Ok((found, gateway.map_err(GatewayError::NotPaired)?))
}

/// What a device is among gateways and nodes.
pub async fn look(core: &Core, acting: &Acting, id: DeviceId) -> Result<DevicePart, GatewayError> {
    let now = core.now();
    let mut look = core.store.look().await?;
    let reach = acting.reach();
    if look.device_hands(reach, id).await?.is_none() {
        return Err(not_found(id));
    }
    let found = standing(&mut look, id).await?;
    Ok(match found.part {
        Part::Alone => DevicePart::Alone,
        Part::Gateway => {
            let until = look.join_until(id).await?;
            let until = JoinWindow::at(until, now).until();
            DevicePart::Gateway(GatewayDetails {
                join_until: until.map(|at| at.0),
                nodes: look.nodes_of(reach, id).await?,
                waiting: look.waiting_at(id, asked_since(core.now())).await?,
            })
        }
        Part::Node { of } => DevicePart::Node(NodePart {
            gateway: look.named_gateway(reach, of).await?,
            paired_at: found.paired_at.0,
            is_carried: found.is_carried,
        }),
    })
}

/// A gateway's mesh, or a node's way to its gateway, as far as the caller sees it. Of a device that is in none nothing is drawn.
pub async fn mesh(core: &Core, acting: &Acting, id: DeviceId) -> Result<Mesh, GatewayError> {
    let mut look = core.store.look().await?;
    let reach = acting.reach();
    if look.device_hands(reach, id).await?.is_none() {
        return Err(not_found(id));
    }
    let gateway = match standing(&mut look, id).await?.part {
        Part::Alone => return Ok(draw(None, Vec::new(), Vec::new())),
        Part::Gateway => id,
        Part::Node { of } => of,
    };
    let nodes = look.nodes_of(reach, gateway).await?;
    let is_seen = |node: DeviceId| {
        (id == gateway || id == node) && nodes.iter().any(|one| one.device_id == node)
    };
    let mut ways = look.ways(gateway).await?;
    ways.retain(|way| is_seen(way.node));
    let mut shorts = HashMap::new();
    // Nobody sees a token for that: what stands in ways are two bytes that everybody with a radio hears.
    if ways.iter().any(|way| !way.path.is_empty()) {
        let org = standing(&mut look, gateway).await?.org;
        for node in look.node_secrets(gateway, org).await? {
            let token = core.keys.open_kept(Purpose::AuthToken, &node.auth.sealed)?;
            let short = token.and_then(|token| living::short_address(&token, node.derivation));
            shorts.insert(node.id, short);
        }
    }
    let named = look.named_gateway(reach, gateway).await?;
    let named = named.map(|one| Seen {
        id: one.device_id,
        name: one.name,
        state: one.state,
        short: None,
    });
    let seen = nodes.into_iter().map(|node| Seen {
        id: node.device_id,
        name: node.name,
        state: node.state,
        short: shorts.remove(&node.device_id).flatten(),
    });
    let mesh = draw(named, seen.collect(), ways);
    Ok(match id == gateway {
        true => mesh,
        false => way_of(mesh, id),
    })
}

/// What happened to a node, for the audit of the organization that it is in.
fn about<'a>(
    acting: &'a Acting,
    action: Action,
    node: &DeviceHands,
    detail: String,
    at: Time,
) -> AuditRow<'a> {
    AuditRow {
        at,
        actor: &acting.actor,
        action,
        org: node.org,
        device: Some(node.id),
        user: node.owner,
        detail: Some(detail),
        reason: None,
    }
}

/// Which of two things is asked for where a node has a gateway already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It must not be another gateway's.
    Pair,
    /// It is taken from another gateway.
    Move,
}

/// Pairs a node with a gateway, or moves it there. Both have to be somebody's, and the caller's to change.
pub async fn pair(
    core: &Core,
    acting: &Acting,
    request: &PairNode,
    manner: Manner,
) -> Result<(), GatewayError> {
    let now = core.now();
    change!(core.store, |write| {
        let (gateway, with) = own_gateway(write, acting, request.gateway_id).await?;
        let node = own(write, acting, request.node_id).await?;
        node.holder()?;
        join(write, acting, (&gateway, with), &node, manner, now).await
    })?;
    // The gateway before acknowledges nothing more that it could not deliver.
    core.hub.rearranged([request.node_id, request.gateway_id]);
    Ok(())
}

async fn join(
    write: &mut Write,
    acting: &Acting,
    (gateway, with): (&Found, Gateway),
    node: &Found,
    manner: Manner,
    now: Time,
) -> Result<(), GatewayError> {
    let within = write.is_at_or_above(gateway.hands.org, node.hands.org);
    let is_within = within.await?;
    let part = node.standing.part;
    let (paired, action) = match manner {
        Manner::Pair => (part.pair(with, is_within), Action::PairNode),
        Manner::Move => (part.go_to(with, is_within), Action::MoveNode),
    };
    if paired.map_err(GatewayError::NotPaired)? == Paired::Already {
        return Ok(());
    }
    write.pair(node.hands.id, gateway.hands.id, now).await?;
    let detail = format!("with gateway {}", gateway.hands.id);
    // After the claim that it may come with.
    write.audit_last(about(acting, action, &node.hands, detail, now));
    Ok(())
}

/// A node speaks for itself from now on. Nothing changes where it did before.
pub async fn unpair(core: &Core, acting: &Acting, id: DeviceId) -> Result<(), GatewayError> {
    let now = core.now();
    change!(core.store, |write| {
        let node = own(write, acting, id).await?;
        let Part::Node { of } = node.standing.part else {
            return Ok(());
        };
        write.unpair(id).await?;
        let detail = format!("from gateway {of}");
        let row = about(acting, Action::UnpairNode, &node.hands, detail, now);
        Ok::<_, GatewayError>(write.audit(row).await?)
    })?;
    core.hub.rearranged([id]);
    Ok(())
}

/// All nodes of a broken gateway become another one's, or none does. Those out of the caller's reach go with them: they are
/// in organizations below the gateway's, which has to be the other one's or below it, too.
pub async fn replace(
    core: &Core,
    acting: &Acting,
    request: &ReplaceGateway,
) -> Result<i64, GatewayError> {
    let now = core.now();
    let moved = change!(core.store, |write| {
        let broken = own(write, acting, request.gateway_id).await?;
        let (gateway, _) = own_gateway(write, acting, request.new_gateway_id).await?;
        let mut moved = 0;
        for node in write
            .nodes_of(Reach::tree(broken.hands.org), broken.hands.id)
            .await?
        {
            let nodes = write.node_count(gateway.hands.id).await?;
            let with = gateway.standing.part.as_gateway(gateway.hands.id, nodes);
            let with = with.map_err(GatewayError::NotPaired)?;
            let hands = write
                .device_hands(Reach::only(node.org_id), node.device_id)
                .await?;
            let node = Found {
                hands: hands.ok_or_else(|| not_found(node.device_id))?,
                standing: standing(write, node.device_id).await?,
            };
            join(write, acting, (&gateway, with), &node, Manner::Move, now).await?;
            moved += 1;
        }
        let detail = format!("by gateway {}, with {moved} nodes", gateway.hands.id);
        let row = about(acting, Action::ReplaceGateway, &broken.hands, detail, now);
        write.audit(row).await?;
        Ok::<_, GatewayError>(moved)
    })?;
    let both = [request.gateway_id, request.new_gateway_id];
    core.hub.rearranged(both);
    Ok(moved)
}

/// Lets nodes ask a gateway to speak for them, for some minutes; or no longer.
pub async fn open_window(
    core: &Core,
    acting: &Acting,
    request: &OpenJoinWindow,
) -> Result<JoinWindowAnswer, GatewayError> {
    let now = core.now();
    let window =
        JoinWindow::opened(request.minutes, now).ok_or(GatewayError::Field(FieldError {
            field: "minutes",
            must: "a number from 0 to 60",
        }))?;
    let opened = change!(core.store, |write| {
        let (gateway, _) = own_gateway(write, acting, request.gateway_id).await?;
        write
            .set_join_window(gateway.hands.id, window.until())
            .await?;
        let detail = match request.minutes {
            0 => "closed".to_owned(),
            minutes => format!("{minutes} minutes"),
        };
        let row = about(acting, Action::SetJoinWindow, &gateway.hands, detail, now);
        write.audit(row).await?;
        Ok::<_, GatewayError>(JoinWindowAnswer {
            until: window.until().map(|at| at.0),
        })
    })?;
    core.hub.rearranged([request.gateway_id]);
    Ok(opened)
}

/// What asked longer ago has given up, and has to ask again: as long as a join window is open at the most.
fn asked_since(now: Time) -> Time {
    now.plus_seconds(-60 * MOST_MINUTES)
}

/// Takes a node that waits, or does not. One that is nobody's is claimed with that, for whoever has the gateway: it has said
/// its auth token, which claims what never had an owner.
pub async fn decide(
    core: &Core,
    acting: &Acting,
    request: &DecideJoin,
) -> Result<(), GatewayError> {
    let now = core.now();
    change!(core.store, |write| {
        let (gateway, with) = own_gateway(write, acting, request.gateway_id).await?;
        let waiting = write.waiting_at(gateway.hands.id, asked_since(now)).await?;
        let asked = waiting.iter().find(|one| one.device_id == request.node_id);
        let asked = asked.ok_or_else(|| not_found(request.node_id))?;
        if !request.accept {
            write.forget_request(request.node_id).await?;
            let detail = format!("node {}", request.node_id);
            let row = about(acting, Action::RefuseNode, &gateway.hands, detail, now);
            return Ok::<_, GatewayError>(write.audit(row).await?);
        }
        if asked.is_unclaimed {
            claim_node(write, acting, gateway.holder()?, request.node_id, now).await?;
        }
        let node = own(write, acting, request.node_id).await?;
        // That a label was claimed is written down at the end of the change, so it does not show yet.
        if !asked.is_unclaimed {
            node.holder()?;
        }
        join(write, acting, (&gateway, with), &node, Manner::Pair, now).await
    })?;
    core.hub.rearranged([request.gateway_id]);
    Ok(())
}

async fn claim_node(
    write: &mut Write,
    acting: &Acting,
    into: Holder,
    node: DeviceId,
    now: Time,
) -> Result<(), GatewayError> {
    if !write.has_room(into.org, None, 1).await? {
        return Err(GatewayError::Hands(HandsError::DeviceLimit));
    }
    let auth = write.auth_of(node).await?.ok_or_else(|| not_found(node))?;
    let key = TokenKey::Secret(Secret::AuthToken(&auth), into.org);
    let found = write.find_token(key).await?;
    let found = found.ok_or(GatewayError::NotClaimable)?;
    let claiming = Claiming {
        with: ClaimWith::AuthToken,
        into,
        by_maker: false,
    };
    let by = claim::By {
        actor: &acting.actor,
        reason: None,
    };
    match claim::complete(write, by, claiming, &found, now).await {
        Ok(_) => Ok(()),
        Err(claim::Refused::Broken(broken)) => Err(broken.into()),
        Err(_) => Err(GatewayError::NotClaimable),
    }
}
