//! What devices say, by whichever protocol, and how it becomes durable.

mod heard;
mod points;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use handover_blynk::Pin;
use handover_wire::{Datastream, DeviceId, HardwareInfo, MeshRefusal, MetaField, TemplateParts};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::Instant;

use super::liveness::come;
use super::telling::setting;
use crate::clock::Time;
use crate::connections::Stop;
use crate::domain::{
    Gathered, LastPoints, NoProperty, Pace, Value, check_property, datastream, datastream_id,
    edited, rows_of,
};
use crate::service::Core;
use crate::store::{Liveness, NewPoint, NewValue, Speaker, StoreError, Told, Write, change};

pub use heard::HeardMessage;
use heard::Hearing;

/// Milliseconds by which a device's time has to grow before it is written down.
const GROWS: i64 = 5_000;
/// Bytes of an event's description and of a property.
const MOST_TEXT: usize = 1_024;
/// What is left to write once the cloud stops is written as long as it comes as fast as this.
const LAST_PAUSE: Duration = Duration::from_millis(20);

/// Which datastream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// By its pin.
    Pin(u8),
    /// By its number.
    Id(i64),
    /// By its name; where none has it, by its pin as in `V1` (ours).
    Name(String),
}

impl fmt::Display for Which {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pin(pin) => write!(formatter, "V{pin}"),
            Self::Id(id) => write!(formatter, "{id}"),
            Self::Name(name) => formatter.write_str(name),
        }
    }
}

impl Which {
    /// The datastream among those of a template.
    pub fn find<'a>(&self, parts: &'a TemplateParts) -> Option<&'a Datastream> {
        let mut all = parts.datastreams.iter();
        match self {
            Self::Pin(pin) => datastream(parts, *pin),
            Self::Id(id) => all.find(|one| datastream_id(one.pin) == *id),
            Self::Name(name) => all.find(|one| one.name == *name).or_else(|| {
                let pin: Pin = name.parse().ok()?;
                datastream(parts, pin.0)
            }),
        }
    }
}

/// What a device says.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// What datastreams hold now.
    Values(Vec<(Which, Vec<String>)>),
    /// What a datastream held: milliseconds since the epoch, and values.
    Points(Which, Vec<(i64, String)>),
    /// A datastream holds nothing any more; its history stays (ours).
    Erase(Which),
    /// Something happened.
    Event {
        /// What the template calls it.
        code: String,
        /// What there is to say about it.
        description: Option<String>,
    },
    /// How a datastream is shown.
    Property {
        /// Which.
        which: Which,
        /// What of it.
        name: String,
        /// To what.
        value: String,
    },
    /// Another value of a metadata field, by its number or name.
    Meta {
        /// Its number from 1, as `GET /device` has it.
        id: Option<i64>,
        /// Its name.
        name: Option<String>,
        /// What it holds from now on.
        value: String,
    },
    /// What it is.
    Hardware(HardwareInfo),
    /// That it is there.
    Here,
    /// All that a message of a node of a mesh says.
    Heard(Box<HeardMessage>),
}

/// How it says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// A request of its own.
    Http,
    /// Its live connection, by which it is there for so many seconds more.
    Connection {
        /// Which.
        session: i64,
        /// For how long it is there.
        seconds: i64,
    },
    /// A gateway carries it. It is heard as long as that is its gateway, whatever else the node speaks by.
    Gateway(DeviceId),
}

/// Why it is as if it had not been said. Sentences are the published ones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsaid {
    /// The template has no such pin.
    #[error("No datastream setup for that pin.")]
    NoDatastream,
    /// The template has no such number.
    #[error("Requested dataStream doesn't exist in the product {0}")]
    NoSuchDatastream(String),
    /// It is of another type.
    #[error("Value doesn't match the Datastream data type.")]
    WrongValue,
    /// A point is too old, or is still to come (ours).
    #[error("A timestamp is older than a month or in the future.")]
    WrongTime,
    /// The template has no such event.
    #[error("Can't find Event with this code in Product template")]
    NoEvent,
    /// The device has no such metadata field.
    #[error("MetaField doesn't exist.")]
    NoField,
    /// A field does not hold such a thing.
    #[error("Wrong metaField format.")]
    WrongField,
    /// Nothing is shown like that (ours).
    #[error("Wrong property.")]
    WrongProperty,
    /// The property does not hold such a value, but this (ours).
    #[error("Wrong property value: it is {0}.")]
    WrongPropertyValue(&'static str),
    /// A text is too long (ours).
    #[error("A text is longer than 1024 bytes.")]
    TooLong,
    /// Another connection of the device took this one's place.
    #[error("another connection took over")]
    Replaced,
    /// The gateway that carries it does not speak for the device, or no longer.
    #[error("Invalid token.")]
    NotItsGateway,
    /// The device is gone.
    #[error("Invalid token.")]
    Gone,
    /// It was heard before.
    #[error("it was heard before")]
    Known,
    /// A message of a mesh does not count.
    #[error("a message of a mesh does not count: {0:?}")]
    Refused(MeshRefusal),
    /// It was said, but for these: the name of each, and why.
    #[error("some of it was left out")]
    InPart(Vec<(String, Unsaid)>),
    /// Something broke; whether it is durable is not known.
    #[error("it could not be written down")]
    Broken,
}

