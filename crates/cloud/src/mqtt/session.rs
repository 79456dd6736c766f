//! A device that has signed in, and what it sends.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use futures_util::FutureExt as _;
use handover_blynk::mqtt::{
    MOST_OPEN, PacketId, Publish, QoS, Reason, Reply, Request, Takes, Wrong,
};
use handover_blynk::{Filter, OfNode, Topic};
use handover_wire::{DeviceId, Fault};

use super::uplink::Meant;
use super::wire::Wire;
use crate::domain::Moment;
use crate::service::living::{self, Bag, Said, Seat, Strangers, Talk, Unsaid};
use crate::service::refusals::{self, Peer};
use crate::service::{Core, faults};
use crate::store::Setting;

/// Filters of one device at most.
const MOST_FILTERS: usize = 32;

/// Why a connection ends: what a device is told, if anything.
pub type End = Option<Reason>;

/// Whether a connection goes on.
pub type Step = Result<(), End>;

/// What becomes of a message where things go wrong on demand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heard {
    Answered,
    Unanswered,
    Not,
}

/// What is acknowledged once it is durable.
#[derive(Clone, Copy, Debug)]
pub enum Due {
    Nothing,
    /// A message that is to be heard at least once, or exactly once.
    Message(QoS, PacketId),
}

impl Due {
    fn of(sure: Option<(QoS, PacketId)>) -> Self {
        sure.map_or(Self::Nothing, |(qos, id)| Self::Message(qos, id))
    }
}

/// In whose name something is said and heard.
#[derive(Default)]
pub struct Voice {
    /// What stands before each of its topics.
    pub prefix: String,
    /// What it wants to be told, and how surely.
    pub filters: HashMap<Filter, QoS>,
}

/// Who has signed in.
#[derive(Clone, Copy, Debug)]
pub struct SignedIn {
    /// The device.
    pub device: DeviceId,
    /// Whether it speaks for nodes as well.
    pub is_gateway: bool,
    /// Whether it is told that it has; it is not where that answer is to be lost.
    pub is_told: bool,
}

/// A device that has signed in.
pub struct Session {
    pub(super) talk: Talk<Due>,
    seat: Seat,
    pub(super) wire: Wire,
    peer: Peer,
    /// In whose names it speaks: its own, and of a gateway those of its nodes that it has named.
    pub(super) voices: HashMap<DeviceId, Voice>,
    /// Those whose tokens it has named; none for a device that is no gateway.
    nodes: Option<HashMap<String, DeviceId>>,
    /// What it named beside them.
    strangers: Strangers,
    /// Nodes that are to be told something.
    bag: Arc<Bag>,
    /// Messages to be heard exactly once that it has not let go of.
    held: BTreeSet<PacketId>,
    /// What it was told not surely, and may not have: it has said nothing since.
    pub(super) unsure: BTreeSet<(DeviceId, Setting)>,
    /// What it was told, to be acknowledged by it.
    pub(super) open: HashMap<PacketId, (DeviceId, Setting)>,
    /// As much of that as it takes.
    pub(super) most_open: usize,
    pub(super) next_id: PacketId,
    /// Bytes of the longest packet that it takes, where it said so.
    pub(super) buffer: usize,
}

impl Session {
    /// Of a connection that has the device's seat, how often it gives signs of life, and how many messages it leaves
    /// unacknowledged.
    pub fn new(
        core: Arc<Core>,
        SignedIn {
            device, is_gateway, ..
        }: SignedIn,
        seat: Seat,
        (wire, heartbeat, open, peer): (Wire, i64, u16, Peer),
    ) -> Self {
        Self {
            talk: Talk::new(core, device, &seat, heartbeat),
            seat,
            wire,
            peer,
            voices: HashMap::from([(device, Voice::default())]),
            nodes: is_gateway.then(HashMap::new),
            strangers: Strangers::default(),
            bag: Arc::default(),
            held: BTreeSet::new(),
            unsure: BTreeSet::new(),
            open: HashMap::new(),
            most_open: open.min(MOST_OPEN).into(),
            next_id: PacketId::MIN,
            buffer: usize::MAX,
        }
    }

