//! The binary protocol (`handover_blynk` has its frames), on the port that HTTP is on.
//!
//! A device signs in within the time that a request's header may take, with its token in one frame, and is then heard of at
//! least once in one and a half of its heartbeats. What it writes is not acknowledged, as published, and is durable some tens
//! of milliseconds later; a crash loses what came within the last 100. Nothing is pushed but values (command 20): some
//! libraries drop the connection at anything else. Devices do not answer those, as published, and a connection whose other end has
//! vanished takes them for a while: a value counts as told once the device has said anything after it (a ping, at the latest a heartbeat
//! later). Until then it is told to the device's next connection again, so a device may be told the same twice.

mod session;
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use handover_blynk::{Command, Frame, MessageId, Payload, Status, Uplink};
use handover_wire::{DeviceId, Fault, LoginFault};

use crate::connections::{Room, Stop};
use crate::domain::Moment;
use crate::service::Core;
use crate::service::faults;
use crate::service::limits::Origin;
use crate::service::living::{self, HEARTBEAT, NotKnown, leave_seat, take_seat};
use crate::streams::Stream;
use session::Session;
use wire::Wire;

/// Whether a connection that begins with this byte speaks the binary protocol. HTTP begins with a letter, and TLS with 22.
pub fn is_spoken(first: u8) -> bool {
    let command = Command::of(first);
    matches!(command, Some(Command::Login | Command::LegacyLogin))
        || (first < b' ' && first != 22 && !first.is_ascii_whitespace())
}

/// Answers a device until it goes, another connection takes its place, or the cloud stops.
pub async fn serve(
    core: Arc<Core>,
    (stream, peer): (Stream, SocketAddr),
    patience: Duration,
    stop: Stop,
    room: Room,
) {
    let origin = Origin::of(peer.ip());
    let mut wire = Wire::new(stream);
    let signed_in = tokio::select! {
        signed_in = tokio::time::timeout(patience, Box::pin(sign_in(&core, &mut wire, origin))) => signed_in,
        () = stop.gracefully.cancelled() => return,
    };
    let Ok(Some(SignedIn { device, login })) = signed_in else {
        return;
    };
    let Some(_seat) = room.for_device() else {
        tracing::warn!("a device is refused: as many are signed in as this process takes");
        return;
    };
    let Some(seat) = Box::pin(take_seat(&core, device, origin, HEARTBEAT)).await else {
        return;
    };
    let mut session_of = Session::new(core.clone(), device, seat.clone(), wire);
    let is_told = match login {
        Some(id) => session_of.answer(id, Status::Ok).await,
        None => true,
    };
    if is_told {
        tokio::select! {
            () = session_of.run() => {}
            () = stop.gracefully.cancelled() => {}
        }
        Box::pin(session_of.settle()).await;
    }
    Box::pin(leave_seat(&core, device, &seat)).await;
}

/// Who has signed in.
struct SignedIn {
    device: DeviceId,
    /// The message that is to be answered; none where that answer is to be lost.
    login: Option<MessageId>,
}

/// Reads the login. Anything else before it is answered that nobody has signed in.
async fn sign_in(core: &Core, wire: &mut Wire, origin: Origin) -> Option<SignedIn> {
    let bytes = wire.next().await?;
    let (frame, _) = Frame::read(&bytes, wire::MOST_BODY).ok()??;
    let no = |status| Frame::response(frame.id, status);
    let command = match frame.payload {
        Payload::Request(command, _) => Some(command),
        _ => None,
    };
    if !matches!(command, Some(Command::Login | Command::LegacyLogin)) {
        wire.send(&no(Status::NotAuthenticated)).await;
        return None;
    }
    let Ok(Uplink::Login { token }) = Uplink::read(&frame) else {
        wire.send(&no(Status::IllegalBody)).await;
        return None;
    };
    match living::known(core, origin, token).await {
        Ok(device) => {
            let login = match faults::meet(core, Moment::BinaryLogin, Some(device)).await {
                None => Some(frame.id),
                Some(Fault::LostAnswer) => None,
                // Whoever waits for an answer waits until the time to sign in is over.
                Some(Fault::LostRequest) => return std::future::pending().await,
                Some(Fault::Refused {
                    login: LoginFault::WrongToken,
                }) => {
                    wire.send(&no(Status::InvalidToken)).await;
                    return None;
                }
                Some(_) => return None,
            };
            Some(SignedIn { device, login })
        }
        Err(NotKnown::Broken(error)) => {
            tracing::error!(%error, "a device could not be signed in");
            None
        }
        Err(NotKnown::Token | NotKnown::TooOften(_)) => {
            wire.send(&no(Status::InvalidToken)).await;
            None
        }
    }
}