/// Something said that waits for its commit.
pub(super) struct Job {
    /// Its place among those that wait, until its change begins.
    room: Option<OwnedSemaphorePermit>,
    device: DeviceId,
    said: Said,
    via: Via,
    answer: oneshot::Sender<Result<(), Unsaid>>,
}

/// A device says something. The receiver hears once it is durable, or why it is as if it had not been said.
pub async fn say(
    core: &Core,
    device: DeviceId,
    said: Said,
    via: Via,
) -> oneshot::Receiver<Result<(), Unsaid>> {
    let (answer, heard) = oneshot::channel();
    let job = Job {
        room: core.hub.room.clone().acquire_owned().await.ok(),
        device,
        said,
        via,
        answer,
    };
    // Where the queue is closed the sender is dropped, which the receiver hears.
    let _ = core.hub.queue.send(job);
    heard
}

/// Makes durable what devices say, until the cloud stops and nothing comes any more.
pub async fn keep(core: Arc<Core>, stop: Stop) {
    let jobs = core.hub.jobs.lock();
    let jobs = jobs.unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut jobs) = jobs else { return };
    let mut waiting = Vec::new();
    let mut pace = Pace::default();
    let mut room = pace.of_a_change();
    loop {
        let most = pace.of_a_change();
        let got = tokio::select! {
            biased;
            got = jobs.recv_many(&mut waiting, most) => got,
            () = stop.gracefully.cancelled() => {
                let more = jobs.recv_many(&mut waiting, most);
                match tokio::time::timeout(LAST_PAUSE, more).await {
                    Ok(got) => got,
                    Err(_) if core.hub.seats().is_empty() => return,
                    Err(_) => continue,
                }
            }
        };
        if got == 0 || stop.at_once.is_cancelled() {
            return;
        }
        waiting.iter_mut().for_each(|job| drop(job.room.take()));
        let began = Instant::now();
        write_down(&core, std::mem::take(&mut waiting)).await;
        pace.learn(got, began.elapsed());
        room = make_room(&core.hub.room, room, pace.of_a_change());
    }
}

/// Has room for so many messages rather than for that many; places that are taken are given up later. Gives how many there
/// are now.
fn make_room(room: &Semaphore, there: usize, wanted: usize) -> usize {
    match wanted.checked_sub(there) {
        Some(more) => {
            room.add_permits(more);
            wanted
        }
        None => there - room.forget_permits(there - wanted),
    }
}

/// Writes all of it in one change; where that breaks, each by itself, so that nobody fails for another's sake.
async fn write_down(core: &Core, jobs: Vec<Job>) {
    match commit(core, &jobs).await {
        Ok(outcomes) => {
            for (job, outcome) in jobs.into_iter().zip(outcomes) {
                // Nobody may wait any more.
                let _ = job.answer.send(outcome);
            }
        }
        Err(error) => {
            tracing::warn!(%error, messages = jobs.len(), "what devices said could not be written down together");
            for job in jobs {
                let outcome = commit(core, std::slice::from_ref(&job)).await;
                let outcome = match outcome {
                    Ok(mut outcomes) => outcomes.pop().unwrap_or(Err(Unsaid::Broken)),
                    Err(error) => {
                        tracing::error!(%error, device = %job.device, "what a device said is lost");
                        Err(Unsaid::Broken)
                    }
                };
                let _ = job.answer.send(outcome);
            }
        }
    }
}

