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
use crate::service::refusals::Peer;
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
    let peer = Peer {
        origin,
        speaks: "binary",
    };
    let mut wire = Wire::new(stream);
    let signed_in = tokio::select! {
        signed_in = tokio::time::timeout(patience, Box::pin(sign_in(&core, &mut wire, peer))) => signed_in,
        () = stop.gracefully.cancelled() => return,
    };
    let SignedIn { device, login } = match signed_in {
        Ok(Ok(signed_in)) => signed_in,
        Ok(Err(no)) => return Box::pin(no.tell(&core, peer, wire, stop)).await,
        Err(_) => return peer.refused(&core, "it has not signed in in time"),
    };
    let Some(_seat) = room.for_device() else {
        tracing::warn!("a device is refused: as many are signed in as this process takes");
        return;
    };
    let Some(seat) = Box::pin(take_seat(&core, device, origin, HEARTBEAT)).await else {
        return;
    };
    let mut session_of = Session::new(core.clone(), device, seat.clone(), (wire, peer));
    let is_told = match login {
        Some(id) => session_of.answer(id, Status::Ok).await,
        None => true,
    };
    let mut is_refused = false;
    if is_told {
        tokio::select! {
            () = session_of.run() => is_refused = session_of.is_refused(),
            () = stop.gracefully.cancelled() => {}
        }
        Box::pin(session_of.settle()).await;
    }
    Box::pin(leave_seat(&core, device, &seat)).await;
    if is_refused {
        Box::pin(session_of.part()).await;
    }
}

/// What a device is told that says too much or guesses too often, as published: a quota is used up.
const TOO_MUCH: Status = Status::Other(1);

/// Nobody has signed in.
enum No {
    /// It hung up, or that is what is to happen; there is nothing to tell.
    Over,
    /// Told so, where there is a message to answer, and why.
    Told(Option<(MessageId, Status)>, String),
}

impl No {
    fn told(id: MessageId, status: Status, why: impl ToString) -> Self {
        Self::Told(Some((id, status)), why.to_string())
    }

    /// Tells it, and the log.
    async fn tell(self, core: &Core, peer: Peer, mut wire: Wire, stop: Stop) {
        let Self::Told(answer, why) = self else {
            return;
        };
        peer.refused(core, why);
        let telling = async {
            if let Some((id, status)) = answer {
                wire.send(&Frame::response(id, status)).await;
            }
            wire.part().await;
        };
        tokio::select! {
            () = telling => {}
            () = stop.gracefully.cancelled() => {}
        }
    }
}

/// Who has signed in.
struct SignedIn {
    device: DeviceId,
    /// The message that is to be answered; none where that answer is to be lost.
    login: Option<MessageId>,
}

/// Reads the login. Anything else before it is answered that nobody has signed in.
async fn sign_in(core: &Core, wire: &mut Wire, peer: Peer) -> Result<SignedIn, No> {
    let bytes = match wire.next().await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(No::Over),
        Err(no) => {
            let answer = no.id.map(|id| (id, Status::IllegalBody));
            return Err(No::Told(answer, no.why.to_string()));
        }
    };
    let frame = Frame::read(&bytes, wire::MOST_BODY);
    let Ok(Some((frame, _))) = frame else {
        return Err(No::Over);
    };
    let command = match frame.payload {
        Payload::Request(command, _) => Some(command),
        _ => None,
    };
    if !matches!(command, Some(Command::Login | Command::LegacyLogin)) {
        let why = "it says something before it has signed in";
        return Err(No::told(frame.id, Status::NotAuthenticated, why));
    }
    let token = match Uplink::read(&frame) {
        Ok(Uplink::Login { token }) => token,
        _ => {
            let why = "its login is not a token alone";
            return Err(No::told(frame.id, Status::IllegalBody, why));
        }
    };
    match living::known(core, peer.origin, token).await {
        Ok(device) => meet(core, device, frame.id).await,
        Err(NotKnown::Broken(error)) => {
            tracing::error!(%error, "a device could not be signed in");
            Err(No::Over)
        }
        Err(why @ NotKnown::Token) => Err(No::told(frame.id, Status::InvalidToken, why)),
        Err(why @ NotKnown::TooOften(_)) => Err(No::told(frame.id, TOO_MUCH, why)),
    }
}

/// Who has signed in, with what goes wrong on demand.
async fn meet(core: &Core, device: DeviceId, id: MessageId) -> Result<SignedIn, No> {
    let login = match faults::meet(core, Moment::BinaryLogin, Some(device)).await {
        None => Some(id),
        Some(Fault::LostAnswer) => None,
        // Whoever waits for an answer waits until the time to sign in is over.
        Some(Fault::LostRequest) => return std::future::pending().await,
        Some(Fault::Refused {
            login: LoginFault::WrongToken,
        }) => {
            let why = "it is refused on demand";
            return Err(No::told(id, Status::InvalidToken, why));
        }
        Some(_) => return Err(No::Over),
    };
    Ok(SignedIn { device, login })
}
