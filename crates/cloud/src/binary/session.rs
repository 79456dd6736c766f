//! A device that has signed in.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::Arc;

use futures_util::FutureExt as _;
use handover_blynk::{
    Downlink, Frame, HEADER, MessageId, Payload, Pin, Status, TimeAsked, Uplink, UplinkError,
};
use handover_wire::{DeviceId, Fault, HardwareInfo};

use super::TOO_MUCH;
use super::wire::{self, NoFrame, Wire};
use crate::domain::{Moment, Value};
use crate::service::Core;
use crate::service::faults;
use crate::service::living::{self, HEARTBEAT, Said, Seat, Talk, Unsaid, Which};
use crate::service::refusals::Peer;
use crate::store::{Setting, ToTell};

/// Bytes of the smallest buffer that clients have.
const SMALLEST_BUFFER: usize = 256;
/// Values that belong together at most.
const MOST_TOGETHER: usize = 64;

/// Whether it is told that something went well, too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answered {
    Always,
    OnlyNo,
    /// The answer is to be lost.
    Never,
}

/// What is answered once it is durable: which message, and whether also where it went well.
type Due = (MessageId, Answered);

/// A device that has signed in.
pub struct Session {
    talk: Talk<Due>,
    seat: Seat,
    wire: Wire,
    peer: Peer,
    /// Whether the connection ends with an answer that the device is to hear.
    is_refused: bool,
    buffer: usize,
    next_id: MessageId,
    /// What it was told and may not have: it has said nothing since.
    unsure: BTreeSet<Setting>,
    /// What it writes that belongs together, and of which time that is, where it has begun to.
    group: Option<(Option<i64>, Writes)>,
    /// Whether the answer to what it says now is to be lost.
    is_mute: bool,
}

/// What datastreams hold.
type Writes = Vec<(Which, Vec<String>)>;

impl Session {
    /// Of a connection that was taken on.
    pub fn new(core: Arc<Core>, device: DeviceId, seat: Seat, (wire, peer): (Wire, Peer)) -> Self {
        Self {
            talk: Talk::new(core, device, &seat, HEARTBEAT),
            seat,
            wire,
            peer,
            is_refused: false,
            buffer: SMALLEST_BUFFER,
            next_id: MessageId::MIN,
            unsure: BTreeSet::new(),
            group: None,
            is_mute: false,
        }
    }

    /// Whether the connection ended with an answer that the device is to hear.
    pub fn is_refused(&self) -> bool {
        self.is_refused
    }

    /// Ends the connection so that what was said last is heard.
    pub async fn part(&mut self) {
        self.wire.part().await;
    }

    /// Answers what is no message, after which nothing more can be told apart.
    async fn refuse(&mut self, no: NoFrame) {
        self.unheard(no.why);
        self.wire.refuse(no).await;
        self.is_refused = true;
    }

    /// Says in the log that a message is as if it had not been said.
    fn unheard(&self, why: impl Display) {
        self.peer.unheard(&self.talk.core, self.talk.device, why);
    }

    /// Answers a message that is not done. False where that is in vain.
    async fn no(&mut self, id: MessageId, status: Status, why: impl Display) -> bool {
        self.unheard(why);
        self.answer(id, status).await
    }

    /// Answers a message. False where that is in vain.
    pub async fn answer(&mut self, id: MessageId, status: Status) -> bool {
        self.is_mute || self.wire.send(&Frame::response(id, status)).await
    }

    /// Until it goes, or another connection takes over.
    pub async fn run(&mut self) {
        let mut silence = self.talk.silence();
        loop {
            let full = self.talk.is_full();
            tokio::select! {
                () = self.seat.turn.is_wanted() => {
                    if !Box::pin(self.give_way()).await {
                        return;
                    }
                    silence = self.talk.silence();
                }
                () = &mut silence => {
                    tracing::debug!(device = %self.talk.device, "a device is not heard of any more");
                    return;
                }
                () = self.seat.wake.notified() => {
                    if !Box::pin(self.deliver()).await {
                        return;
                    }
                }
                (due, outcome) = self.talk.outcome() => {
                    if !self.tell(due, outcome).await {
                        return;
                    }
                }
                bytes = self.wire.next(), if !full => {
                    let bytes = match bytes {
                        Ok(Some(bytes)) => bytes,
                        Ok(None) => return,
                        Err(no) => return Box::pin(self.refuse(no)).await,
                    };
                    // What a message takes is taken while there is one.
                    if !Box::pin(self.hear(&bytes)).await {
                        return;
                    }
                    // However long that was made to take, the device was heard of.
                    silence = self.talk.silence();
                    self.talk.note_life((MessageId::MIN, Answered::OnlyNo)).await;
                }
            }
        }
    }

