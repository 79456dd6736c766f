//! MQTT for devices (`handover_blynk::mqtt` has its packets, `handover_blynk::Topic` its topics): 3.1.1 and 5, on a port of
//! its own or in a WebSocket, with or without TLS.
//!
//! A device signs in within the time that a request's header may take, as `device` with its auth token, and is then heard of
//! at least once in one and a half of its keep-alives. What it publishes to be heard surely (QoS 1 and 2) is acknowledged once
//! it is durable. It is told what people set once it has subscribed to it, and counts as told when it has acknowledged that,
//! where it asked to be told surely (QoS 1); and where it did not (QoS 0), when it has said anything after that, be it a ping. What is
//! not told is told to its next connection again. Nothing is kept for others: no device hears of another one, and a session ends with its
//! connection, as published.
//!
//! A gateway signs in as `mgmt_device`, and speaks for its nodes as well: each topic of a node begins with `dev/TOKEN/`. What
//! is not its node is refused, with nothing said about why, and its connection stays.

mod clock;
mod downlink;
mod session;
mod uplink;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use handover_blynk::mqtt::{Connect, Reason, Refusal, Reply, Request};
use handover_wire::{Fault, LoginFault};

use crate::connections::{Room, Stop};
use crate::domain::Moment;
use crate::service::Core;
use crate::service::faults;
use crate::service::limits::Origin;
use crate::service::living::{self, HEARTBEATS, NotKnown, leave_seat, take_seat};
use crate::streams::Stream;
use session::{Session, SignedIn};
use wire::Wire;

/// Whom devices sign in as, as published.
const USER: &str = "device";
/// Whom gateways sign in as, as published.
const GATEWAY: &str = "mgmt_device";

/// Answers a device until it goes, another connection takes its place, or the cloud stops.
pub async fn serve(
    core: Arc<Core>,
    (stream, origin): (Stream, Origin),
    patience: Duration,
    stop: Stop,
    room: Room,
) {
    let mut wire = Wire::new(stream);
    let signed_in = tokio::select! {
        signed_in = tokio::time::timeout(patience, Box::pin(sign_in(&core, &mut wire, origin))) => signed_in,
        () = stop.gracefully.cancelled() => return,
    };
    let Ok(Some((who, connect))) = signed_in else {
        return;
    };
    let device = who.device;
    let Some(_place) = room.for_device() else {
        tracing::warn!("a device is refused: as many are signed in as this process takes");
        wire.send(Reply::Refused(Refusal::Busy)).await;
        return;
    };
    let (heartbeat, changed) = heartbeat(connect.keep_alive);
    let Some(seat) = Box::pin(take_seat(&core, device, origin, heartbeat)).await else {
        wire.send(Reply::Refused(Refusal::Unavailable)).await;
        return;
    };
    let own_name = connect.client_id.is_empty();
    let connected = Reply::Connected {
        client_id: own_name.then(|| format!("{:x}", seat.session)),
        keep_alive: changed,
    };
    if !who.is_told || wire.send(connected).await {
        let mut session_of = Session::new(
            core.clone(),
            who,
            seat.clone(),
            (wire, heartbeat, connect.open),
        );
        let why = tokio::select! {
            why = session_of.run() => why,
            () = stop.gracefully.cancelled() => Some(Reason::ServerShuttingDown),
        };
        Box::pin(session_of.end(why)).await;
    }
    Box::pin(leave_seat(&core, device, &seat)).await;
}

/// Seconds between two signs of life, and the same where the device has to be told that they are others than it said.
fn heartbeat(keep_alive: u16) -> (i64, Option<u16>) {
    let longest = *HEARTBEATS.end();
    let said = match i64::from(keep_alive) {
        0 => longest,
        said => said,
    };
    let taken = said.clamp(*HEARTBEATS.start(), longest);
    // Whoever gives more signs of life than it has to does no harm.
    let shorter = (keep_alive == 0 || said > longest).then(|| u16::try_from(taken).ok());
    (taken, shorter.flatten())
}

/// Reads the login. Whoever says anything else first is cut off.
async fn sign_in(core: &Core, wire: &mut Wire, origin: Origin) -> Option<(SignedIn, Connect)> {
    let Ok(Some(Request::Connect(connect))) = wire.next().await else {
        return None;
    };
    let mut who = match who(core, origin, &connect).await {
        Ok(who) => who,
        Err(refusal) => {
            wire.send(Reply::Refused(refusal)).await;
            return None;
        }
    };
    let refusal = match faults::meet(core, Moment::MqttLogin, Some(who.device)).await {
        None => return Some((who, connect)),
        Some(Fault::LostAnswer) => {
            who.is_told = false;
            return Some((who, connect));
        }
        // Whoever waits for an answer waits until the time to sign in is over.
        Some(Fault::LostRequest) => return std::future::pending().await,
        Some(Fault::Refused { login }) => match login {
            LoginFault::WrongToken => Refusal::Credentials,
            LoginFault::ServerFull => Refusal::Busy,
        },
        Some(_) => return None,
    };
    wire.send(Reply::Refused(refusal)).await;
    None
}

async fn who(core: &Core, origin: Origin, connect: &Connect) -> Result<SignedIn, Refusal> {
    if let Some(refusal) = connect.refusal {
        return Err(refusal);
    }
    // Nobody learns here whether it is the user's name or the token that is wrong. A wrong name is no guess at a token.
    let login = connect.login.as_ref().ok_or(Refusal::Credentials)?;
    let is_gateway = match login.user.as_str() {
        USER => false,
        GATEWAY => true,
        _ => return Err(Refusal::Credentials),
    };
    let device = match is_gateway {
        true => living::gateway(core, origin, &login.password).await,
        false => living::known(core, origin, &login.password).await,
    };
    match device {
        Ok(device) => Ok(SignedIn {
            device,
            is_gateway,
            is_told: true,
        }),
        Err(NotKnown::Broken(error)) => {
            tracing::error!(%error, "a device could not be signed in");
            Err(Refusal::Unavailable)
        }
        Err(NotKnown::Token | NotKnown::TooOften(_)) => Err(Refusal::Credentials),
    }
}
