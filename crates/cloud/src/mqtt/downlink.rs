//! What a device is told.

use std::collections::BTreeMap;

use bytes::Bytes;
use handover_blynk::Downward;
use handover_blynk::mqtt::{PacketId, QoS, Reply};
use handover_wire::{DataType, DeviceId, TemplateParts};

use super::session::{Session, Step};
use super::uplink::Meant;
use crate::domain::{Value, datastream};
use crate::service::Broken;
use crate::service::living::{self, Which};
use crate::store::{Setting, ToTell};

/// A value as devices read it: of a place, its two numbers with a NUL between them.
fn payload(value: &Value) -> Bytes {
    value.fields().join("\0").into()
}

fn topic_of(parts: &TemplateParts, pin: u8) -> Option<String> {
    let one = datastream(parts, pin)?;
    let name = one.name.as_str();
    Some(Downward::Value { name }.to_string())
}

/// Says in the log that something is not known now. The device may ask again.
fn unknown(error: &Broken) {
    tracing::warn!(%error, "what a device is to be told is not known now");
}

/// What a device is told.
#[derive(Default)]
struct Telling {
    messages: Vec<Message>,
    /// What it can never be told.
    unsaid: Vec<Setting>,
}

/// A value that a device is told.
struct Message {
    topic: String,
    payload: Bytes,
    /// Whether it has to be acknowledged.
    is_sure: bool,
    setting: Setting,
}

impl Session {
    /// How surely the device wants to be told there; none where it does not want to.
    fn wants(&self, whose: DeviceId, topic: &str) -> Option<QoS> {
        let all = self.voices.get(&whose)?.filters.iter();
        let all = all.filter(|(filter, _)| filter.takes(topic));
        all.map(|(_, qos)| *qos).max_by_key(QoS::value)
    }

    fn id(&mut self) -> PacketId {
        loop {
            let id = self.next_id;
            self.next_id = id.checked_add(1).unwrap_or(PacketId::MIN);
            if !self.open.contains_key(&id) {
                return id;
            }
        }
    }

    /// Whether the device can take such a message at all.
    fn fits(&mut self, topic: &str, payload: &Bytes) -> bool {
        // The fixed header, the topic's length, a message's id and properties.
        let length = topic.len() + payload.len() + 10;
        let reply = Reply::Publish {
            topic: topic.to_owned(),
            payload: payload.clone(),
            id: Some(PacketId::MIN),
        };
        let fits = length <= self.buffer && self.wire.fits(reply);
        if !fits {
            tracing::info!(device = %self.talk.device, "a message is too long for the device");
        }
        fits
    }

    /// A topic as this connection names it.
    fn named(&self, whose: DeviceId, topic: &str) -> String {
        let prefix = self.voices.get(&whose).map(|voice| voice.prefix.as_str());
        format!("{}{topic}", prefix.unwrap_or_default())
    }

    /// Whether it is still this gateway that speaks for the node; of itself whatever has signed in speaks.
    async fn speaks_for(&mut self, whose: DeviceId) -> bool {
        let own = self.talk.device;
        if whose == own {
            return true;
        }
        match living::speaks_for(&self.talk.core, own, whose).await {
            Ok(speaks) => speaks,
            Err(error) => {
                unknown(&error);
                false
            }
        }
    }

    /// Tells what people set, as far as the device has subscribed to it, or the gateway for it.
    pub(super) async fn deliver(&mut self, whose: DeviceId) -> Step {
        let listens = self.voices.get(&whose);
        if listens.is_none_or(|voice| voice.filters.is_empty()) || !self.speaks_for(whose).await {
            return Ok(());
        }
        let values = match living::pending(&self.talk.core, whose).await {
            Ok(values) if values.is_empty() => return Ok(()),
            Ok(values) => values,
            Err(error) => {
                unknown(&error);
                return Ok(());
            }
        };
        let parts = match living::parts(&self.talk.core, whose).await {
            Ok(Some((_, parts))) => parts,
            Ok(None) if whose != self.talk.device => return Ok(()),
            Ok(None) => return Err(None),
            Err(error) => {
                unknown(&error);
                return Ok(());
            }
        };
        let Telling { messages, unsaid } = self.telling(whose, &parts, values);
        let given = messages.iter().map(|one| one.setting);
        let given: Vec<_> = given.chain(unsaid.iter().copied()).collect();
        if given.is_empty() {
            return Ok(());
        }
        // Before it is: nobody looks any more for what is on its way.
        if let Err(error) = living::was_written(&self.talk.core, whose, &given).await {
            unknown(&error);
            return Ok(());
        }
        for one in messages {
            let id = one.is_sure.then(|| self.id());
            match id {
                Some(id) => drop(self.open.insert(id, (whose, one.setting))),
                None => drop(self.unsure.insert((whose, one.setting))),
            }
            let (topic, payload) = (one.topic, one.payload);
            self.send(Reply::Publish { topic, payload, id }).await?;
        }
        self.was_told(whose, &unsaid).await;
        Ok(())
    }

    /// What of that is told now. What the device has not subscribed to waits, and so does what it would have to acknowledge where it
    /// has as much of that as it takes.
    fn telling(&mut self, whose: DeviceId, parts: &TemplateParts, values: Vec<ToTell>) -> Telling {
        let mut telling = Telling::default();
        let mut room = self.most_open.saturating_sub(self.open.len());
        for ToTell { setting, value } in values {
            let Some(topic) = topic_of(parts, setting.pin) else {
                continue;
            };
            let Some(surely) = self.wants(whose, &topic) else {
                continue;
            };
            if self.is_under_way(whose, setting) {
                continue;
            }
            let payload = payload(&value);
            let topic = self.named(whose, &topic);
            // What it can never take would be tried for ever.
            if !self.fits(&topic, &payload) {
                telling.unsaid.push(setting);
                continue;
            }
            let is_sure = surely != QoS::AtMostOnce;
            if is_sure && room == 0 {
                continue;
            }
            room -= usize::from(is_sure);
            telling.messages.push(Message {
                topic,
                payload,
                is_sure,
                setting,
            });
        }
        telling
    }

