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
use crate::service::living::{self, HEARTBEAT, HEARTBEATS, NotKnown, leave_seat, take_seat};
use crate::service::refusals::Peer;
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
    let peer = Peer {
        origin,
        speaks: "mqtt",
    };
    let mut wire = Wire::new(stream);
    let signed_in = tokio::select! {
        signed_in = tokio::time::timeout(patience, Box::pin(sign_in(&core, &mut wire, peer))) => signed_in,
        () = stop.gracefully.cancelled() => return,
    };
    let (who, connect) = match signed_in {
        Ok(Ok(signed_in)) => signed_in,
        Ok(Err(no)) => return Box::pin(no.tell(&core, peer, wire, stop)).await,
        Err(_) => return peer.refused(&core, "it has not signed in in time"),
    };
    let device = who.device;
    let Some(_place) = room.for_device() else {
        tracing::warn!("a device is refused: as many are signed in as this process takes");
        wire.send(Reply::Refused(Refusal::Busy)).await;
        return;
    };
    let (heartbeat, changed) = heartbeat(connect.keep_alive, connect.can_be_told);
    let Some(seat) = Box::pin(take_seat(&core, device, origin, heartbeat)).await else {
        wire.send(Reply::Refused(Refusal::Unavailable)).await;
        return;
    };
    let own_name = connect.client_id.is_empty();
    let connected = Reply::Connected {
        client_id: own_name.then(|| format!("{:x}", seat.session)),
        keep_alive: changed,
    };
    if who.is_told && !wire.send(connected).await {
        return Box::pin(leave_seat(&core, device, &seat)).await;
    }
    let parts = (wire, heartbeat, connect.open, peer);
    let mut session_of = Session::new(core.clone(), who, seat.clone(), parts);
    let why = tokio::select! {
        why = session_of.run() => why,
        () = stop.gracefully.cancelled() => Some(Reason::ServerShuttingDown),
    };
    Box::pin(session_of.end(why)).await;
    Box::pin(leave_seat(&core, device, &seat)).await;
    if why.is_some_and(is_fault) {
        Box::pin(session_of.wire.part()).await;
    }
}

/// Whether it is something that the device said for which its connection ends.
fn is_fault(reason: Reason) -> bool {
    !matches!(
        reason,
        Reason::ServerShuttingDown | Reason::SessionTakenOver | Reason::KeepAliveTimeout
    )
}

/// Why a connection ends, as a log says it.
fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::MalformedPacket => "what it sent is no packet of MQTT",
        Reason::ProtocolError => "it sent what MQTT does not allow there",
        Reason::ImplementationSpecificError => "it sent what is not taken here",
        Reason::NotAuthorized => "it may not do that",
        Reason::KeepAliveTimeout => "it gave no sign of life in time",
        Reason::SessionTakenOver => "another connection took its place",
        Reason::ServerShuttingDown => "the cloud stops",
        Reason::TopicFilterInvalid => "it asked for a topic that there is not",
        Reason::TopicNameInvalid => "no device publishes to such a topic",
        Reason::ReceiveMaximumExceeded => "it left too many messages unacknowledged",
        Reason::TopicAliasInvalid => "it named a topic by a number, which is not taken",
        Reason::PacketTooLarge => "it sent a packet that is too long",
        Reason::MessageRateTooHigh => "it sends too much",
        Reason::PayloadFormatInvalid => "it sent what is no text",
        Reason::SubscriptionIdentifiersNotSupported => {
            "it gave a subscription a number, which is not taken"
        }
        Reason::UnspecifiedError => "something broke here",
        _ => "it cannot go on",
    }
}

