//! The devices of fleets: made by hand, in batches, and deleted again.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use handover_device::AuthToken;
use handover_simulate::Cast;
use handover_wire::{
    BatchFailure, BatchState, DeviceId, FleetPhase, FleetTopology, ListSort, PageQuery, PairNode,
    Template, TemplateDraft, TemplateParts, WorkId,
};

use super::playing::Kind;
use super::works::{LOOK_EVERY, Own, Work, Works};
use super::{Fleets, Plan, Trouble};
use crate::domain::{Acting, Part};
use crate::entropy;
use crate::service::gateways::{self, Manner};
use crate::service::hands::{self, HandsError};
use crate::service::many::{self, ManyError, Wanted};
use crate::service::templates;
use crate::service::{Broken, Core, living};
use crate::store::change;

/// Changes that are under way at one time: those of one moment become durable together.
const AT_ONCE: usize = 16;
/// Gateways whose nodes are paired at one time.
const GATEWAYS_AT_ONCE: usize = 4;
/// What gateways are of that are made here, and with their number what they are called. Those of a mesh are others: who looks at
/// one finds the nodes of one fleet.
const GATEWAY: &str = "Simulated gateway";
const MESH_GATEWAY: &str = "Simulated mesh gateway";
/// What nodes of a mesh are of where no template is named, and with their number what they are called.
const NODE: &str = "Simulated mesh node";
/// What all others are called.
const DEVICE: &str = "Simulated";

/// How many there are.
fn count_of<T>(all: &[T]) -> u64 {
    u64::try_from(all.len()).unwrap_or(u64::MAX)
}

/// The devices that a plan needs: those that there are, and the rest made.
pub async fn cast(
    core: &Core,
    fleets: &Fleets,
    acting: &Acting,
    plan: &Plan,
) -> Result<Cast, Trouble> {
    let count = usize::try_from(plan.wanted.count).unwrap_or_default();
    let topology = plan.wanted.topology;
    let template = match &plan.template {
        Kind::Known(template) => template.clone(),
        Kind::LikeInMesh(known) => {
            let details = core
                .store
                .template_details(acting.org, &known.template_id)
                .await?;
            let parts = TemplateParts {
                mesh: true,
                gateway_api: false,
                ..details.ok_or(Trouble::NotMade)?.parts
            };
            template_called(core, acting, NODE, parts).await?
        }
    };
    let called = match topology {
        FleetTopology::Direct | FleetTopology::Hub => DEVICE,
        FleetTopology::Mesh => NODE,
    };
    let what = (&template, called, false);
    let mut devices = enough(core, fleets, acting, what, count).await?;
    devices.truncate(count);
    if topology == FleetTopology::Direct {
        let tokens = devices.into_iter().map(|(_, token)| token);
        return Ok(Cast::Direct(tokens.collect()));
    }
    let parts = TemplateParts {
        gateway_api: true,
        ..TemplateParts::default()
    };
    let called = match topology {
        FleetTopology::Direct | FleetTopology::Hub => GATEWAY,
        FleetTopology::Mesh => MESH_GATEWAY,
    };
    let of_gateways = template_called(core, acting, called, parts).await?;
    let what = (&of_gateways, called, true);
    let count = usize::try_from(plan.gateways).unwrap_or_default();
    let mut gateways = enough(core, fleets, acting, what, count).await?;
    // As many as were asked for, however many an earlier fleet had.
    gateways.truncate(count);
    let hubs = paired(core, fleets, acting, gateways, devices).await?;
    if topology == FleetTopology::Hub {
        return Ok(Cast::Hubs(hubs));
    }
    // What nodes and gateways had stored went with the fleet before: they begin anew, under keys that nobody used.
    let works = Works::read(&fleets.folder);
    for work in works.of(false, Some(&template.template_id)) {
        change!(core.store, |write| write.raise_derivations_made(work).await)?;
    }
    Ok(Cast::Mesh(plan.wanted.seed.into(), hubs))
}