    /// Whether this connection was given it, and it is not known yet whether the device has it.
    fn is_under_way(&self, whose: DeviceId, setting: Setting) -> bool {
        let mut open = self.open.values();
        self.unsure.contains(&(whose, setting)) || open.any(|open| *open == (whose, setting))
    }

    async fn was_told(&mut self, whose: DeviceId, settings: &[Setting]) {
        if settings.is_empty() {
            return;
        }
        if let Err(error) = living::was_told(&self.talk.core, whose, settings).await {
            tracing::warn!(%error, "a device is told the same again");
        }
    }

    /// The device has said something: it has what it was told before that, though it was not to acknowledge it (QoS 0). What was
    /// on its way to the cloud already when that was written counts too, which cannot be told apart.
    pub(super) async fn is_sure(&mut self) {
        let mut told = BTreeMap::<DeviceId, Vec<Setting>>::new();
        for (whose, setting) in std::mem::take(&mut self.unsure) {
            told.entry(whose).or_default().push(setting);
        }
        for (whose, settings) in told {
            if self.speaks_for(whose).await {
                self.was_told(whose, &settings).await;
            }
        }
    }

    /// The device has what it was told.
    pub(super) async fn acknowledged(&mut self, id: PacketId) -> Step {
        let was_full = self.open.len() >= self.most_open;
        if let Some((whose, setting)) = self.open.remove(&id)
            && self.speaks_for(whose).await
        {
            self.was_told(whose, &[setting]).await;
        }
        if !was_full {
            return Ok(());
        }
        let all: Vec<DeviceId> = self.voices.keys().copied().collect();
        for whose in all {
            self.deliver(whose).await?;
        }
        Ok(())
    }

    /// Tells what was asked for, where the device has subscribed to it. Not surely: it can ask again.
    async fn reply(&mut self, whose: DeviceId, downward: Downward<'_>, payload: Bytes) -> Step {
        let topic = downward.to_string();
        let wanted = self.wants(whose, &topic).is_some();
        let topic = self.named(whose, &topic);
        // A name that is no topic's cannot be told of.
        if topic.contains(['+', '#', '\0']) || !wanted || !self.fits(&topic, &payload) {
            return Ok(());
        }
        self.send(Reply::Publish {
            topic,
            payload,
            id: None,
        })
        .await
    }

    /// Answers a question.
    pub(super) async fn answer(&mut self, whose: DeviceId, asks: Meant) -> Step {
        if !self.speaks_for(whose).await {
            return Ok(());
        }
        match asks {
            Meant::Says(_) | Meant::Is(..) => Ok(()),
            Meant::AsksValues(names) => self.values(whose, names).await,
            Meant::AsksMeta(names) => self.meta(whose, names).await,
            Meant::AsksTime => {
                match living::time_there(&self.talk.core, whose).await {
                    Ok(Some(time)) => {
                        let time = time.json();
                        return self.reply(whose, Downward::Time, time.into()).await;
                    }
                    Ok(None) => {}
                    Err(error) => unknown(&error),
                }
                Ok(())
            }
            Meant::AsksPlace => self.place(whose).await,
        }
    }

    async fn held(&mut self, whose: DeviceId) -> Result<Option<living::Held>, super::session::End> {
        match living::held(&self.talk.core, whose).await {
            Ok(Some(held)) => Ok(Some(held)),
            Ok(None) if whose != self.talk.device => Ok(None),
            Ok(None) => Err(None),
            Err(error) => {
                unknown(&error);
                Ok(None)
            }
        }
    }

    async fn values(&mut self, whose: DeviceId, names: Option<Vec<String>>) -> Step {
        let Some(held) = self.held(whose).await? else {
            return Ok(());
        };
        let named = names.map(|names| {
            let found = names.into_iter().filter_map(|name| {
                let which = Which::Name(name);
                which.find(&held.parts).map(|one| one.pin)
            });
            found.collect::<Vec<_>>()
        });
        let all = || held.parts.datastreams.iter().map(|one| one.pin).collect();
        for pin in named.unwrap_or_else(all) {
            let (Some(one), Some(value)) = (datastream(&held.parts, pin), held.value(pin)) else {
                continue;
            };
            let name = one.name.as_str();
            self.reply(whose, Downward::Value { name }, payload(&value))
                .await?;
        }
        Ok(())
    }

    async fn meta(&mut self, whose: DeviceId, names: Vec<String>) -> Step {
        match living::meta(&self.talk.core, whose, &names).await {
            Ok(all) => {
                for (field, value) in all {
                    let field = field.as_str();
                    self.reply(whose, Downward::Meta { field }, value.into())
                        .await?;
                }
            }
            Err(error) => unknown(&error),
        }
        Ok(())
    }

    /// Latitude and longitude, with a comma, as published: where the device itself says that it is (ours); empty where it
    /// does not say.
    async fn place(&mut self, whose: DeviceId) -> Step {
        let Some(held) = self.held(whose).await? else {
            return Ok(());
        };
        let mut places = held.parts.datastreams.iter();
        let place = places
            .find(|one| matches!(one.data_type, DataType::Location { .. }))
            .and_then(|one| held.value(one.pin));
        let told = match place {
            Some(Value::Place([longitude, latitude])) => format!("{latitude},{longitude}"),
            _ => String::new(),
        };
        self.reply(whose, Downward::Place, told.into()).await
    }
}