async fn commit(core: &Core, jobs: &[Job]) -> Result<Vec<Result<(), Unsaid>>, StoreError> {
    let now = core.now();
    let (outcomes, told) = change!(core.store.of_devices(), |write| {
        // In the order of the devices, so that two processes that write about the same never wait for each other in a ring.
        let devices = jobs.iter().map(|job| job.device.0);
        let devices: BTreeSet<i64> = devices.collect();
        let devices: Vec<DeviceId> = devices.into_iter().map(DeviceId).collect();
        let mut sheets = BTreeMap::new();
        for speaker in write.speakers(&devices).await? {
            let device = speaker.device.0;
            sheets.insert(device, Sheet::open(core, write, speaker).await?);
        }
        let mut outcomes = Vec::with_capacity(jobs.len());
        for job in jobs {
            outcomes.push(match sheets.get_mut(&job.device.0) {
                Some(sheet) => sheet.hear(core, write, job, now).await?,
                None => Err(match job.via {
                    Via::Gateway(_) => Unsaid::NotItsGateway,
                    Via::Http | Via::Connection { .. } => Unsaid::Gone,
                }),
            });
        }
        let mut told = Vec::new();
        let mut rows = Rows::default();
        for sheet in sheets.into_values() {
            if sheet.is_back || !sheet.told_of.is_empty() {
                told.push(sheet.device);
            }
            sheet.close(core, write, &mut rows, now).await?;
        }
        rows.write(write).await?;
        Ok::<_, StoreError>((outcomes, told))
    })?;
    for device in told {
        core.hub.wake(device);
    }
    Ok(outcomes)
}

/// What one device says within one change.
struct Sheet {
    device: DeviceId,
    told: Told,
    parts: Arc<TemplateParts>,
    liveness: Liveness,
    values: BTreeMap<u8, (Value, Time)>,
    /// Datastreams that its connection is told of.
    told_of: Vec<u8>,
    points: HashMap<(u8, i64, i64), Gathered>,
    /// Points that came last, of datastreams of which points come.
    last: BTreeMap<u8, LastPoints>,
    until: Time,
    is_changed: bool,
    /// Its gateway hears it again: what waited for it is told by way of that.
    is_back: bool,
    said_something: bool,
    /// What its gateway heard of it by mesh.
    hearing: Option<Hearing>,
}

impl Sheet {
    async fn open(core: &Core, write: &mut Write, speaker: Speaker) -> Result<Self, StoreError> {
        let Speaker {
            device,
            told,
            liveness,
        } = speaker;
        let template = (told.template, told.revision);
        let parts = core.hub.template(write, template).await?;
        Ok(Self {
            device,
            told,
            parts,
            until: liveness.online_until,
            liveness,
            values: BTreeMap::new(),
            told_of: Vec::new(),
            points: HashMap::new(),
            last: BTreeMap::new(),
            is_changed: false,
            is_back: false,
            said_something: false,
            hearing: None,
        })
    }

    fn datastream(&self, which: &Which) -> Result<&Datastream, Unsaid> {
        which.find(&self.parts).ok_or_else(|| match which {
            Which::Pin(_) => Unsaid::NoDatastream,
            Which::Id(_) | Which::Name(_) => {
                Unsaid::NoSuchDatastream(self.told.template_name.clone())
            }
        })
    }

    async fn hear(
        &mut self,
        core: &Core,
        write: &mut Write,
        job: &Job,
        now: Time,
    ) -> Result<Result<(), Unsaid>, StoreError> {
        if let Via::Connection { session, .. } = job.via
            && self.liveness.session != Some(session)
        {
            return Ok(Err(Unsaid::Replaced));
        }
        if let Via::Gateway(gateway) = job.via
            && self.liveness.gateway != Some(gateway)
        {
            return Ok(Err(Unsaid::NotItsGateway));
        }
        // What a node of a mesh says its gateway hears on the air, and never with its auth token.
        let is_on_the_air = self.parts.mesh && matches!(job.via, Via::Gateway(_));
        if is_on_the_air != matches!(job.said, Said::Heard(_)) {
            return Ok(Err(Unsaid::NotItsGateway));
        }
        let heard = match &job.said {
            Said::Values(values) => self.write_values(values, job.via, now),
            Said::Erase(which) => self.erase(write, which).await?,
            Said::Points(which, points) => self.write_points(write, which, points, now).await?,
            Said::Event { code, description } => {
                self.event(write, code, description.as_deref(), now).await?
            }
            Said::Property { which, name, value } => {
                self.property(write, which, name, value).await?
            }
            Said::Meta { id, name, value } => self.meta(write, *id, name.as_deref(), value).await?,
            Said::Hardware(hardware) => {
                write.set_hardware(self.device, hardware).await?;
                Ok(())
            }
            Said::Here => Ok(()),
            Said::Heard(message) => {
                return self.take_heard(core, write, (job, message), now).await;
            }
        };
        if heard.is_ok() {
            self.is_there(core, write, job.via, (now, now)).await?;
            self.said_something |= !matches!(job.said, Said::Here);
        }
        Ok(heard)
    }

