//! The devices of fleets: made by hand, in batches, and deleted again.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use handover_device::AuthToken;
use handover_simulate::Cast;
use handover_wire::{
    BatchFailure, BatchState, DeviceId, FleetPhase, FleetTopology, ListSort, PageQuery, PairNode,
    Template, TemplateDraft, TemplateId, TemplateParts, WorkId,
};
use serde::{Deserialize, Serialize};

use super::{Fleets, Plan, Trouble};
use crate::domain::Acting;
use crate::durable;
use crate::secrets::Purpose;
use crate::service::gateways::{self, Manner};
use crate::service::hands::{self, HandsError};
use crate::service::many::{self, ManyError, Wanted};
use crate::service::templates;
use crate::service::{Broken, Core, living};

/// Changes that are under way at one time: those of one moment become durable together.
const AT_ONCE: usize = 16;
/// Between two looks at how far the making is.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// What gateways are of that are made here.
const GATEWAY: &str = "Simulated gateway";

/// A work that made devices.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Work {
    id: WorkId,
    first: DeviceId,
    last: DeviceId,
    is_gateways: bool,
    template: TemplateId,
}

/// What was made, as the cloud's folder has it.
#[derive(Default, Serialize, Deserialize)]
pub struct Made(Vec<Work>);

impl Made {
    /// What the folder has; nothing where it has nothing.
    pub fn read(folder: &Path) -> Self {
        let text = std::fs::read(folder.join("fleet.json")).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    fn write(&self, folder: &Path) -> io::Result<()> {
        let text = serde_json::to_vec(self)?;
        durable::write_private(&folder.join("fleet.json"), &text)
    }

    /// How many of them are still there.
    pub async fn count(&self, core: &Core) -> Result<u64, Broken> {
        let mut count = 0;
        for work in &self.0 {
            let there = core
                .store
                .made_count(work.id, (work.first, work.last))
                .await?;
            count += u64::try_from(there).unwrap_or_default();
        }
        Ok(count)
    }

    /// Those that are still there, gateways or others, of this template or of any.
    async fn devices(
        &self,
        core: &Core,
        is_gateways: bool,
        template: Option<&TemplateId>,
    ) -> Result<Vec<Own>, Broken> {
        let mut all = Vec::new();
        let works = self.0.iter().filter(|work| {
            work.is_gateways == is_gateways && template.is_none_or(|one| *one == work.template)
        });
        for work in works {
            let found = core.store.made_secrets(work.id, (work.first, work.last));
            for (id, sealed) in found.await? {
                let token = core.keys.open_kept(Purpose::AuthToken, &sealed)?;
                let token = token.and_then(|token| AuthToken::new(token.expose()).ok());
                all.extend(token.map(|token| (id, token)));
            }
        }
        Ok(all)
    }
}

/// A device that was made.
type Own = (DeviceId, AuthToken);

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
    let what = (&plan.template, "Simulated {n}", false);
    let mut devices = enough(core, fleets, acting, what, count).await?;
    devices.truncate(count);
    if plan.wanted.topology == FleetTopology::Direct {
        let tokens = devices.into_iter().map(|(_, token)| token);
        return Ok(Cast::Direct(tokens.collect()));
    }
    let template = gateway_template(core, acting).await?;
    let what = (&template, "Simulated gateway {n}", true);
    let count = usize::try_from(plan.gateways).unwrap_or_default();
    let gateways = enough(core, fleets, acting, what, count).await?;
    paired(core, fleets, acting, gateways, devices).await
}

/// So many devices at least.
async fn enough(
    core: &Core,
    fleets: &Fleets,
    acting: &Acting,
    (template, name, is_gateways): (&Template, &str, bool),
    count: usize,
) -> Result<Vec<Own>, Trouble> {
    let mut made = Made::read(&fleets.folder);
    let kind = Some(&template.template_id);
    let there = made.devices(core, is_gateways, kind).await?;
    if there.len() >= count {
        return Ok(there);
    }
    let missing = u32::try_from(count - there.len()).unwrap_or(u32::MAX);
    fleets.begin(FleetPhase::Making, missing.into());
    let owner = acting.actor.user().ok_or(Trouble::NotMade)?;
    let wanted = Wanted {
        template,
        org: acting.org,
        owner,
        key: None,
    };
    let first = u32::try_from(there.len()).unwrap_or_default() + 1;
    let asked = many::create(core, acting, &wanted, (name, first, missing)).await?;
    let Some((first, last)) = until_made(core, fleets, acting, asked.id).await? else {
        return Err(Trouble::NotMade);
    };
    made.0.push(Work {
        id: asked.id,
        first,
        last,
        is_gateways,
        template: template.template_id.clone(),
    });
    made.write(&fleets.folder)?;
    fleets
        .devices
        .store(made.count(core).await?, Ordering::Relaxed);
    Ok(made.devices(core, is_gateways, kind).await?)
}