    /// Lets a newer connection have its place, with all that was said durable. False where it has, or the connection is to end.
    async fn give_way(&mut self) -> bool {
        let is_heard = self.hear_out().await;
        let is_told = self.settle().await;
        self.seat.turn.is_kept().await && is_heard && is_told
    }

    /// Hears what has come already, as much as is heard at once of anybody. False where the connection is to end.
    async fn hear_out(&mut self) -> bool {
        while !self.talk.is_full()
            && let Some(Ok(Some(bytes))) = self.wire.next().now_or_never()
        {
            if !self.hear(&bytes).await {
                return false;
            }
        }
        true
    }

    /// Waits until all that it said is durable, and tells it, as long as it can be told. False where it cannot be.
    pub async fn settle(&mut self) -> bool {
        let mut is_told = true;
        while !self.talk.is_settled() {
            let (due, outcome) = self.talk.outcome().await;
            is_told = is_told && self.tell(due, outcome).await;
        }
        is_told
    }

    /// Tells what became of a message. False where the connection is to end.
    async fn tell(&mut self, (id, answered): Due, outcome: Result<(), Unsaid>) -> bool {
        match outcome {
            Err(Unsaid::Replaced | Unsaid::Gone) => false,
            _ if answered == Answered::Never => true,
            Ok(()) if answered == Answered::OnlyNo => true,
            // What waited is answered, whatever becomes of the answer to what is said now.
            Ok(()) => self.wire.send(&Frame::response(id, Status::Ok)).await,
            Err(why) => {
                self.unheard(why);
                self.wire
                    .send(&Frame::response(id, Status::IllegalBody))
                    .await
            }
        }
    }

    async fn wait_for(&mut self, id: MessageId, answered: Answered, said: Said) -> bool {
        let answered = if self.is_mute {
            Answered::Never
        } else {
            answered
        };
        self.talk.say((id, answered), said).await;
        true
    }

    /// Does what a message asks for. False where the connection is to end.
    async fn hear(&mut self, bytes: &[u8]) -> bool {
        self.is_sure().await;
        let Ok(Some((frame, _))) = Frame::read(bytes, wire::MOST_BODY) else {
            return false;
        };
        let id = frame.id;
        let uplink = match Uplink::read(&frame) {
            Ok(uplink) => uplink,
            Err(error) => return self.no(id, UplinkError::status(error), error).await,
        };
        // Signs of life and answers come when it is time for them, and meet nothing.
        if !matches!(uplink, Uplink::Ping | Uplink::Answer(_)) {
            match faults::meet(
                &self.talk.core,
                Moment::BinaryMessage,
                Some(self.talk.device),
            )
            .await
            {
                None => {}
                Some(Fault::LostAnswer) => self.is_mute = true,
                Some(Fault::LostRequest) => return true,
                Some(Fault::TooMuch) => return self.answer(id, TOO_MUCH).await,
                Some(_) => return false,
            }
        }
        let goes_on = self.act(id, uplink).await;
        self.is_mute = false;
        goes_on
    }

