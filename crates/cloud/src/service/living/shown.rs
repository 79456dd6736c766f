//! What people see of what devices said: of the present tenure alone.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use handover_wire::{
    DataStreamValue, DeviceAbsence, DeviceEvent, DeviceHistory, DeviceId, DevicePoint,
    DeviceProperty, Severity, TemplateParts,
};

use crate::clock::Time;
use crate::domain::{DEVICE_NAME, Gathered, Value, datastream_id, step_for, values};
use crate::service::{Broken, Core};
use crate::store::StoreError;

/// Points of one chart.
const MOST_POINTS: i64 = 1_500;
/// Events that are shown.
const MOST_EVENTS: i64 = 100;

/// What a device's datastreams hold.
pub struct Held {
    /// The template's name.
    pub template_name: String,
    /// What belongs to the template.
    pub parts: Arc<TemplateParts>,
    /// The values, and since when, by pin.
    pub values: BTreeMap<u8, (Value, i64)>,
}

impl Held {
    /// What a datastream holds, or its default before the first value.
    pub fn value(&self, pin: u8) -> Option<Value> {
        let own = self.values.get(&pin).map(|(value, _)| value.clone());
        own.or_else(|| {
            let one = crate::domain::datastream(&self.parts, pin)?;
            Value::default_of(&one.data_type)
        })
    }
}

/// What belongs to a device's template, and what that is called. None where there is no such device any more.
pub async fn parts(
    core: &Core,
    device: DeviceId,
) -> Result<Option<(String, Arc<TemplateParts>)>, Broken> {
    let Some(told) = core.store.told(device).await? else {
        return Ok(None);
    };
    let parts = match core.hub.remembered(told.template, told.revision) {
        Some(parts) => parts,
        None => {
            let parts = core.store.parts(told.template).await?;
            core.hub.remember(told.template, told.revision, parts)
        }
    };
    Ok(Some((told.template_name, parts)))
}

/// What a device's datastreams hold now. None where there is no such device any more.
pub async fn held(core: &Core, device: DeviceId) -> Result<Option<Held>, Broken> {
    let Some((template_name, parts)) = parts(core, device).await? else {
        return Ok(None);
    };
    Ok(Some(Held {
        template_name,
        parts,
        values: core.store.current_values(device).await?,
    }))
}

/// What a device's metadata fields hold, in words: those of these names that it has, in their order. However many there are, the
/// database is asked twice.
pub async fn meta(
    core: &Core,
    device: DeviceId,
    names: &[String],
) -> Result<Vec<(String, String)>, Broken> {
    let Some(found) = core.store.device_itself(device).await? else {
        return Ok(Vec::new());
    };
    let fields = core.store.meta_fields(&found.device.template_id).await?;
    let fields = values(&fields, &found.metadata).into_iter();
    let fields = fields.map(|field| match field.value.value {
        serde_json::Value::String(text) => (field.name, text),
        other => (field.name, other.to_string()),
    });
    // Its own field, which every device has, as published.
    let own = [(DEVICE_NAME.to_owned(), found.device.name)];
    let all: HashMap<String, String> = fields.chain(own).collect();
    let named = names.iter().filter_map(|name| all.get_key_value(name));
    Ok(named
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect())
}

/// The same as the platform API has it.
pub async fn details(core: &Core, device: DeviceId) -> Result<Vec<DataStreamValue>, Broken> {
    let Some(held) = held(core, device).await? else {
        return Ok(Vec::new());
    };
    let waiting = core.store.pins_to_tell(device).await?;
    let shown = held.parts.datastreams.iter().map(|one| {
        let now = held.values.get(&one.pin);
        DataStreamValue {
            data_stream_id: datastream_id(one.pin),
            pin: format!("v{}", one.pin),
            data_stream_label: one.name.clone(),
            data_stream_alias: one.name.clone(),
            value: held.value(one.pin).map(|value| value.raw()),
            updated_at: now.map(|(_, at)| *at),
            is_waiting: waiting.contains(&i64::from(one.pin)),
        }
    });
    Ok(shown.collect())
}

/// When a device was heard last that is there without a connection of its own. None where it has one, or is not there.
pub async fn last_heard(core: &Core, device: DeviceId) -> Result<Option<i64>, Broken> {
    let found = core.store.unconnected(device).await?;
    let now = core.now();
    // It is there for so long after each time.
    let heard = found.map(|until| until.plus_seconds(-core.hub.http_seconds));
    Ok(heard.map(|heard| heard.0.min(now.0)))
}

/// What a number was between these times.
pub async fn history(
    core: &Core,
    device: DeviceId,
    pin: u8,
    (from, to): (i64, i64),
) -> Result<DeviceHistory, Broken> {
    let step = step_for(Time(from), to.saturating_sub(from), MOST_POINTS, core.now());
    let from = from.div_euclid(step) * step;
    let points = core
        .store
        .points(device, (pin, step), (from, to), MOST_POINTS)
        .await?;
    let absences = core.store.absences(device, (from, to)).await?;
    let points = points.into_iter().map(|point| {
        #[expect(
            clippy::cast_precision_loss,
            reason = "nobody writes 2^53 values in an hour"
        )]
        let mean = point.gathered.total / point.gathered.amount as f64;
        DevicePoint {
            at: point.start,
            mean,
            min: point.gathered.least,
            max: point.gathered.most,
        }
    });
    let absences = absences.into_iter();
    Ok(DeviceHistory {
        step,
        points: points.collect(),
        absences: absences
            .map(|(since, until)| DeviceAbsence { since, until })
            .collect(),
    })
}

/// Rows of the history of a datastream, each with when it began: minutes or hours, the oldest first.
pub async fn kept(
    core: &Core,
    device: DeviceId,
    (pin, step): (u8, i64),
    times: (i64, i64),
) -> Result<Vec<(i64, Gathered)>, Broken> {
    // All that are kept.
    let all = core.store.points(device, (pin, step), times, i64::MAX);
    let rows = all.await?.into_iter();
    Ok(rows.map(|row| (row.start, row.gathered)).collect())
}

/// What a device told last, the newest first.
pub async fn events(core: &Core, device: DeviceId) -> Result<Vec<DeviceEvent>, Broken> {
    let Some(held) = held(core, device).await? else {
        return Ok(Vec::new());
    };
    let events = core.store.device_events(device, MOST_EVENTS).await?;
    let shown = events.into_iter().map(|event| {
        let known = held.parts.events.iter().find(|one| one.code == event.code);
        DeviceEvent {
            id: event.id,
            name: known.map_or_else(|| event.code.clone(), |one| one.name.clone()),
            severity: known.map_or(Severity::Info, |one| one.severity),
            code: event.code,
            description: event.description,
            at: event.at,
        }
    });
    Ok(shown.collect())
}

/// What a device said about how its datastreams are shown.
pub async fn properties(core: &Core, device: DeviceId) -> Result<Vec<DeviceProperty>, Broken> {
    let rows = core.store.properties(device).await?;
    let shown = rows.into_iter().map(|(pin, name, value)| {
        let pin = u8::try_from(pin).map_err(|_| StoreError::Corrupt("a pin is none"))?;
        Ok(DeviceProperty { pin, name, value })
    });
    shown.collect()
}
