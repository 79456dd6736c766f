//! What people have devices do.

use std::sync::Arc;
use std::time::Duration;

use handover_wire::{Delivery, DeviceId, RawValue, SetValue};

use super::liveness::sweep;
use super::{Via, number};
use crate::connections::Stop;
use crate::domain::{
    Acting, Connection, Gathered, Value, WrongValue, datastream, is_too_long, rows_of,
};
use crate::service::{Broken, Core, breaks, refusals};
use crate::store::{
    Action, AuditRow, Liveness, NewPoint, NewValue, Setting, StoreError, ToTell, Write, change,
};

/// How often is looked for what other processes want this one's devices to be told.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Looks from one to the next for devices that are gone without a word.
const LOOKS_PER_SWEEP: u32 = 10;

/// Why a datastream is as it was.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// There is no such device within reach.
    #[error("there is no such device within reach")]
    NotFound(DeviceId),
    /// Its template has no such datastream.
    #[error("the device has no such datastream")]
    NoDatastream,
    /// People do not set this one.
    #[error("people do not set this datastream")]
    NotWritable,
    /// The text is longer than a datastream holds.
    #[error("the text is too long")]
    TooLong,
    /// It is of another type.
    #[error(transparent)]
    Wrong(#[from] WrongValue),
    /// Something broke.
    #[error(transparent)]
    Broken(Broken),
}

breaks!(SetError);

/// A datastream is set once more.
pub(super) fn setting(core: &Core, pin: u8) -> Setting {
    Setting {
        pin,
        number: number(core.entropy.as_ref()),
    }
}

fn written(value: &RawValue) -> Vec<String> {
    match value {
        RawValue::Text(text) => vec![text.clone()],
        RawValue::Number(number) => vec![number.to_string()],
        RawValue::Location(both) => both.iter().map(f64::to_string).collect(),
    }
}

/// What becomes of a value for a device whose liveness is this.
async fn delivery_of(
    write: &mut Write,
    liveness: &Liveness,
    (is_of_mesh, is_queued): (bool, bool),
) -> Result<Delivery, StoreError> {
    if liveness.session.is_some() {
        return Ok(Delivery::OnItsWay);
    }
    let is_there = matches!(liveness.connection, Connection::Online { .. });
    Ok(match (is_there, liveness.carrier) {
        (true, None) => Delivery::WaitsUntilAsked,
        // A gateway of a mesh always waits for what its nodes are to be told.
        (true, Some(_)) if is_of_mesh => Delivery::OnItsWay,
        (true, Some(gateway)) => match write.liveness(gateway).await? {
            Some(carrier) if carrier.session.is_some() => Delivery::OnItsWay,
            Some(_) | None => Delivery::WaitsUntilAsked,
        },
        // Whatever carried it last is told, and has it for when the device is back.
        (false, Some(_)) => Delivery::Waits,
        (false, None) if is_queued => Delivery::Waits,
        (false, None) => Delivery::NotSent,
    })
}

/// Somebody has a device's datastream hold something. A device that is there is told at once or once it asks, another one when
/// it is back, where the datastream says so. Gives what it holds instead, where a number was out of its range, and what has
/// become of it.
pub async fn set(
    core: &Core,
    acting: &Acting,
    request: &SetValue,
) -> Result<(Option<Value>, Delivery), SetError> {
    let (id, pin) = (request.device_id, request.pin);
    let now = core.now();
    let outcome = change!(core.store, |write| {
        let found = write.device(acting.reach(), id).await?;
        let found = found.ok_or(SetError::NotFound(id))?;
        let gone = StoreError::Corrupt("a device that was found is gone");
        let told = write.told(id).await?.ok_or(gone)?;
        let parts = write.parts(told.template).await?;
        let one = datastream(&parts, pin).ok_or(SetError::NoDatastream)?;
        if !one.writable {
            return Err(SetError::NotWritable);
        }
        let fields = written(&request.value);
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        if is_too_long(&one.data_type, &fields) {
            return Err(SetError::TooLong);
        }
        let value = Value::read(&one.data_type, &fields)?;
        let (device, tenure) = (id, told.tenure);
        let held = NewValue {
            device,
            tenure,
            pin,
            value: value.clone(),
            at: now,
        };
        write.set_values(&[held]).await?;
        if let Some(number) = value.plotted(&one.data_type) {
            let points = rows_of(now, now);
            let points = points.map(|(step, start)| NewPoint {
                device,
                tenure,
                pin,
                step,
                start,
                gathered: Gathered::of(number),
            });
            write.add_points(&points.collect::<Vec<_>>()).await?;
        }
        let gone = StoreError::Corrupt("a device that was found is gone");
        let liveness = write.liveness(id).await?.ok_or(gone)?;
        let delivery = delivery_of(write, &liveness, (parts.mesh, one.queued)).await?;
        if delivery != Delivery::NotSent {
            write
                .add_pending(
                    id,
                    setting(core, pin),
                    &value,
                    (liveness.process, one.queued),
                )
                .await?;
        }
        write
            .audit(AuditRow {
                at: now,
                actor: &acting.actor,
                action: Action::SetValue,
                org: found.device.org_id,
                device: Some(id),
                user: None,
                detail: Some(format!("V{pin}")),
                reason: None,
            })
            .await?;
        let instead = value.is_instead_of(&fields).then_some(value);
        Ok::<_, SetError>((instead, delivery))
    })?;
    core.hub.wake(id);
    Ok(outcome)
}

