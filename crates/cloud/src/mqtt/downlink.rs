//! What a device is told.

use bytes::Bytes;
use handover_blynk::Downward;
use handover_blynk::mqtt::{PacketId, QoS, Reply};
use handover_wire::{DataType, TemplateParts};

use super::clock;
use super::session::{Session, Step};
use super::uplink::Meant;
use crate::domain::{Value, datastream};
use crate::service::Broken;
use crate::service::living::{self, Which};

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

impl Session {
    /// How surely the device wants to be told there; none where it does not want to.
    fn wants(&self, topic: &str) -> Option<QoS> {
        let all = self
            .filters
            .iter()
            .filter(|(filter, _)| filter.takes(topic));
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
            tracing::info!(device = %self.talk.device, topic, "a message is too long for the device");
        }
        fits
    }

    /// Tells what people set, as far as the device has subscribed to it.
    pub(super) async fn deliver(&mut self) -> Step {
        if self.filters.is_empty() {
            return Ok(());
        }
        let values = match living::pending(&self.talk.core, self.talk.device).await {
            Ok(values) if values.is_empty() => return Ok(()),
            Ok(values) => values,
            Err(error) => {
                unknown(&error);
                return Ok(());
            }
        };
        let parts = match living::parts(&self.talk.core, self.talk.device).await {
            Ok(Some((_, parts))) => parts,
            Ok(None) => return Err(None),
            Err(error) => {
                unknown(&error);
                return Ok(());
            }
        };
        let mut told = Vec::new();
        for (pin, value) in values {
            let Some(topic) = topic_of(&parts, pin) else {
                continue;
            };
            let Some(surely) = self.wants(&topic) else {
                continue;
            };
            let message = payload(&value);
            // What it can never take would be tried for ever.
            if !self.fits(&topic, &message) {
                told.push((pin, value));
                continue;
            }
            let held = (pin, value);
            let id = match surely {
                QoS::AtMostOnce => None,
                _ if self.open.values().any(|open| *open == held) => continue,
                _ if self.open.len() >= self.most_open => continue,
                _ => Some(self.id()),
            };
            self.send(Reply::Publish {
                topic,
                payload: message,
                id,
            })
            .await?;
            match id {
                Some(id) => drop(self.open.insert(id, held)),
                None => told.push(held),
            }
        }
        self.was_told(&told).await;
        Ok(())
    }

    async fn was_told(&mut self, told: &[(u8, Value)]) {
        if told.is_empty() {
            return;
        }
        if let Err(error) = living::was_told(&self.talk.core, self.talk.device, told).await {
            tracing::warn!(%error, "a device is told the same again");
        }
    }

    /// The device has what it was told.
    pub(super) async fn acknowledged(&mut self, id: PacketId) -> Step {
        let was_full = self.open.len() >= self.most_open;
        if let Some(held) = self.open.remove(&id) {
            self.was_told(&[held]).await;
        }
        match was_full {
            true => self.deliver().await,
            false => Ok(()),
        }
    }

    /// Tells what was asked for, where the device has subscribed to it. Not surely: it can ask again.
    async fn reply(&mut self, downward: Downward<'_>, payload: Bytes) -> Step {
        let topic = downward.to_string();
        // A name that is no topic's cannot be told of.
        if topic.contains(['+', '#', '\0'])
            || self.wants(&topic).is_none()
            || !self.fits(&topic, &payload)
        {
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
    pub(super) async fn answer(&mut self, asks: Meant) -> Step {
        match asks {
            Meant::Says(_) | Meant::Is(..) => Ok(()),
            Meant::AsksValues(names) => self.values(names).await,
            Meant::AsksMeta(names) => self.meta(names).await,
            Meant::AsksTime => {
                match clock::told(&self.talk.core, self.talk.device).await {
                    Ok(Some(time)) => return self.reply(Downward::Time, time.into()).await,
                    Ok(None) => {}
                    Err(error) => unknown(&error),
                }
                Ok(())
            }
            Meant::AsksPlace => self.place().await,
        }
    }

    async fn held(&mut self) -> Result<Option<living::Held>, super::session::End> {
        match living::held(&self.talk.core, self.talk.device).await {
            Ok(Some(held)) => Ok(Some(held)),
            Ok(None) => Err(None),
            Err(error) => {
                unknown(&error);
                Ok(None)
            }
        }
    }

    async fn values(&mut self, names: Option<Vec<String>>) -> Step {
        let Some(held) = self.held().await? else {
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
            self.reply(Downward::Value { name }, payload(&value))
                .await?;
        }
        Ok(())
    }

    async fn meta(&mut self, names: Vec<String>) -> Step {
        match living::meta(&self.talk.core, self.talk.device, &names).await {
            Ok(all) => {
                for (field, value) in all {
                    let field = field.as_str();
                    self.reply(Downward::Meta { field }, value.into()).await?;
                }
            }
            Err(error) => unknown(&error),
        }
        Ok(())
    }

    /// Latitude and longitude, with a comma, as published: where the device itself says that it is (ours); empty where it
    /// does not say.
    async fn place(&mut self) -> Step {
        let Some(held) = self.held().await? else {
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
        self.reply(Downward::Place, told.into()).await
    }
}
