//! A device that has signed in.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use handover_blynk::{
    Downlink, Frame, HEADER, MessageId, Payload, Pin, Status, Uplink, UplinkError,
};
use handover_wire::{DeviceId, HardwareInfo};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use super::wire::{self, Wire};
use crate::domain::{Value, values};
use crate::service::Core;
use crate::service::living::{self, Said, Seat, Unsaid, Via, Which};

/// Seconds between two signs of life, until a device says how many.
pub const HEARTBEAT: i64 = 60;
/// What devices may say: no shorter than what a network needs, no longer than an hour.
const HEARTBEATS: std::ops::RangeInclusive<i64> = 5..=3_600;
/// Bytes of the smallest buffer that clients have.
const SMALLEST_BUFFER: usize = 256;
/// Messages of one device that wait to become durable; it is not listened to further until one has.
const MOST_WAITING: usize = 64;
/// Seconds for which the database believes in a connection beyond the time that the connection itself is given: enough for
/// a process that is killed to be the only way to get there.
const BEYOND: i64 = 10;

/// Seconds for which a device with this heartbeat is there without a sign of life.
pub fn seconds(heartbeat: i64) -> i64 {
    heartbeat + heartbeat / 2 + BEYOND
}

/// What a device says that is answered once it is durable.
type Waiting = (MessageId, Answered, oneshot::Receiver<Result<(), Unsaid>>);

/// Whether it is told that something went well, too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answered {
    Always,
    OnlyNo,
}

/// A device that has signed in.
pub struct Session {
    core: Arc<Core>,
    device: DeviceId,
    seat: Seat,
    wire: Wire,
    heartbeat: i64,
    buffer: usize,
    waiting: VecDeque<Waiting>,
    next_id: MessageId,
    /// When the database was last told that it is there.
    noted: Instant,
}

impl Session {
    /// Of a connection that was taken on.
    pub fn new(core: Arc<Core>, device: DeviceId, seat: Seat, wire: Wire) -> Self {
        Self {
            core,
            device,
            seat,
            wire,
            heartbeat: HEARTBEAT,
            buffer: SMALLEST_BUFFER,
            waiting: VecDeque::new(),
            next_id: MessageId::MIN,
            noted: Instant::now(),
        }
    }

    /// Answers a message. False where that is in vain.
    pub async fn answer(&mut self, id: MessageId, status: Status) -> bool {
        self.wire.send(&Frame::response(id, status)).await
    }

    /// Until it goes, or another connection takes over.
    pub async fn run(&mut self) {
        let mut heard = Instant::now();
        loop {
            let patience = u64::try_from(self.heartbeat * 1_500).unwrap_or_default();
            let deadline = heard + Duration::from_millis(patience);
            let full = self.waiting.len() >= MOST_WAITING;
            tokio::select! {
                () = self.seat.end.cancelled() => return,
                () = sleep_until(deadline) => {
                    tracing::debug!(device = %self.device, "a device is not heard of any more");
                    return;
                }
                () = self.seat.wake.notified() => {
                    if !self.deliver().await {
                        return;
                    }
                }
                outcome = next_durable(&mut self.waiting), if !self.waiting.is_empty() => {
                    if !self.tell(outcome).await {
                        return;
                    }
                }
                bytes = self.wire.next(), if !full => {
                    let Some(bytes) = bytes else { return };
                    heard = Instant::now();
                    if !self.hear(&bytes).await || !self.note_life().await {
                        return;
                    }
                }
            }
        }
    }

    /// Waits until all that it said is durable.
    pub async fn settle(&mut self) -> bool {
        while !self.waiting.is_empty() {
            let outcome = next_durable(&mut self.waiting).await;
            if !self.tell(outcome).await {
                return false;
            }
        }
        true
    }

    /// Tells what became of a message. False where the connection is to end.
    async fn tell(&mut self, (id, answered, outcome): Outcome) -> bool {
        match outcome {
            Ok(()) if answered == Answered::OnlyNo => true,
            Ok(()) => self.answer(id, Status::Ok).await,
            Err(Unsaid::Replaced | Unsaid::Gone) => false,
            Err(_) => self.answer(id, Status::IllegalBody).await,
        }
    }

    /// Notes now and then that the device is there, though it writes nothing.
    async fn note_life(&mut self) -> bool {
        let half = u64::try_from(self.heartbeat / 2).unwrap_or_default();
        if self.noted.elapsed() < Duration::from_secs(half) {
            return true;
        }
        self.noted = Instant::now();
        let here = self.say(Said::Here).await;
        self.waiting
            .push_back((MessageId::MIN, Answered::OnlyNo, here));
        true
    }