/// What a device is to be told. It counts as told once `was_told` is called, after `was_written`: where the connection breaks
/// before, the next one is told it again.
pub async fn pending(core: &Core, device: DeviceId) -> Result<Vec<ToTell>, Broken> {
    Ok(core.store.pending(device).await?)
}

/// A connection of a device was given this. That proves nothing yet: a connection takes what is written to it for a while after
/// the other end has vanished.
pub async fn was_written(
    core: &Core,
    device: DeviceId,
    settings: &[Setting],
) -> Result<(), Broken> {
    change!(core.store.of_devices(), |write| {
        for setting in settings {
            write.was_written(device, *setting).await?;
        }
        Ok::<_, StoreError>(())
    })?;
    Ok(())
}

/// A device has this: it acknowledged it, or has said anything since it was written to its connection.
pub async fn was_told(core: &Core, device: DeviceId, settings: &[Setting]) -> Result<(), Broken> {
    change!(core.store.of_devices(), |write| {
        for setting in settings {
            write.was_told(device, *setting).await?;
        }
        Ok::<_, StoreError>(())
    })?;
    Ok(())
}

/// Who asks over HTTPS was answered what these datastreams hold: of what waited before that answer was made, nothing waits any
/// more. Only where the device speaks like that: somebody else who has its token may ask as well, and what waits for a
/// connection is told to that.
pub async fn was_answered(
    core: &Core,
    (device, via): (DeviceId, Via),
    waited: &[ToTell],
    pins: &[u8],
) -> Result<(), Broken> {
    let answered = waited.iter().map(|one| one.setting);
    let answered: Vec<_> = answered.filter(|one| pins.contains(&one.pin)).collect();
    if answered.is_empty() {
        return Ok(());
    }
    let is_its_way = match via {
        Via::Gateway(_) => true,
        Via::Http => core.store.speaks_https(device).await?,
        Via::Connection { .. } => false,
    };
    match is_its_way {
        true => was_told(core, device, &answered).await,
        false => Ok(()),
    }
}

/// Wakes connections of devices that other processes want to be told something, and notes who is gone.
pub async fn watch(core: Arc<Core>, stop: Stop) {
    let mut turns = tokio::time::interval(LOOK_EVERY);
    let mut looks = 0_u32;
    loop {
        tokio::select! {
            () = stop.gracefully.cancelled() => return,
            _ = turns.tick() => {}
        }
        looks = looks.wrapping_add(1);
        if looks.is_multiple_of(LOOKS_PER_SWEEP) {
            refusals::tell_left_out(&core);
            if let Err(error) = sweep(&core).await {
                tracing::warn!(%error, "devices that are gone could not be noted; soon again");
            }
        }
        if core.hub.seats().is_empty() {
            continue;
        }
        match core.store.to_be_told(core.hub.process).await {
            Ok(devices) => devices.into_iter().for_each(|device| core.hub.wake(device)),
            Err(error) => {
                tracing::warn!(%error, "what devices are to be told is not known now; soon again");
            }
        }
    }
}
