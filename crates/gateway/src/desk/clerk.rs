//! Who works at the desk: decodes, writes down, and answers after that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use handover_device::{Journal, Store, StoreError};
use handover_wire::DeviceId;
use tokio::sync::{Notify, mpsc, oneshot};

use super::{Desk, DeskConfig, Heard, Job, MeshHeard, NotKept, Values};
use crate::keep::{Kept, Known, Queued, Written};
use crate::noted::Noted;
use crate::route::Route;
use crate::rules::{Decoded, Memory, Who};

/// What is kept in one write.
const AT_ONCE: usize = 256;
/// Orders that wait for nodes.
const ORDERS: usize = 10_000;
/// Milliseconds that a value may be old. The cloud takes what is 31 days old at the most: a day is left for the way there.
const OLDEST: i64 = 30 * 24 * 3_600 * 1_000;
/// The age of what is as much ahead as the cloud takes.
const YOUNGEST: i64 = -300 * 1_000;

/// Who is answered once what it asked for is on the disk.
enum Answer {
    Kept(oneshot::Sender<Result<(), NotKept>>),
    Done(oneshot::Sender<()>),
    Mesh(oneshot::Sender<Values>, Values),
}

/// Who works at the desk.
pub(super) struct Clerk<S> {
    desk: DeskConfig,
    journal: Journal<S, Kept>,
    routes: BTreeMap<DeviceId, (String, Route)>,
    noted: Noted,
    work: Arc<Notify>,
    stranger: Arc<Notify>,
    /// Milliseconds by which the cloud's clock was ahead of this machine's when it last answered.
    cloud_ahead: i64,
    /// What is written next, and how many values are in it.
    records: Vec<Written>,
    added: usize,
    last: u64,
    answers: Vec<Answer>,
    /// What the records change of what rules remember.
    memories: BTreeMap<(DeviceId, u8), Memory>,
}

impl<S: Store> Clerk<S> {
    /// Goes on with what the journal has.
    pub(super) fn new(desk: DeskConfig, journal: Journal<S, Kept>, handle: &Desk) -> Self {
        Self {
            desk,
            last: journal.state.last,
            journal,
            routes: BTreeMap::new(),
            noted: Noted::default(),
            work: handle.work.clone(),
            stranger: handle.stranger.clone(),
            cloud_ahead: 0,
            records: Vec::new(),
            added: 0,
            answers: Vec::new(),
            memories: BTreeMap::new(),
        }
    }

    /// Works until nobody asks any more.
    pub(super) fn work(&mut self, mut todo: mpsc::Receiver<Job>) -> Result<(), StoreError> {
        let mut jobs = Vec::new();
        while todo.blocking_recv_many(&mut jobs, AT_ONCE) > 0 {
            let mut touched = BTreeSet::new();
            for job in jobs.drain(..) {
                if matches!(job, Job::Tick) {
                    // Whoever could not be reached may be by now.
                    let orders = self.journal.state.orders.keys();
                    touched.extend(orders.map(|(device, _)| *device));
                }
                touched.extend(self.job(job)?);
            }
            self.commit()?;
            for device in touched {
                self.tell(device);
            }
            self.commit()?;
        }
        Ok(())
    }

    /// Makes what was done durable, and answers.
    fn commit(&mut self) -> Result<(), StoreError> {
        let added = std::mem::take(&mut self.added);
        self.memories.clear();
        let records = std::mem::take(&mut self.records);
        self.journal.commit(records)?;
        if added > 0 {
            self.work.notify_one();
        }
        for answer in self.answers.drain(..) {
            // Whoever asked may have gone.
            match answer {
                Answer::Kept(answer) => _ = answer.send(Ok(())),
                Answer::Done(answer) => _ = answer.send(()),
                Answer::Mesh(answer, values) => _ = answer.send(values),
            }
        }
        Ok(())
    }