/// So many devices at least, which are called this and a number that none of them has had.
async fn enough(
    core: &Core,
    fleets: &Fleets,
    acting: &Acting,
    (template, called, is_gateways): (&Template, &str, bool),
    count: usize,
) -> Result<Vec<Own>, Trouble> {
    let mut works = Works::settled(core, fleets).await?;
    let kind = Some(&template.template_id);
    let there = works.devices(core, is_gateways, kind).await?;
    if there.len() >= count {
        return Ok(there);
    }
    let missing = u32::try_from(count - there.len()).unwrap_or(u32::MAX);
    fleets.begin(FleetPhase::Making, missing.into());
    let owner = acting.actor.user().ok_or(Trouble::NotMade)?;
    let key = entropy::token32(core.entropy.as_ref());
    let wanted = Wanted {
        template,
        org: acting.org,
        owner,
        key: Some(&key),
    };
    let first = works.highest(core, called).await? + 1;
    let template = template.template_id.clone();
    let work = Work::new(&acting.actor, key.clone(), is_gateways, template);
    works.add(&fleets.folder, work)?;
    let name = format!("{called} {{n}}");
    let asked = many::create(core, acting, &wanted, (&*name, first, missing)).await;
    let made = match asked {
        Ok(asked) => until_made(core, fleets, acting, asked.id).await,
        Err(error) => Err(error.into()),
    };
    // Also where it came to nothing, which is known then.
    let works = Works::settled(core, fleets).await?;
    made?;
    Ok(works.devices(core, is_gateways, kind).await?)
}

