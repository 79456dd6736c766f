//! Whether devices are there.

use std::sync::Arc;

use handover_wire::DeviceId;
use tokio::sync::Notify;

use super::{Seat, Turn, number};
use crate::clock::Time;
use crate::service::{Broken, Core, refusals};
use crate::store::{Liveness, StoreError, Write, change};

/// Devices that are noted to be gone in one change.
const AT_ONCE: i64 = 200;

/// It is there from now on; nothing changes where it was.
pub(super) async fn come(
    write: &mut Write,
    device: DeviceId,
    liveness: &mut Liveness,
    now: Time,
) -> Result<(), StoreError> {
    liveness.connection = liveness.connection.connected(now);
    liveness.state_at = Time(now.0.max(liveness.state_at.0 + 1));
    write.set_connection(device, liveness.connection).await?;
    write.end_absence(device, liveness.tenure, now).await
}

/// It is away since then.
async fn leave(
    write: &mut Write,
    device: DeviceId,
    liveness: &mut Liveness,
    since: Time,
    now: Time,
) -> Result<(), StoreError> {
    liveness.connection = liveness.connection.disconnected(since);
    liveness.state_at = Time(now.0.max(liveness.state_at.0 + 1));
    liveness.session = None;
    liveness.process = None;
    write.set_connection(device, liveness.connection).await?;
    write.begin_absence(device, liveness.tenure, since).await?;
    write.drop_pending(device).await?;
    write.forget_present(device).await?;
    write.set_liveness(device, liveness).await
}

/// A device connects, for so many seconds unless it is heard of again. Its connection takes the place of another one, which
/// goes on until that is written down. None where there is no such device any more.
pub async fn connect(
    core: &Core,
    device: DeviceId,
    ip: &str,
    seconds: i64,
) -> Result<Option<Seat>, Broken> {
    let older = core.hub.seats().get(&device).cloned();
    let _wish = match &older {
        Some(older) => Some(older.turn.wish(core.clock.as_ref()).await),
        None => None,
    };
    seat(core, device, ip, seconds).await
}

async fn seat(
    core: &Core,
    device: DeviceId,
    ip: &str,
    seconds: i64,
) -> Result<Option<Seat>, Broken> {
    let session = number(core.entropy.as_ref());
    let now = core.now();
    let replaced: Option<Option<i64>> = change!(core.store.of_devices(), |write| {
        let Some(mut liveness) = write.liveness(device).await? else {
            return Ok::<_, StoreError>(None);
        };
        let before = liveness.session;
        // What connects by itself takes over from its gateway.
        liveness.carrier = None;
        come(write, device, &mut liveness, now).await?;
        liveness.session = Some(session);
        liveness.process = Some(core.hub.process);
        liveness.online_until = now.plus_seconds(seconds);
        write.set_liveness(device, &liveness).await?;
        write.set_address(device, ip).await?;
        Ok(Some(before))
    })?;
    let Some(replaced) = replaced else {
        return Ok(None);
    };
    // Two that have one token take the place of each other for ever.
    if replaced.is_some() && refusals::may_tell_of(core, device) {
        tracing::info!(%device, "a newer connection of a device takes the place of an older one");
    }
    let seat = Seat {
        session,
        wake: Arc::new(Notify::new()),
        turn: Arc::new(Turn::default()),
    };
    // What waited for it is delivered first.
    seat.wake.notify_one();
    let older = core.hub.seats().insert(device, seat.clone());
    if let Some(older) = older {
        older.turn.end();
    }
    Ok(Some(seat))
}

/// A connection of a device has ended. Where a newer one took its place, or a gateway speaks for it by now, the device is
/// there as before.
pub async fn disconnect(core: &Core, device: DeviceId, session: i64) -> Result<(), Broken> {
    {
        let mut seats = core.hub.seats();
        if seats
            .get(&device)
            .is_some_and(|seat| seat.session == session)
        {
            seats.remove(&device);
        }
    }
    let now = core.now();
    change!(core.store.of_devices(), |write| {
        let liveness = write.liveness(device).await?;
        if let Some(mut liveness) = liveness.filter(|liveness| liveness.session == Some(session)) {
            match liveness.carrier {
                None => leave(write, device, &mut liveness, now, now).await?,
                // Its gateway carried what it said last: it is there as long as that says.
                Some(_) => {
                    liveness.session = None;
                    write.forget_present(device).await?;
                    write.set_liveness(device, &liveness).await?;
                }
            }
        }
        Ok::<_, StoreError>(())
    })?;
    Ok(())
}

/// Notes which devices are gone without a word: those that speak HTTP, and those whose process was killed.
pub async fn sweep(core: &Core) -> Result<(), Broken> {
    while core.store.has_overdue(core.now()).await? {
        let now = core.now();
        change!(core.store.of_devices(), |write| {
            for device in write.overdue(now, AT_ONCE).await? {
                if let Some(mut liveness) = write.liveness(device).await? {
                    let since = liveness.online_until;
                    leave(write, device, &mut liveness, since, now).await?;
                }
            }
            Ok::<_, StoreError>(())
        })?;
    }
    Ok(())
}