    /// Does it, and says who may be told something because of it.
    fn job(&mut self, job: Job) -> Result<Option<DeviceId>, StoreError> {
        match job {
            Job::Heard(heard, answer) => match self.heard(&heard) {
                Ok(device) => {
                    self.answers.push(Answer::Kept(answer));
                    return Ok(Some(device));
                }
                Err(why) => {
                    if self.noted.is_new(&heard.source, &why.to_string()) {
                        tracing::warn!(source = ?heard.source, %why, "a payload is not taken");
                    }
                    if why == NotKept::Unknown {
                        self.stranger.notify_one();
                    }
                    let _ = answer.send(Err(why));
                }
            },
            Job::Mesh(all, answer) => {
                let values = all.into_iter().map(|heard| self.mesh(&heard)).collect();
                self.answers.push(Answer::Mesh(answer, values));
            }
            Job::MeshGone(ids, answer) => {
                self.records.push(Written::MeshGone(ids));
                self.answers.push(Answer::Done(answer));
            }
            Job::Nodes(nodes) => {
                if self.journal.state.nodes.as_ref() != Some(&nodes) {
                    tracing::info!(nodes = nodes.len(), "the cloud told this gateway's nodes");
                    // What was not taken before may be taken now.
                    self.noted = Noted::default();
                    self.records.push(Written::Nodes(nodes));
                    // What comes next goes by them.
                    self.commit()?;
                }
            }
            Job::Batch(most, answer) => {
                // With what came just before.
                self.commit()?;
                let values = self.journal.state.values.iter().take(most);
                drop(answer.send(values.cloned().collect()));
            }
            Job::Gone(numbers, answer) => {
                self.records.push(Written::Gone(numbers));
                self.answers.push(Answer::Done(answer));
            }
            Job::Order(device, name, value, answer) => {
                let key = (device, name);
                let orders = &self.journal.state.orders;
                if orders.len() >= ORDERS && !orders.contains_key(&key) {
                    tracing::warn!(%device, "as many orders wait for nodes as may");
                    let _ = answer.send(Err(NotKept::Full));
                    return Ok(None);
                }
                self.records.push(Written::Order(key.0, key.1, value));
                self.answers.push(Answer::Kept(answer));
                return Ok(Some(device));
            }
            Job::CloudTime(now) => self.cloud_ahead = now.saturating_sub((self.desk.clock)()),
            Job::Tick => self.tick(),
        }
        Ok(None)
    }

    fn find(&self, source: &str) -> Result<&Known, NotKept> {
        let nodes = self.journal.state.nodes.as_ref().ok_or(NotKept::NoNodes)?;
        let number = self.desk.sources.get(source).copied();
        let number = number.or_else(|| source.parse().ok());
        if let Some(number) = number {
            let mut found = nodes.iter();
            return found
                .find(|known| known.device.0 == number)
                .ok_or(NotKept::Unknown);
        }
        let mut named = nodes.iter().filter(|known| known.name == source);
        match (named.next(), named.next()) {
            (Some(known), None) => Ok(known),
            (Some(_), Some(_)) => Err(NotKept::Ambiguous),
            (None, _) => Err(NotKept::Unknown),
        }
    }

    fn heard(&mut self, heard: &Heard) -> Result<DeviceId, NotKept> {
        let known = self.find(&heard.source)?;
        if known.is_of_mesh {
            return Err(NotKept::OfMesh);
        }
        let (device, template) = (known.device, known.template.clone());
        // Whatever it said, it was there.
        self.routes
            .insert(device, (heard.source.clone(), heard.route.clone()));
        let who = Who {
            device,
            template: &template,
            source: &heard.source,
        };
        let now = (self.desk.clock)();
        judge(heard.at, now, now.saturating_add(self.cloud_ahead))?;
        let (decoded, nothing) = self.desk.rules.decode(&who, &heard.payload);
        for why in &nothing {
            if self.noted.is_new(&heard.source, &why.to_string()) {
                tracing::warn!(source = ?heard.source, %device, %why, "something in a payload says nothing");
            }
        }
        if let (true, Some(why)) = (decoded.is_empty(), nothing.first()) {
            return Err(NotKept::Nothing(*why));
        }
        let waiting = self.journal.state.values.len() + self.added;
        if waiting + decoded.len() > self.desk.keep {
            return Err(NotKept::Full);
        }
        let at = heard.at.unwrap_or(now);
        for (pin, at, text) in self.refined(device, decoded, (at, now)) {
            self.queue(device, pin, at, text);
        }
        Ok(device)
    }

    /// What goes up of what was decoded; what is remembered of it is written with it.
    fn refined(
        &mut self,
        device: DeviceId,
        decoded: Vec<Decoded>,
        times: (i64, i64),
    ) -> Vec<(u8, i64, String)> {
        let mut all = Vec::new();
        for (pin, refine, reading) in decoded {
            if !refine.remembers() {
                all.push((pin.0, times.0, reading.text()));
                continue;
            }
            let mut memory = self.memory(device, pin.0);
            let due = refine.take(&mut memory, times, reading);
            self.remember(device, pin.0, memory);
            all.extend(
                due.into_iter()
                    .map(|(at, reading)| (pin.0, at, reading.text())),
            );
        }
        all
    }

    fn memory(&self, device: DeviceId, pin: u8) -> Memory {
        let key = (device, pin);
        let memory = self
            .memories
            .get(&key)
            .or_else(|| self.journal.state.memories.get(&key));
        memory.cloned().unwrap_or_default()
    }

    fn remember(&mut self, device: DeviceId, pin: u8, memory: Memory) {
        self.records
            .push(Written::Memory(device, pin, memory.clone()));
        self.memories.insert((device, pin), memory);
    }