    /// It was there `at` that moment, which may be over: a gateway tells later what it heard while the cloud was away.
    async fn is_there(
        &mut self,
        core: &Core,
        write: &mut Write,
        via: Via,
        (at, now): (Time, Time),
    ) -> Result<(), StoreError> {
        let seconds = match via {
            Via::Http | Via::Gateway(_) => core.hub.http_seconds,
            Via::Connection { seconds, .. } => seconds,
        };
        let carrier = match via {
            Via::Gateway(gateway) => Some(gateway),
            Via::Http | Via::Connection { .. } => None,
        };
        if self.liveness.carrier != carrier {
            self.liveness.carrier = carrier;
            self.is_changed = true;
        }
        // What people set is told by whichever process the gateway is connected with.
        if carrier.is_some()
            && self.liveness.session.is_none()
            && self.liveness.process != Some(core.hub.process)
        {
            self.liveness.process = Some(core.hub.process);
            self.is_changed = true;
        }
        let until = at.plus_seconds(seconds);
        let was_never = self.liveness.connection.first().is_none();
        if was_never || (self.liveness.connection.away_since().is_some() && now < until) {
            come(write, self.device, &mut self.liveness, now).await?;
            self.is_changed = true;
            self.is_back = matches!(via, Via::Gateway(_));
        }
        self.until = self.until.max(until);
        Ok(())
    }

    fn write_values(
        &mut self,
        values: &[(Which, Vec<String>)],
        via: Via,
        now: Time,
    ) -> Result<(), Unsaid> {
        // All of a message or none of it.
        let mut read = Vec::with_capacity(values.len());
        for (which, written) in values {
            let one = self.datastream(which)?;
            let written: Vec<&str> = written.iter().map(String::as_str).collect();
            let value = Value::read(&one.data_type, &written).map_err(|_| Unsaid::WrongValue)?;
            read.push((one.pin, value.plotted(&one.data_type), value));
        }
        for (pin, number, value) in read {
            self.gather(pin, number, now, now);
            self.values.insert(pin, (value, now));
            // What comes by another way is news to the device itself.
            if via == Via::Http && self.liveness.session.is_some() {
                self.told_of.push(pin);
            }
        }
        Ok(())
    }

    /// A datastream held this then, and holds it now unless something newer is known.
    fn hold(&mut self, pin: u8, number: Option<f64>, value: Value, at: Time, now: Time) {
        self.gather(pin, number, at, now);
        let newest = self
            .values
            .get(&pin)
            .is_none_or(|(_, before)| *before <= at);
        if newest {
            self.values.insert(pin, (value, at));
        }
    }

    async fn erase(
        &mut self,
        write: &mut Write,
        which: &Which,
    ) -> Result<Result<(), Unsaid>, StoreError> {
        let pin = match self.datastream(which) {
            Ok(one) => one.pin,
            Err(unsaid) => return Ok(Err(unsaid)),
        };
        self.values.remove(&pin);
        self.told_of.retain(|told| *told != pin);
        let whose = (self.device, self.told.tenure);
        write.erase_value(whose, pin).await?;
        Ok(Ok(()))
    }

    fn gather(&mut self, pin: u8, number: Option<f64>, at: Time, now: Time) {
        let Some(number) = number else { return };
        for (step, start) in rows_of(at, now) {
            let one = Gathered::of(number);
            let row = self.points.entry((pin, step, start));
            row.and_modify(|row| *row = row.and(one)).or_insert(one);
        }
    }