    /// Until it goes, or another connection takes over.
    pub async fn run(&mut self) -> End {
        let mut silence = self.talk.silence();
        loop {
            let full = self.talk.is_full();
            let step = tokio::select! {
                () = self.seat.turn.is_wanted() => {
                    let step = Box::pin(self.give_way()).await;
                    silence = self.talk.silence();
                    step
                }
                () = &mut silence => Err(Some(Reason::KeepAliveTimeout)),
                () = self.seat.wake.notified() => Box::pin(self.deliver(self.talk.device)).await,
                node = self.bag.next() => Box::pin(self.deliver(node)).await,
                (due, outcome) = self.talk.outcome() => self.tell(due, outcome).await,
                request = self.wire.next(), if !full => {
                    let step = match request {
                        // What a message takes is taken while there is one.
                        Ok(Some(request)) => Box::pin(self.hear(request)).await,
                        Ok(None) => Err(None),
                        Err(reason) => Err(Some(reason)),
                    };
                    // However long that was made to take, the device was heard of.
                    silence = self.talk.silence();
                    step
                }
            };
            if let Err(end) = step {
                return end;
            }
        }
    }

    /// Lets a newer connection have its place, with all that was said durable. Goes on where it was not taken.
    async fn give_way(&mut self) -> Step {
        let heard = self.hear_out().await;
        let told = self.settle().await;
        match self.seat.turn.is_kept().await {
            true => heard.and(told),
            false => Err(Some(Reason::SessionTakenOver)),
        }
    }

    /// Hears what has come already, as much as is heard at once of anybody.
    async fn hear_out(&mut self) -> Step {
        while !self.talk.is_full()
            && let Some(Ok(Some(request))) = self.wire.next().now_or_never()
        {
            self.hear(request).await?;
        }
        Ok(())
    }

    /// Waits until all that it said is durable, tells it why the connection ends, and ends it.
    pub async fn end(&mut self, why: End) {
        let nodes = self.voices.keys().copied();
        self.talk.core.hub.carry_no_more(nodes, self.seat.session);
        let gateway = self.talk.device;
        if let Some((tokens, times)) = self.strangers.told()
            && refusals::may_tell_of(&self.talk.core, gateway)
        {
            tracing::info!(%gateway, tokens, times, "a gateway was refused what is no node of its own");
        }
        // What is wrong now was wrong before: it is not told twice.
        let _ = self.settle().await;
        if let Some(reason) = why {
            if super::is_fault(reason) {
                let why = format!("{}: its connection is ended", super::words(reason));
                self.peer.unheard(&self.talk.core, self.talk.device, why);
            }
            tracing::debug!(device = %self.talk.device, ?reason, "the connection of a device is ended");
            self.wire.send(Reply::Disconnect(reason)).await;
        }
        self.wire.close().await;
    }

    /// Waits until all that it said is durable, and tells it, as long as it can be told.
    pub(super) async fn settle(&mut self) -> Step {
        let mut told = Ok(());
        while !self.talk.is_settled() {
            let (due, outcome) = self.talk.outcome().await;
            if told.is_ok() {
                told = self.tell(due, outcome).await;
            }
        }
        told
    }

    pub(super) async fn send(&mut self, reply: Reply) -> Step {
        self.wire.send(reply).await.then_some(()).ok_or(None)
    }

    /// Tells what became of something said.
    async fn tell(&mut self, due: Due, outcome: Result<(), Unsaid>) -> Step {
        let wrong = match outcome {
            Ok(()) => Ok(()),
            Err(Unsaid::Replaced) => return Err(Some(Reason::SessionTakenOver)),
            Err(Unsaid::Gone) => return Err(Some(Reason::NotAuthorized)),
            // Without a word for it the device must not take it for heard: it says it again on another connection.
            Err(Unsaid::Broken) => return Err(Some(Reason::UnspecifiedError)),
            Err(
                why @ (Unsaid::NoDatastream
                | Unsaid::NoSuchDatastream(_)
                | Unsaid::NoEvent
                | Unsaid::NoField
                | Unsaid::NotItsGateway
                | Unsaid::WrongProperty),
            ) => Err(Wrong::Topic(why.to_string())),
            Err(why) => Err(Wrong::Payload(why.to_string())),
        };
        self.acknowledge(due, wrong).await
    }

    async fn acknowledge(&mut self, due: Due, outcome: Result<(), Wrong>) -> Step {
        if let Err(wrong) = &outcome {
            let why = match wrong {
                Wrong::Topic(why) | Wrong::Payload(why) => why.as_str(),
                Wrong::Broken => "something broke",
            };
            self.peer.unheard(&self.talk.core, self.talk.device, why);
        }
        match due {
            Due::Nothing => Ok(()),
            Due::Message(QoS::ExactlyOnce, id) => {
                if outcome.is_err() {
                    self.held.remove(&id);
                }
                self.send(Reply::Receive(id, outcome)).await
            }
            Due::Message(_, id) => self.send(Reply::Acknowledge(id, outcome)).await,
        }
    }