    async fn act(&mut self, id: MessageId, uplink: Uplink<'_>) -> bool {
        let which = |pin: Pin| Which::Pin(pin.0);
        let owned = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect::<Vec<_>>();
        match uplink {
            Uplink::Answer(_) => true,
            Uplink::Login { .. } => {
                let why = "it signs in twice on one connection";
                self.no(id, Status::IllegalCommand, why).await;
                self.is_refused = true;
                false
            }
            Uplink::Ping | Uplink::DebugPrint(_) => self.answer(id, Status::Ok).await,
            Uplink::BeginGroup(at) => {
                self.group = Some((at, Writes::new()));
                self.answer(id, Status::Ok).await
            }
            Uplink::EndGroup => self.end_group(id).await,
            Uplink::Write { pin, values } if self.group.is_some() => {
                let values = owned(values);
                self.gather(id, which(pin), values).await
            }
            Uplink::Write { pin, values } => {
                let said = Said::Values(vec![(which(pin), owned(values))]);
                self.wait_for(id, Answered::OnlyNo, said).await
            }
            Uplink::Sync(pins) => self.settle().await && self.sync(id, &pins).await,
            Uplink::Property { pin, name, values } => {
                let said = Said::Property {
                    which: which(pin),
                    name: name.to_owned(),
                    value: values.join(","),
                };
                self.wait_for(id, Answered::Always, said).await
            }
            Uplink::Event { code, description } => {
                let said = Said::Event {
                    code: code.to_owned(),
                    description: description.map(str::to_owned),
                };
                self.wait_for(id, Answered::Always, said).await
            }
            // What happened stays in the log.
            Uplink::ClearEvent { .. } => self.answer(id, Status::Ok).await,
            Uplink::Info(pairs) => {
                let hardware = self.introduce(&pairs);
                self.wait_for(id, Answered::Always, Said::Hardware(hardware))
                    .await
            }
            Uplink::MetaGet { field } => self.meta(id, field).await,
            Uplink::AsksTime(asked) => self.time(id, asked).await,
            Uplink::MetaSet { field, value } => {
                let said = Said::Meta {
                    id: None,
                    name: Some(field.to_owned()),
                    value: value.to_owned(),
                };
                self.wait_for(id, Answered::Always, said).await
            }
        }
    }

    /// Keeps what belongs together until it is complete.
    async fn gather(&mut self, id: MessageId, which: Which, values: Vec<String>) -> bool {
        match &mut self.group {
            Some((_, writes)) if writes.len() < MOST_TOGETHER => {
                writes.push((which, values));
                true
            }
            _ => {
                let why = "more belongs together than is kept";
                self.no(id, Status::IllegalBody, why).await
            }
        }
    }

    /// Says what belongs together: all of it or nothing. Of a time that the device names each datastream by itself, since
    /// points of the past are (ours).
    async fn end_group(&mut self, id: MessageId) -> bool {
        match self.group.take() {
            None => {
                let why = "it ends a group that it has not begun";
                self.no(id, Status::IllegalBody, why).await
            }
            Some((_, writes)) if writes.is_empty() => self.answer(id, Status::Ok).await,
            Some((None, writes)) => {
                let said = Said::Values(writes);
                self.wait_for(id, Answered::Always, said).await
            }
            Some((Some(at), mut writes)) => {
                let last = writes.pop();
                for (which, values) in writes {
                    let said = Said::Points(which, vec![(at, values.join(","))]);
                    self.wait_for(id, Answered::OnlyNo, said).await;
                }
                let Some((which, values)) = last else {
                    return true;
                };
                let said = Said::Points(which, vec![(at, values.join(","))]);
                self.wait_for(id, Answered::Always, said).await
            }
        }
    }

    /// Takes what a device is from what it says: what concerns the connection is for the connection.
    fn introduce(&mut self, pairs: &[(&str, &str)]) -> HardwareInfo {
        let mut hardware = HardwareInfo::default();
        for &(name, value) in pairs {
            let text = Some(value.chars().take(100).collect());
            match name {
                "h-beat" => {
                    self.talk.set_heartbeat(value.parse().unwrap_or(HEARTBEAT));
                }
                "buff-in" => {
                    let said = value.parse().unwrap_or(SMALLEST_BUFFER);
                    self.buffer = said.clamp(SMALLEST_BUFFER, HEADER + wire::MOST_BODY);
                }
                "ver" => hardware.blynk_version = text,
                "fw" => hardware.version = text,
                "fw-type" => hardware.fw_type = text,
                "dev" => hardware.board_type = text,
                "build" => hardware.build = text,
                "tmpl" => hardware.template_id = text,
                _ => {}
            }
        }
        hardware
    }

    /// Tells what datastreams hold, those that were asked for or all that hold something.
    async fn sync(&mut self, id: MessageId, pins: &[Pin]) -> bool {
        let held = match living::held(&self.talk.core, self.talk.device).await {
            Ok(Some(held)) => held,
            Ok(None) => return false,
            Err(error) => {
                tracing::warn!(%error, "what a device asked for is not known now");
                return self.answer(id, Status::Other(500)).await;
            }
        };
        let all = held.parts.datastreams.iter().map(|one| one.pin);
        let pins: Vec<u8> = match pins {
            [] => all.collect(),
            named => named.iter().map(|pin| pin.0).collect(),
        };
        for pin in pins {
            if let Some(value) = held.value(pin)
                && !self.push(id, pin, &value).await
            {
                return false;
            }
        }
        true
    }