    async fn event(
        &mut self,
        write: &mut Write,
        code: &str,
        description: Option<&str>,
        now: Time,
    ) -> Result<Result<(), Unsaid>, StoreError> {
        if self.parts.events.iter().all(|event| event.code != code) {
            return Ok(Err(Unsaid::NoEvent));
        }
        if description.is_some_and(is_too_long) {
            return Ok(Err(Unsaid::TooLong));
        }
        let whose = (self.device, self.told.tenure);
        write
            .add_device_event(whose, code, description, now)
            .await?;
        Ok(Ok(()))
    }

    async fn property(
        &mut self,
        write: &mut Write,
        which: &Which,
        name: &str,
        value: &str,
    ) -> Result<Result<(), Unsaid>, StoreError> {
        let pin = match self.datastream(which) {
            Ok(one) => one.pin,
            Err(unsaid) => return Ok(Err(unsaid)),
        };
        if is_too_long(value) {
            return Ok(Err(Unsaid::TooLong));
        }
        match check_property(name, value) {
            Ok(()) => {}
            Err(NoProperty::Name) => return Ok(Err(Unsaid::WrongProperty)),
            Err(NoProperty::Value(must)) => return Ok(Err(Unsaid::WrongPropertyValue(must))),
        }
        let whose = (self.device, self.told.tenure);
        write.set_property(whose, pin, name, value).await?;
        Ok(Ok(()))
    }

    async fn meta(
        &mut self,
        write: &mut Write,
        id: Option<i64>,
        name: Option<&str>,
        value: &str,
    ) -> Result<Result<(), Unsaid>, StoreError> {
        let Some(field) = field(&self.parts.meta_fields, id, name) else {
            return Ok(Err(Unsaid::NoField));
        };
        let own = write.own_metadata(self.device).await?;
        let changes = BTreeMap::from([(field.name.clone(), value.to_owned())]);
        match edited(&self.parts.meta_fields, &own, &changes) {
            Ok(after) => {
                write.set_metadata(self.device, &after).await?;
                Ok(Ok(()))
            }
            Err(_) => Ok(Err(Unsaid::WrongField)),
        }
    }

    async fn close(
        mut self,
        core: &Core,
        write: &mut Write,
        rows: &mut Rows,
        now: Time,
    ) -> Result<(), StoreError> {
        let (device, tenure) = (self.device, self.told.tenure);
        if let Some(hearing) = self.hearing {
            hearing.close(write, device).await?;
        }
        points::close(write, (device, tenure), &self.last).await?;
        for (pin, (value, at)) in self.values {
            if self.told_of.contains(&pin) {
                let process = self.liveness.process;
                write
                    .add_pending(device, setting(core, pin), &value, (process, false))
                    .await?;
            }
            rows.values.push(NewValue {
                device,
                tenure,
                pin,
                value,
                at,
            });
        }
        let mut points: Vec<_> = self.points.into_iter().collect();
        points.sort_unstable_by_key(|(key, _)| *key);
        let points = points.into_iter();
        rows.points
            .extend(points.map(|((pin, step, start), gathered)| NewPoint {
                device,
                tenure,
                pin,
                step,
                start,
                gathered,
            }));
        let grows = self.until.0 - self.liveness.online_until.0 >= GROWS;
        if !(grows || self.is_changed || self.said_something) {
            return Ok(());
        }
        self.liveness.online_until = self.until;
        if self.said_something {
            self.liveness.values_at = Time(now.0.max(self.liveness.values_at.0 + 1));
        }
        rows.lives.push((device, self.liveness));
        Ok(())
    }
}

/// What is to be written of all devices, in their order.
#[derive(Default)]
struct Rows {
    values: Vec<NewValue>,
    points: Vec<NewPoint>,
    lives: Vec<(DeviceId, Liveness)>,
}

impl Rows {
    async fn write(self, write: &mut Write) -> Result<(), StoreError> {
        write.set_values(&self.values).await?;
        write.add_points(&self.points).await?;
        write.set_lives(&self.lives).await
    }
}

fn is_too_long(text: &str) -> bool {
    text.len() > MOST_TEXT || text.contains('\0')
}

/// A metadata field of the template, by its number from 1 or its name.
fn field<'a>(
    fields: &'a [MetaField],
    id: Option<i64>,
    name: Option<&str>,
) -> Option<&'a MetaField> {
    let numbered = (1..).zip(fields);
    numbered
        .filter(|(number, field)| {
            id.is_none_or(|id| id == *number) && name.is_none_or(|name| name == field.name)
        })
        .map(|(_, field)| field)
        .next()
}