    /// Does what a packet asks for.
    async fn hear(&mut self, request: Request) -> Step {
        self.is_sure().await;
        match request {
            Request::Connect(_) => return Err(Some(Reason::ProtocolError)),
            Request::Publish(publish) => self.publish(publish).await?,
            Request::Acknowledged(id) => self.acknowledged(id).await?,
            Request::Released(id) => {
                let known = self.held.remove(&id);
                self.send(Reply::Complete(id, known)).await?;
            }
            Request::Subscribe { id, filters } => self.subscribe(id, filters).await?,
            Request::Unsubscribe { id, filters } => self.unsubscribe(id, &filters).await?,
            Request::Ping => self.send(Reply::Pong).await?,
            Request::Disconnect => return Err(None),
        }
        self.talk.note_life(Due::Nothing).await;
        Ok(())
    }

    /// What a message of a device, or of one of its nodes, is to meet: whether it is heard, and whether it is answered.
    async fn meet(&mut self, topic: Option<&str>) -> Result<Heard, End> {
        if self.talk.core.faults.is_none() {
            return Ok(Heard::Answered);
        }
        let own = self.talk.device;
        let whose = match topic.and_then(|topic| self.addressed(topic).0) {
            Some(token) => self.node(token).await?.unwrap_or(own),
            None => own,
        };
        match faults::meet(&self.talk.core, Moment::MqttMessage, Some(whose)).await {
            None => Ok(Heard::Answered),
            Some(Fault::LostAnswer) => Ok(Heard::Unanswered),
            Some(Fault::LostRequest) => Ok(Heard::Not),
            // The older version has no other no.
            Some(Fault::TooMuch) => Err(Some(Reason::MessageRateTooHigh)),
            Some(_) => Err(None),
        }
    }

    async fn publish(&mut self, publish: Publish) -> Step {
        let heard = match self.meet(Some(&publish.topic)).await? {
            Heard::Not => return Ok(()),
            heard => heard,
        };
        // A topic that no device publishes to is the end of the connection: in the older version there is no other no.
        let (token, rest) = self.addressed(&publish.topic);
        let topic = Topic::read(rest).ok_or(Some(Reason::TopicNameInvalid))?;
        if let Some((QoS::ExactlyOnce, id)) = publish.sure {
            if self.held.contains(&id) {
                // It did not hear that it was heard. What is not durable yet is acknowledged when it is.
                self.settle().await?;
                return self.send(Reply::Receive(id, Ok(()))).await;
            }
            if self.held.len() >= MOST_OPEN.into() {
                return Err(Some(Reason::ReceiveMaximumExceeded));
            }
            self.held.insert(id);
        }
        let due = match heard {
            Heard::Answered => Due::of(publish.sure),
            Heard::Unanswered | Heard::Not => Due::Nothing,
        };
        let own = self.talk.device;
        let whose = match token {
            None => own,
            Some(token) => match self.node(token).await? {
                Some(node) => node,
                // Its other nodes have no part in it, so the connection stays.
                None => {
                    self.settle().await?;
                    let wrong = Wrong::Topic(Unsaid::NotItsGateway.to_string());
                    return self.acknowledge(due, Err(wrong)).await;
                }
            },
        };
        match Meant::read(topic, &publish.payload) {
            Ok(Meant::Says(said)) if whose == own => {
                self.talk.say(due, said).await;
                Ok(())
            }
            Ok(Meant::Says(said)) => {
                self.talk.say_for(whose, due, said).await;
                Ok(())
            }
            Ok(Meant::Is(hardware, buffer)) => {
                let said = Said::Hardware(hardware);
                if whose == own {
                    self.buffer = buffer.unwrap_or(self.buffer);
                    self.talk.say(due, said).await;
                } else {
                    self.talk.say_for(whose, due, said).await;
                }
                Ok(())
            }
            Ok(asks) => {
                // What it said before is known to whoever asks after it, and acknowledged before that.
                self.settle().await?;
                self.acknowledge(due, Ok(())).await?;
                match heard {
                    Heard::Answered => self.answer(whose, asks).await,
                    Heard::Unanswered | Heard::Not => Ok(()),
                }
            }
            Err(not_taken) => {
                self.settle().await?;
                let wrong = Wrong::Payload(not_taken.to_string());
                self.acknowledge(due, Err(wrong)).await
            }
        }
    }