    /// Tells what people set.
    async fn deliver(&mut self) -> bool {
        let values = match living::pending(&self.talk.core, self.talk.device).await {
            Ok(values) if values.is_empty() => return true,
            Ok(values) => values,
            Err(error) => {
                tracing::warn!(%error, "what a device is to be told is not known now");
                return true;
            }
        };
        let mut news = values;
        // What it was given already may be on its way.
        news.retain(|one| !self.unsure.contains(&one.setting));
        if news.is_empty() {
            return true;
        }
        let given: Vec<Setting> = news.iter().map(|one| one.setting).collect();
        // Before it is: nobody looks any more for what is on its way.
        if let Err(error) = living::was_written(&self.talk.core, self.talk.device, &given).await {
            tracing::warn!(%error, "what a device is to be told cannot be told now; soon again");
            return true;
        }
        let mut unsaid = Vec::new();
        for ToTell { setting, value } in news {
            let id = self.next_id;
            self.next_id = id.checked_add(1).unwrap_or(MessageId::MIN);
            match self.readable(id, setting.pin, &value) {
                Some(bytes) if !self.wire.send_bytes(&bytes).await => return false,
                Some(_) => drop(self.unsure.insert(setting)),
                None => unsaid.push(setting),
            }
        }
        self.was_told(unsaid).await;
        true
    }

    async fn was_told(&mut self, settings: Vec<Setting>) {
        if settings.is_empty() {
            return;
        }
        if let Err(error) = living::was_told(&self.talk.core, self.talk.device, &settings).await {
            tracing::warn!(%error, "a device is told the same again");
        }
    }

    /// The device has said something: it has what it was told before that. What was on its way to the cloud already when that
    /// was written counts too, which cannot be told apart: devices do not answer what they are told, as published.
    async fn is_sure(&mut self) {
        let told = std::mem::take(&mut self.unsure);
        self.was_told(told.into_iter().collect()).await;
    }

    /// Tells a value, where the device's buffer holds it.
    async fn push(&mut self, id: MessageId, pin: u8, value: &Value) -> bool {
        match self.readable(id, pin, value) {
            Some(bytes) => self.is_mute || self.wire.send_bytes(&bytes).await,
            None => true,
        }
    }

    /// A value as a device reads it. One that its buffer does not hold stays unsaid: it would break the device.
    fn readable(&self, id: MessageId, pin: u8, value: &Value) -> Option<Vec<u8>> {
        let fields = value.fields();
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let write = Downlink::Write {
            pin: Pin(pin),
            values: &fields,
        };
        let mut bytes = Vec::new();
        if write.write(id, &mut bytes).is_err() || bytes.len() > self.buffer {
            tracing::info!(device = %self.talk.device, pin, "a value is too long for the device's buffer");
            return None;
        }
        Some(bytes)
    }

    /// Tells the time where the device is.
    async fn time(&mut self, id: MessageId, asked: TimeAsked) -> bool {
        let there = match living::time_there(&self.talk.core, self.talk.device).await {
            Ok(Some(there)) => there,
            Ok(None) => return false,
            Err(error) => {
                tracing::warn!(%error, "what a device asked for is not known now");
                return self.answer(id, Status::Other(500)).await;
            }
        };
        let fields = there.fields(asked);
        let fields = fields.iter().map(String::as_str);
        let all: Vec<&str> = asked.words().into_iter().chain(fields).collect();
        self.internal(id, &all).await
    }

    /// Answers a question of the protocol's own, where the device's buffer holds the answer.
    async fn internal(&mut self, id: MessageId, all: &[&str]) -> bool {
        let body = handover_blynk::join(all);
        let Some(body) = body.ok().filter(|body| HEADER + body.len() <= self.buffer) else {
            let why = "what it asks for does not fit its buffer";
            return self.no(id, Status::IllegalBody, why).await;
        };
        let payload = Payload::Request(handover_blynk::Command::Internal, &body);
        self.is_mute || self.wire.send(&Frame { id, payload }).await
    }

    /// Tells what a metadata field holds.
    async fn meta(&mut self, id: MessageId, name: &str) -> bool {
        let names = [name.to_owned()];
        let held = living::meta(&self.talk.core, self.talk.device, &names).await;
        let Some((_, value)) = held.ok().and_then(|mut held| held.pop()) else {
            let why = "it asks for a metadata field that it does not have";
            return self.no(id, Status::IllegalBody, why).await;
        };
        self.internal(id, &["meta", "get", name, &value]).await
    }
}