/// Waits until a work has made its devices, and gives the first and the last. None where it came to nothing.
async fn until_made(
    core: &Core,
    fleets: &Fleets,
    acting: &Acting,
    id: WorkId,
) -> Result<Option<(DeviceId, DeviceId)>, Trouble> {
    loop {
        let work = core.store.device_work(acting.reach(), id).await?;
        let Some(work) = work else { return Ok(None) };
        let made = u64::try_from(work.made).unwrap_or_default();
        fleets.done.store(made, Ordering::Relaxed);
        match work.state {
            BatchState::Ready => {
                return Ok(work
                    .device_ids
                    .first()
                    .copied()
                    .zip(work.device_ids.last().copied()));
            }
            BatchState::Failed if matches!(work.failure, Some(BatchFailure::DeviceLimit)) => {
                return Err(ManyError::DeviceLimit(None).into());
            }
            BatchState::Failed | BatchState::Cancelled => return Ok(None),
            BatchState::Making => {}
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// The template of the gateways that are made here, which is made where there is none.
async fn gateway_template(core: &Core, acting: &Acting) -> Result<Template, Trouble> {
    let find = async || {
        let page = PageQuery::default();
        let found = core
            .store
            .templates(acting.org, GATEWAY, ListSort::Name, page)
            .await?;
        let mut all = found.content.into_iter();
        Ok::<_, Broken>(all.find(|one| one.name == GATEWAY))
    };
    if let Some(template) = find().await? {
        return Ok(template);
    }
    let draft = TemplateDraft {
        name: GATEWAY.to_owned(),
        description: None,
        revision: None,
        parts: TemplateParts {
            gateway_api: true,
            ..TemplateParts::default()
        },
    };
    templates::create(core, acting, draft)
        .await
        .map_err(|error| {
            tracing::warn!(%error, "there is no template for gateways");
            Trouble::NotMade
        })?;
    find().await?.ok_or(Trouble::NotMade)
}

/// Pairs the devices that no gateway speaks for yet, each with the gateway that has the fewest.
async fn paired(
    core: &Core,
    fleets: &Fleets,
    acting: &Acting,
    gateways: Vec<Own>,
    devices: Vec<Own>,
) -> Result<Cast, Trouble> {
    let mut left: BTreeMap<_, _> = devices.into_iter().collect();
    let mut cast: Vec<(Own, Vec<Own>)> = Vec::new();
    for gateway in gateways {
        let nodes = living::nodes(core, gateway.0).await?.into_iter();
        let own = nodes.filter_map(|node| Some((node.device_id, left.remove(&node.device_id)?)));
        cast.push((gateway, own.collect()));
    }
    let mut pairs = Vec::new();
    for (node, token) in left {
        let fewest = cast.iter_mut().min_by_key(|(_, nodes)| nodes.len());
        let (gateway, nodes) = fewest.ok_or(Trouble::NotMade)?;
        pairs.push(PairNode {
            gateway_id: gateway.0,
            node_id: node,
        });
        nodes.push((node, token));
    }
    fleets.begin(FleetPhase::Pairing, count_of(&pairs));
    let all = stream::iter(pairs.iter().map(Ok::<_, Trouble>));
    all.try_for_each_concurrent(AT_ONCE, async |pair| {
        gateways::pair(core, acting, pair, Manner::Pair).await?;
        fleets.one_done();
        Ok(())
    })
    .await?;
    // As the gateway itself is told of them, so that a recording fits whoever plays it.
    let hubs = cast.into_iter().map(|((_, token), mut nodes)| {
        nodes.sort_by_key(|(id, _)| *id);
        (token, nodes.into_iter().map(|(_, token)| token).collect())
    });
    Ok(Cast::Hubs(hubs.collect()))
}

/// Deletes all that were made, nodes before their gateways.
pub async fn delete(core: &Core, fleets: &Fleets, acting: &Acting) -> Result<(), Trouble> {
    let made = Made::read(&fleets.folder);
    let mut all = made.devices(core, false, None).await?;
    all.extend(made.devices(core, true, None).await?);
    fleets.begin(FleetPhase::Deleting, count_of(&all));
    stream::iter(all)
        .for_each_concurrent(AT_ONCE, async |(id, _)| {
            match hands::delete(core, acting, id, None).await {
                Ok(_) | Err(HandsError::NotFound(_)) => {
                    fleets.one_done();
                    fleets.devices.fetch_sub(1, Ordering::Relaxed);
                }
                Err(error) => tracing::warn!(device = %id, %error, "a device of a fleet stays"),
            }
        })
        .await;
    let left = made.count(core).await?;
    fleets.devices.store(left, Ordering::Relaxed);
    if left == 0 {
        Made::default().write(&fleets.folder)?;
    }
    Ok(())
}