    async fn say(&self, said: Said) -> oneshot::Receiver<Result<(), Unsaid>> {
        let via = Via::Connection {
            session: self.seat.session,
            seconds: seconds(self.heartbeat),
        };
        living::say(&self.core, self.device, said, via).await
    }

    async fn wait_for(&mut self, id: MessageId, answered: Answered, said: Said) -> bool {
        let heard = self.say(said).await;
        self.waiting.push_back((id, answered, heard));
        true
    }

    /// Does what a message asks for. False where the connection is to end.
    async fn hear(&mut self, bytes: &[u8]) -> bool {
        let Ok(Some((frame, _))) = Frame::read(bytes, wire::MOST_BODY) else {
            return false;
        };
        let id = frame.id;
        let uplink = match Uplink::read(&frame) {
            Ok(uplink) => uplink,
            Err(error) => return self.answer(id, UplinkError::status(error)).await,
        };
        let which = |pin: Pin| Which::Pin(pin.0);
        let owned = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect::<Vec<_>>();
        match uplink {
            Uplink::Answer(_) => true,
            Uplink::Login { .. } => {
                self.answer(id, Status::IllegalCommand).await;
                false
            }
            Uplink::Ping | Uplink::DebugPrint(_) => self.answer(id, Status::Ok).await,
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

    /// Takes what a device is from what it says: what concerns the connection is for the connection.
    fn introduce(&mut self, pairs: &[(&str, &str)]) -> HardwareInfo {
        let mut hardware = HardwareInfo::default();
        for &(name, value) in pairs {
            let text = Some(value.chars().take(100).collect());
            match name {
                "h-beat" => {
                    let said = value.parse().unwrap_or(HEARTBEAT);
                    self.heartbeat = said.clamp(*HEARTBEATS.start(), *HEARTBEATS.end());
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
        let held = match living::held(&self.core, self.device).await {
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
        let values = match living::pending(&self.core, self.device).await {
            Ok(values) if values.is_empty() => return true,
            Ok(values) => values,
            Err(error) => {
                tracing::warn!(%error, "what a device is to be told is not known now");
                return true;
            }
        };
        for (pin, value) in &values {
            let id = self.next_id;
            self.next_id = id.checked_add(1).unwrap_or(MessageId::MIN);
            if !self.push(id, *pin, value).await {
                return false;
            }
        }
        if let Err(error) = living::was_told(&self.core, self.device, &values).await {
            tracing::warn!(%error, "a device is told the same again");
        }
        true
    }

    /// A value as a device reads it. One that its buffer does not hold stays unsaid: it would break the device.
    async fn push(&mut self, id: MessageId, pin: u8, value: &Value) -> bool {
        let fields = value.fields();
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let write = Downlink::Write {
            pin: Pin(pin),
            values: &fields,
        };
        let mut bytes = Vec::new();
        if write.write(id, &mut bytes).is_err() || bytes.len() > self.buffer {
            tracing::info!(device = %self.device, pin, "a value is too long for the device's buffer");
            return true;
        }
        self.wire.send_bytes(&bytes).await
    }

    /// Tells what a metadata field holds.
    async fn meta(&mut self, id: MessageId, name: &str) -> bool {
        let found = match self.core.store.device_itself(self.device).await {
            Ok(Some(found)) => found,
            _ => return self.answer(id, Status::IllegalBody).await,
        };
        let fields = self.core.store.meta_fields(&found.device.template_id).await;
        let all = values(&fields.unwrap_or_default(), &found.metadata);
        let Some(field) = all.into_iter().find(|field| field.name == name) else {
            return self.answer(id, Status::IllegalBody).await;
        };
        let value = match field.value.value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        let body = handover_blynk::join(&["meta", "get", name, &value]);
        let Ok(body) = body else {
            return self.answer(id, Status::IllegalBody).await;
        };
        if HEADER + body.len() > self.buffer {
            return self.answer(id, Status::IllegalBody).await;
        }
        let payload = Payload::Request(handover_blynk::Command::Internal, &body);
        self.wire.send(&Frame { id, payload }).await
    }
}

/// What became of a message.
type Outcome = (MessageId, Answered, Result<(), Unsaid>);

/// Waits for the oldest message that is not durable yet. It may be dropped while it waits.
async fn next_durable(waiting: &mut VecDeque<Waiting>) -> Outcome {
    let Some((id, answered, heard)) = waiting.front_mut() else {
        return std::future::pending().await;
    };
    let (id, answered) = (*id, *answered);
    let outcome = heard.await.unwrap_or(Err(Unsaid::Broken));
    waiting.pop_front();
    (id, answered, outcome)
}
