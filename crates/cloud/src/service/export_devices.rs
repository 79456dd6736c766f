//! Devices as a table, with what each signs in with, made while it is sent: a million take no more memory than one, but for
//! their numbers, which say the order.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::stream::{Stream, StreamExt as _, TryStreamExt as _, once, try_unfold};
use handover_wire::{Device, DeviceId, MetaFieldContent};
use serde_json::Value;

use super::export::still_may;
use super::{Broken, Core, hands};
use crate::clock::Time;
use crate::domain::{AUTH_TOKEN, Acting, DEVICE_NAME, Reach, harmless, table_rows, values};
use crate::secrets::Purpose;
use crate::store::{Action, AuditRow, Beside, DeviceQuery, DeviceRow, change};

/// Devices that are read at a time.
const CHUNK: usize = 500;

/// The columns beside name, token and metadata. A table that is imported may have them, and nothing is made of them.
pub const OWN_COLUMNS: [&str; 9] = [
    "Device ID",
    "Template ID",
    "Template",
    "Organization",
    // Several may have one name, below different organizations.
    "Organization ID",
    "State",
    "Added",
    "Identifier",
    // As far as whoever exports sees them. A maker may have a field "Owner" of their own.
    "Owner Email",
];

/// What an export is of.
struct Asked {
    acting: Acting,
    reach: Reach,
    /// The devices' numbers, in the order of its rows.
    chosen: Vec<i64>,
}

/// The metadata fields of an export, in the order of their columns.
type Fields = Arc<Vec<String>>;

/// Begins an export. That secrets leave is on the disk before the first of them does.
pub async fn export(
    core: Arc<Core>,
    acting: &Acting,
    query: DeviceQuery,
) -> Result<impl Stream<Item = Result<Vec<u8>, Broken>> + Send + use<>, Broken> {
    let now = core.now();
    let below = match acting.reach_from(query.reach.org) == query.reach {
        true => "with those below",
        false => "alone",
    };
    let sought = match query.search.as_str() {
        "" => String::new(),
        text => format!(", named with {text:?}"),
    };
    let filter = query.listed.filter;
    let state = filter.state.map(|state| format!(", {state:?}"));
    let kind = filter
        .template
        .map(|template| format!(", of template {template}"));
    let [state, kind] = [state, kind].map(Option::unwrap_or_default);
    change!(core.store, |write| {
        let row = AuditRow::about(acting, Action::ExportDevices, query.reach.org, now);
        write
            .audit(row.detail(format!("{below}{sought}{state}{kind}")))
            .await
    })?;
    let chosen = core.store.chosen_devices(&query).await?;
    let fields = Arc::new(fields(&core, &chosen).await?);
    let head = head(&fields);
    let asked = Arc::new(Asked {
        acting: acting.clone(),
        reach: query.reach,
        chosen,
    });
    let rows = try_unfold(0, move |from| {
        next(core.clone(), asked.clone(), fields.clone(), from)
    });
    Ok(once(async { head }).chain(rows.into_stream()))
}

/// The fields of all templates in their order, and after them what devices have beside those.
async fn fields(core: &Core, chosen: &[i64]) -> Result<Vec<String>, Broken> {
    let names = core.store.field_names(chosen).await?;
    let mut seen = BTreeSet::new();
    let mut fields = Vec::new();
    for template in &names.templates {
        for field in core.store.meta_fields(template).await? {
            if seen.insert(field.name.clone()) {
                fields.push(field.name);
            }
        }
    }
    fields.extend(names.own.into_iter().filter(|name| !seen.contains(name)));
    Ok(fields)
}

fn head(fields: &Fields) -> Result<Vec<u8>, Broken> {
    let [id, others @ ..] = OWN_COLUMNS;
    let own = [id, DEVICE_NAME]
        .into_iter()
        .chain(others)
        .chain([AUTH_TOKEN]);
    let cells = own.map(str::to_owned);
    let row: Vec<String> = cells
        .chain(fields.iter().map(|field| harmless(field)))
        .collect();
    Ok(table_rows([row])?)
}