    fn queue(&mut self, device: DeviceId, pin: u8, at: i64, text: String) {
        self.last += 1;
        self.added += 1;
        self.records.push(Written::Value(Queued {
            number: self.last,
            device,
            pin,
            at,
            text,
        }));
    }

    fn mesh(&mut self, heard: &MeshHeard) -> Vec<(u8, String)> {
        if let Some(values) = self.journal.state.mesh.get(&heard.id) {
            return values.clone();
        }
        let device = heard.id.0;
        let nodes = self.journal.state.nodes.iter().flatten();
        let template = nodes.clone().find(|known| known.device == device);
        let template = template
            .map(|known| known.template.clone())
            .unwrap_or_default();
        let who = Who {
            device,
            template: &template,
            source: "",
        };
        let (decoded, nothing) = self.desk.rules.decode(&who, &heard.payload);
        for why in &nothing {
            if self.noted.is_new(&device.to_string(), &why.to_string()) {
                tracing::warn!(%device, %why, "something in a message of the mesh says nothing");
            }
        }
        let now = (self.desk.clock)();
        let refined = self.refined(device, decoded, (heard.at, now));
        let values: Vec<_> = refined
            .into_iter()
            .map(|(pin, _, text)| (pin, text))
            .collect();
        self.records.push(Written::Mesh(heard.id, values.clone()));
        values
    }

    /// Ends what ends by time.
    fn tick(&mut self) {
        let now = (self.desk.clock)();
        let nodes = self.journal.state.nodes.iter().flatten();
        let of_mesh: BTreeSet<_> = nodes
            .filter(|known| known.is_of_mesh)
            .map(|known| known.device)
            .collect();
        // What the mesh's nodes said goes up with their next message.
        let over = |(key, memory): (&(DeviceId, u8), &Memory)| {
            let is_due = memory.is_due(now) && !of_mesh.contains(&key.0);
            (is_due && !self.memories.contains_key(key)).then_some(*key)
        };
        let over: Vec<_> = self
            .journal
            .state
            .memories
            .iter()
            .filter_map(over)
            .collect();
        for (device, pin) in over {
            if self.journal.state.values.len() + self.added >= self.desk.keep {
                return;
            }
            let mut memory = self.memory(device, pin);
            let due = memory.close();
            self.remember(device, pin, memory);
            if let Some((at, reading)) = due {
                self.queue(device, pin, at, reading.text());
            }
        }
    }

    /// Tells a node what waits for it, where it is known how it is reached.
    fn tell(&mut self, device: DeviceId) {
        let waiting = self.journal.state.orders.range((device, String::new())..);
        let waiting = waiting.take_while(|((whose, _), _)| *whose == device);
        let waiting: Vec<_> = waiting
            .map(|((_, name), value)| (name.clone(), value.clone()))
            .collect();
        if waiting.is_empty() {
            return;
        }
        let heard = self.routes.get(&device).cloned();
        let Some((source, route)) =
            heard.or_else(|| Some((self.source(device), self.desk.orders.clone()?)))
        else {
            return;
        };
        let nodes = self.journal.state.nodes.iter().flatten();
        let known = nodes.clone().find(|known| known.device == device);
        let template = known
            .map(|known| known.template.clone())
            .unwrap_or_default();
        let who = Who {
            device,
            template: &template,
            source: &source,
        };
        for (name, value) in waiting {
            match self.desk.rules.encode(&who, &name, &value) {
                Ok(payload) if route.send(&source, &payload) => {}
                // It waits until the node is heard again.
                Ok(_) => continue,
                Err(why) => {
                    tracing::warn!(%device, datastream = ?name, %why, "an order cannot be said to a node")
                }
            }
            self.records.push(Written::Told(device, name));
        }
    }

    /// What a node is called that was not heard yet.
    fn source(&self, device: DeviceId) -> String {
        let mut named = self.desk.sources.iter();
        let named = named.find(|(_, number)| **number == device.0);
        named.map_or_else(|| device.to_string(), |(source, _)| source.clone())
    }
}

/// Whether the cloud takes what was measured `at` that time; at `now` where nobody said when. What it would refuse is refused
/// here, where somebody can still do something about it. All of it is in milliseconds since 1970.
fn judge(at: Option<i64>, now: i64, cloud: i64) -> Result<(), NotKept> {
    let age = cloud.saturating_sub(at.unwrap_or(now));
    match (at, age) {
        (_, YOUNGEST..=OLDEST) => Ok(()),
        (None, _) => Err(NotKept::OwnClock),
        (Some(_), ..0) => Err(NotKept::Ahead),
        (Some(_), _) => Err(NotKept::Old),
    }
}