/// Waits until a work has made its devices.
async fn until_made(
    core: &Core,
    fleets: &Fleets,
    acting: &Acting,
    id: WorkId,
) -> Result<(), Trouble> {
    loop {
        let work = core.store.device_work(acting.reach(), id).await?;
        let work = work.ok_or(Trouble::NotMade)?;
        let made = u64::try_from(work.made).unwrap_or_default();
        fleets.done.store(made, Ordering::Relaxed);
        match work.state {
            BatchState::Ready => return Ok(()),
            BatchState::Failed if matches!(work.failure, Some(BatchFailure::DeviceLimit)) => {
                return Err(ManyError::DeviceLimit(None).into());
            }
            BatchState::Failed | BatchState::Cancelled => return Err(Trouble::NotMade),
            BatchState::Making => {}
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// The template that has this name here, which is made where there is none.
async fn template_called(
    core: &Core,
    acting: &Acting,
    name: &str,
    parts: TemplateParts,
) -> Result<Template, Trouble> {
    let find = async || {
        let page = PageQuery::default();
        let found = core
            .store
            .templates(acting.org, name, ListSort::Name, page)
            .await?;
        let mut all = found.content.into_iter();
        Ok::<_, Broken>(all.find(|one| one.name == name))
    };
    if let Some(template) = find().await? {
        return Ok(template);
    }
    let draft = TemplateDraft {
        name: name.to_owned(),
        description: None,
        revision: None,
        parts,
    };
    templates::create(core, acting, draft)
        .await
        .map_err(|error| {
            tracing::warn!(%error, name, "there is no template for simulated devices");
            Trouble::NotMade
        })?;
    find().await?.ok_or(Trouble::NotMade)
}

/// Each device with its gateway, as long as that has no more than its share of them; the others with the gateway that has the
/// fewest.
async fn paired(
    core: &Core,
    fleets: &Fleets,
    acting: &Acting,
    gateways: Vec<Own>,
    devices: Vec<Own>,
) -> Result<Vec<(AuthToken, Vec<AuthToken>)>, Trouble> {
    let share = devices.len().div_ceil(gateways.len().max(1));
    let mut left: BTreeMap<_, _> = devices.into_iter().collect();
    let mut cast: Vec<(Own, Vec<Own>)> = Vec::new();
    for gateway in gateways {
        let nodes = living::nodes(core, gateway.0).await?.into_iter();
        let own = nodes.filter_map(|node| Some((node.device_id, left.remove(&node.device_id)?)));
        cast.push((gateway, own.take(share).collect()));
    }
    let missing = u64::try_from(left.len()).unwrap_or(u64::MAX);
    let mut pairs: BTreeMap<DeviceId, Vec<PairNode>> = BTreeMap::new();
    for (node, token) in left {
        let fewest = cast.iter_mut().min_by_key(|(_, nodes)| nodes.len());
        let (gateway, nodes) = fewest.ok_or(Trouble::NotMade)?;
        pairs.entry(gateway.0).or_default().push(PairNode {
            gateway_id: gateway.0,
            node_id: node,
        });
        nodes.push((node, token));
    }
    fleets.begin(FleetPhase::Pairing, missing);
    // What makes one gateway's nodes its own meets in what is read of it, so they come one after the other: side by side they
    // would end each other time and again, and wait for a connection longer than anybody has patience.
    let all = stream::iter(pairs.values().map(Ok::<_, Trouble>));
    all.try_for_each_concurrent(GATEWAYS_AT_ONCE, async |nodes| {
        for pair in nodes {
            // Another gateway spoke for it in an earlier fleet.
            let mut look = core.store.look().await?;
            let standing = look.standing(pair.node_id).await?;
            let manner = match standing.map(|one| one.part) {
                Some(Part::Node { .. }) => Manner::Move,
                Some(Part::Alone | Part::Gateway) | None => Manner::Pair,
            };
            drop(look);
            gateways::pair(core, acting, pair, manner).await?;
            fleets.one_done();
        }
        Ok(())
    })
    .await?;
    // As the gateway itself is told of them, so that a recording fits whoever plays it.
    let hubs = cast.into_iter().map(|((_, token), mut nodes)| {
        nodes.sort_by_key(|(id, _)| *id);
        (token, nodes.into_iter().map(|(_, token)| token).collect())
    });
    Ok(hubs.collect())
}

/// Deletes all that were made, nodes before their gateways; what is still made is given up before. What somebody else has by
/// now is theirs, and stays.
pub async fn delete(core: &Core, fleets: &Fleets, acting: &Acting) -> Result<(), Trouble> {
    let works = Works::halted(core, fleets, acting).await?;
    let mut all = works.devices(core, false, None).await?;
    all.extend(works.devices(core, true, None).await?);
    fleets.begin(FleetPhase::Deleting, count_of(&all));
    let tried = stream::iter(all).map(async |(id, _)| {
        let gone = delete_one(core, fleets, acting, id).await;
        gone.is_err().then_some(id)
    });
    let left: Vec<_> = tried.buffer_unordered(AT_ONCE).collect().await;
    // What so many changes of one moment kept from happening happens alone.
    for id in left.into_iter().flatten() {
        if let Err(error) = delete_one(core, fleets, acting, id).await {
            tracing::warn!(device = %id, %error, "a device of a fleet stays");
        }
    }
    let is_none_theirs = works.count(core, fleets).await? == 0;
    // What is elsewhere may come back, and is the fleet's then.
    let is_none_elsewhere = fleets.left.load(Ordering::Relaxed) == 0;
    if is_none_theirs && is_none_elsewhere && !works.are_making() {
        Works::forget(&fleets.folder)?;
    }
    Ok(())
}

async fn delete_one(
    core: &Core,
    fleets: &Fleets,
    acting: &Acting,
    id: DeviceId,
) -> Result<(), HandsError> {
    match hands::delete_made(core, acting, id).await {
        Ok(()) | Err(HandsError::NotFound(_)) => {
            fleets.one_done();
            fleets.devices.fetch_sub(1, Ordering::Relaxed);
            Ok(())
        }
        Err(error) => Err(error),
    }
}