/// The rows from a place on, and the place after them; none at the end. Devices that are gone meanwhile have none.
async fn next(
    core: Arc<Core>,
    asked: Arc<Asked>,
    fields: Fields,
    from: usize,
) -> Result<Option<(Vec<u8>, usize)>, Broken> {
    let (acting, reach) = (&asked.acting, asked.reach);
    let mut from = from;
    let mut found = Vec::new();
    while found.is_empty() {
        let Some(rest) = asked.chosen.get(from..).filter(|rest| !rest.is_empty()) else {
            return Ok(None);
        };
        let some = &rest[..CHUNK.min(rest.len())];
        still_may(&core, acting, reach.org).await?;
        found = core.store.devices_of(reach, some).await?;
        from += some.len();
    }
    let gone = tokens_leave(&core, acting, &found).await?;
    found.retain(|row| !gone.contains(&row.device.id));
    let ids: Vec<i64> = found.iter().map(|row| row.device.id.0).collect();
    let mut beside = core.store.beside_devices(acting.reach(), &ids).await?;
    let mut rows = Vec::with_capacity(found.len());
    let mut templates = std::collections::BTreeMap::new();
    for row in &found {
        let template = &row.device.template_id;
        if !templates.contains_key(template) {
            templates.insert(template, core.store.meta_fields(template).await?);
        }
        let beside = beside.remove(&row.device.id.0).unwrap_or_default();
        rows.push(cells(&core, (row, beside), &templates[template], &fields)?);
    }
    Ok(Some((table_rows(rows)?, from)))
}

/// What brought devices where they are can no longer be undone once their tokens have left. Those that somebody undid just
/// now are gone from here, and their tokens stay.
async fn tokens_leave(
    core: &Core,
    acting: &Acting,
    found: &[DeviceRow],
) -> Result<BTreeSet<DeviceId>, Broken> {
    let open = found.iter().map(|row| &row.device);
    let open: Vec<&Device> = open.filter(|device| device.undo.is_some()).collect();
    if open.is_empty() {
        return Ok(BTreeSet::new());
    }
    change!(core.store, |write| {
        let mut gone = BTreeSet::new();
        for device in &open {
            let here = Reach::only(device.org_id);
            match write.device_hands(here, device.id).await? {
                Some(found) => hands::token_leaves(core, write, acting, &found).await?,
                None => {
                    gone.insert(device.id);
                }
            }
        }
        Ok(gone)
    })
}

fn cells(
    core: &Core,
    (row, beside): (&DeviceRow, Beside),
    of_template: &[handover_wire::MetaField],
    fields: &[String],
) -> Result<Vec<String>, Broken> {
    let device = &row.device;
    let token = core.keys.open_kept(Purpose::AuthToken, &row.auth_sealed)?;
    let held = values(of_template, &row.metadata);
    let own = [
        device.id.to_string(),
        harmless(&device.name),
        device.template_id.to_string(),
        harmless(&device.template_name),
        harmless(&device.org_name),
        device.org_id.to_string(),
        device.lifecycle_status.name.clone(),
        device
            .activated_at
            .map(|at| Time(at).in_iso_8601())
            .unwrap_or_default(),
        harmless(&beside.identifier.unwrap_or_default()),
        harmless(&beside.owner.unwrap_or_default()),
        token
            .map(|token| token.expose().to_owned())
            .unwrap_or_default(),
    ];
    let metadata = fields.iter().map(|field| {
        let found = held.iter().find(|value| value.name == *field);
        found
            .map(|found| harmless(&text(&found.value)))
            .unwrap_or_default()
    });
    Ok(own.into_iter().chain(metadata).collect())
}

fn text(content: &MetaFieldContent) -> String {
    match &content.value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