/// Seconds between two signs of life, and the same where the device has to be told that they are others than it said. Who gives none
/// is asked for some where its version can be asked; in the older one it has an hour, and that it has vanished is seen by TCP
/// alone before that (`connections.rs`).
fn heartbeat(keep_alive: u16, can_be_told: bool) -> (i64, Option<u16>) {
    let longest = *HEARTBEATS.end();
    let said = match i64::from(keep_alive) {
        0 if can_be_told => HEARTBEAT,
        0 => longest,
        said => said,
    };
    let taken = said.clamp(*HEARTBEATS.start(), longest);
    // Whoever gives more signs of life than it has to does no harm.
    let shorter = (keep_alive == 0 || said > longest).then(|| u16::try_from(taken).ok());
    (taken, shorter.flatten())
}

/// Nobody has signed in.
enum No {
    /// It hung up, or that is what is to happen; there is nothing to tell.
    Over,
    /// It said something else first, and is cut off.
    Unspoken(String),
    /// Told so; and why, as the log has it.
    Told(Refusal, String),
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Told(refusal, refusal.to_string())
    }
}

impl No {
    /// Tells it, and the log.
    async fn tell(self, core: &Core, peer: Peer, mut wire: Wire, stop: Stop) {
        let refusal = match self {
            Self::Over => return,
            Self::Unspoken(why) => return peer.refused(core, why),
            Self::Told(refusal, why) => {
                peer.refused(core, why);
                refusal
            }
        };
        let telling = async {
            wire.send(Reply::Refused(refusal)).await;
            wire.part().await;
        };
        tokio::select! {
            () = telling => {}
            () = stop.gracefully.cancelled() => {}
        }
    }
}

/// Reads the login. Whoever says anything else first is cut off.
async fn sign_in(core: &Core, wire: &mut Wire, peer: Peer) -> Result<(SignedIn, Connect), No> {
    let connect = match wire.next().await {
        Ok(Some(Request::Connect(connect))) => connect,
        Ok(Some(_)) => return Err(No::Unspoken("it does not sign in first".to_owned())),
        Ok(None) => return Err(No::Over),
        Err(reason) => {
            let why = format!("what it says is no login: {}", words(reason));
            return Err(No::Unspoken(why));
        }
    };
    let mut who = who(core, peer.origin, &connect).await?;
    match faults::meet(core, Moment::MqttLogin, Some(who.device)).await {
        None => Ok((who, connect)),
        Some(Fault::LostAnswer) => {
            who.is_told = false;
            Ok((who, connect))
        }
        // Whoever waits for an answer waits until the time to sign in is over.
        Some(Fault::LostRequest) => std::future::pending().await,
        Some(Fault::Refused { login }) => {
            let refusal = match login {
                LoginFault::WrongToken => Refusal::Credentials,
                LoginFault::ServerFull => Refusal::Busy,
            };
            Err(No::Told(refusal, "it is refused on demand".to_owned()))
        }
        Some(_) => Err(No::Over),
    }
}

async fn who(core: &Core, origin: Origin, connect: &Connect) -> Result<SignedIn, No> {
    if let Some(refusal) = connect.refusal {
        return Err(refusal.into());
    }
    // Nobody learns here whether it is the user's name or the token that is wrong. A wrong name is no guess at a token.
    let login = connect.login.as_ref().ok_or(Refusal::Credentials)?;
    let is_gateway = match login.user.as_str() {
        USER => false,
        GATEWAY => true,
        _ => {
            let why = format!("its user is neither `{USER}` nor `{GATEWAY}`");
            return Err(No::Told(Refusal::Credentials, why));
        }
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
            Err(Refusal::Unavailable.into())
        }
        Err(why @ NotKnown::Token) => Err(No::Told(Refusal::Credentials, why.to_string())),
        Err(why @ NotKnown::TooOften(_)) => Err(No::Told(Refusal::TooOften, why.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_gives_no_signs_of_life_is_asked_for_some_or_has_an_hour() {
        for (said, can_be_told, want) in [
            (45, true, (45, None)),
            (45, false, (45, None)),
            (0, true, (60, Some(60))),
            (0, false, (3_600, Some(3_600))),
            (u16::MAX, true, (3_600, Some(3_600))),
            (1, true, (5, None)),
        ] {
            assert_eq!(heartbeat(said, can_be_told), want, "{said} {can_be_told}");
        }
    }
}