    /// Whose topic it is, by the token in it, and what it is without that; of a device that is no gateway, as it stands.
    fn addressed<'a>(&self, topic: &'a str) -> (Option<&'a str>, &'a str) {
        match OfNode::read(topic) {
            Some(OfNode { token, rest }) if self.nodes.is_some() => (Some(token), rest),
            _ => (None, topic),
        }
    }

    /// The node that has this token. What was one is remembered: whether it still is, is asked with all that is said.
    async fn node(&mut self, token: &str) -> Result<Option<DeviceId>, End> {
        let Some(nodes) = &mut self.nodes else {
            return Ok(None);
        };
        if let Some(node) = nodes.get(token) {
            return Ok(Some(*node));
        }
        let found = living::node(&self.talk.core, self.talk.device, token).await;
        let found = found.map_err(|error| {
            tracing::error!(%error, "whether a gateway speaks for a device is not known now");
            Some(Reason::UnspecifiedError)
        })?;
        if found.is_none() {
            let (core, own) = (&self.talk.core, self.talk.device);
            living::refuse(core, own, token, &mut self.strangers);
        }
        if let Some(node) = found {
            nodes.insert(token.to_owned(), node);
            let prefix = OfNode { token, rest: "" }.to_string();
            self.voices.entry(node).or_default().prefix = prefix;
        }
        Ok(found)
    }

    /// The same, asked anew. What is no longer one is told of no more.
    async fn node_now(&mut self, token: &str) -> Result<Option<DeviceId>, End> {
        let was = self.nodes.as_mut().and_then(|nodes| nodes.remove(token));
        let is = self.node(token).await?;
        if let Some(was) = was.filter(|was| is != Some(*was)) {
            self.voices.remove(&was);
            let hub = &self.talk.core.hub;
            hub.carry_no_more([was], self.seat.session);
        }
        Ok(is)
    }

    async fn subscribe(&mut self, id: PacketId, filters: Vec<(String, QoS)>) -> Step {
        let heard = match self.meet(None).await? {
            Heard::Not => return Ok(()),
            heard => heard,
        };
        let mut taken: Vec<Takes> = Vec::with_capacity(filters.len());
        let mut whose_all = BTreeSet::new();
        for (text, asked) in filters {
            let (token, rest) = self.addressed(&text);
            let filter = Filter::read(rest);
            let whose = match (token, &filter) {
                (Some(token), Some(_)) => self.node_now(token).await?,
                _ => Some(self.talk.device),
            };
            // Nothing is told exactly once: what a datastream holds may be told again without harm.
            let granted = asked.less_value(QoS::AtLeastOnce);
            let is_filter = filter.is_some();
            let took = filter.zip(whose).and_then(|(filter, whose)| {
                let voice = self.voices.get_mut(&whose)?;
                let room = voice.filters.len() < MOST_FILTERS;
                (room || voice.filters.contains_key(&filter)).then(|| {
                    voice.filters.insert(filter, granted);
                    whose_all.insert(whose);
                    granted
                })
            });
            if took.is_none() {
                let why = match is_filter {
                    true => "it subscribes for what is no node of its own, or to more than is kept",
                    false => "it subscribes to what is not below `downlink/`, or has a `+` in it",
                };
                self.peer.unheard(&self.talk.core, self.talk.device, why);
            }
            taken.push(took);
        }
        if heard == Heard::Answered {
            self.send(Reply::Subscribed(id, taken)).await?;
        }
        for whose in whose_all {
            if whose == self.talk.device {
                self.deliver(whose).await?;
            } else {
                let hub = &self.talk.core.hub;
                hub.carry(whose, self.seat.session, &self.bag);
            }
        }
        Ok(())
    }

    async fn unsubscribe(&mut self, id: PacketId, filters: &[String]) -> Step {
        let mut known = Vec::with_capacity(filters.len());
        for text in filters {
            let (token, rest) = self.addressed(text);
            let whose = match (token, &self.nodes) {
                (Some(token), Some(nodes)) => nodes.get(token).copied(),
                _ => Some(self.talk.device),
            };
            let voice = whose.and_then(|whose| self.voices.get_mut(&whose));
            let was = Filter::read(rest).zip(voice);
            known.push(was.is_some_and(|(filter, voice)| voice.filters.remove(&filter).is_some()));
        }
        self.send(Reply::Unsubscribed(id, known)).await
    }
}
