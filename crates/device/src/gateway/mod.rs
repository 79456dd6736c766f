//! A gateway of the mesh: reads what its nodes send, keeps it until the cloud has it, and carries what others send.

mod intake;
mod item;
mod state;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use intake::{Intake, Said};
pub use item::{Item, Message, NodeId, Outcome};
use state::{GatewayRecord, GatewayState, Queued};

use crate::Moment;
use crate::dice::Dice;
use crate::flood::{Budget, Rate, Relay, RelayConfig, Sight};
use crate::frame::{self, Down, Frame, Head, Id, Kind, MAX_DOWN, Signal, Up};
use crate::node::Refused;
use crate::retry::{Flight, Retry};
use crate::store::{Journal, Numbers, Store, StoreError};
use handover_air::{Address, Derivation, NodeKeys};

/// How a gateway behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatewayConfig {
    /// How it carries what others send.
    pub relay: RelayConfig,
    /// So many relays may carry what it sends; 15 at most.
    pub hops: u8,
    /// When it sends again.
    pub retry: Retry,
    /// It has so many nodes at most.
    pub nodes: usize,
    /// So many messages wait for one node.
    pub queue: usize,
    /// So much waits for the cloud. Beyond it nothing is acknowledged.
    pub forward: usize,
    /// So many frames are read before they are kept, all at once.
    pub staged: usize,
    /// How often it answers one node.
    pub answers: Rate,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            relay: RelayConfig::default(),
            hops: 10,
            retry: Retry::default(),
            nodes: 1024,
            queue: 16,
            forward: 4096,
            staged: 64,
            answers: Rate {
                burst: 8,
                each: Duration::from_secs(1),
            },
        }
    }
}

/// Somebody who sent something and is no node of the gateway, by the address of the frame. Nobody proves it: whoever has a
/// radio can say any address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stranger {
    /// What the sender is called on the air,
    pub address: Address,
    /// under this derivation.
    pub derivation: Derivation,
}

/// A gateway, without a link, a clock or a cloud.
///
/// After it was told anything, and once it is [`wake`](Self::wake), [`poll`](Self::poll) is called until it wants nothing more.
/// What it heard since the last time becomes durable at once, and is acknowledged after that.
pub struct Gateway<S> {
    config: GatewayConfig,
    journal: Journal<S, GatewayState>,
    numbers: Numbers,
    life: u32,
    relay: Relay,
    answers: Budget<NodeId>,
    dice: Dice,
    staged: Vec<Said>,
    flights: BTreeMap<NodeId, (u64, Flight)>,
    ready: VecDeque<Vec<u8>>,
    wall: Option<(Moment, u64)>,
}

impl<S: Store> Gateway<S> {
    /// A gateway that goes on with what its store has. `seed` is another one at each start.
    ///
    /// # Errors
    /// Where the store cannot be read or written.
    pub fn open(store: S, config: GatewayConfig, seed: u64) -> Result<Self, StoreError> {
        let mut dice = Dice::new(seed);
        let mut journal = Journal::<S, GatewayState>::open(store)?;
        let life = match journal.state.life {
            Some(life) => life,
            None => {
                let life = dice.life();
                journal.commit(vec![GatewayRecord::Life(life)])?;
                life
            }
        };
        Ok(Self {
            numbers: Numbers::new(journal.state.reserved),
            relay: Relay::new(config.relay, Dice::new(dice.roll())),
            answers: Budget::new(config.answers, config.nodes),
            staged: Vec::new(),
            flights: BTreeMap::new(),
            ready: VecDeque::new(),
            wall: None,
            config,
            journal,
            life,
            dice,
        })
    }

    /// Tells it what time it is, in milliseconds since 1970, so that messages say when they were heard.
    pub fn set_clock(&mut self, now: Moment, since_1970: u64) {
        self.wall = Some((now, since_1970));
    }

    /// Takes a node, or new keys of one; keys of an earlier derivation change nothing. The node is greeted until it answers.
    /// A gateway that had the node before, or lost its store, is given keys of a new derivation: it has forgotten what it heard.
    ///
    /// # Errors
    /// Where there are too many, or it cannot be stored.
    pub fn pair(&mut self, node: NodeId, keys: NodeKeys) -> Result<(), Refused> {
        let before = self.journal.state.nodes.get(&node);
        if before.is_some_and(|paired| paired.keys.derivation >= keys.derivation) {
            return Ok(());
        }
        if before.is_none() && self.journal.state.nodes.len() >= self.config.nodes {
            return Err(Refused::Full);
        }
        let is_rotated = before.is_some();
        // A greeting with earlier keys is of no use any more.
        let front = before.and_then(|paired| paired.queue.front());
        let stale = front.filter(|queued| queued.command == 0);
        let stale = stale.map(|queued| GatewayRecord::Settled(node, queued.number));
        self.reserve(1)?;
        let number = self.numbers.take(self.journal.state.reserved);
        let mut records = vec![GatewayRecord::Paired(node, keys)];
        records.extend(stale);
        records.push(GatewayRecord::Queued {
            node,
            number,
            command: 0,
            payload: Vec::new(),
        });
        self.journal.commit(records)?;
        self.flights.remove(&node);
        if is_rotated {
            // Old keys are not left lying about.
            self.journal.compact()?;
        }
        Ok(())
    }

    /// Forgets a node: its keys, what waits for it, and what was heard and not kept. What waits for the cloud stays.
    ///
    /// # Errors
    /// Where it cannot be stored.
    pub fn unpair(&mut self, node: NodeId) -> Result<(), StoreError> {
        if !self.journal.state.nodes.contains_key(&node) {
            return Ok(());
        }
        self.journal.commit(vec![GatewayRecord::Unpaired(node)])?;
        self.flights.remove(&node);
        self.journal.compact()
    }

    /// Takes a message for a node. `command` rises with each of the cloud's messages to it, whichever gateway carries them; one
    /// that was taken before is not taken again.
    ///
    /// # Errors
    /// Where it was not taken.
    pub fn command(&mut self, node: NodeId, command: u64, payload: &[u8]) -> Result<(), Refused> {
        if payload.len() > MAX_DOWN {
            return Err(Refused::Long(MAX_DOWN));
        }
        let paired = self.journal.state.nodes.get(&node);
        let paired = paired.ok_or(Refused::Unknown)?;
        if command <= paired.newest {
            return Ok(());
        }
        if paired.queue.len() >= self.config.queue {
            return Err(Refused::Full);
        }
        self.reserve(1)?;
        let number = self.numbers.take(self.journal.state.reserved);
        self.journal.commit(vec![GatewayRecord::Queued {
            node,
            number,
            command,
            payload: payload.to_vec(),
        }])?;
        Ok(())
    }

    /// What the cloud has not got yet, the oldest first, each with its number.
    pub fn waiting(&self) -> impl ExactSizeIterator<Item = &(u64, Item)> {
        self.journal.state.forward.iter()
    }

    /// The cloud has all up to this number.
    ///
    /// # Errors
    /// Where it cannot be stored; it is given again after a start.
    pub fn delivered(&mut self, number: u64) -> Result<(), StoreError> {
        self.journal.commit(vec![GatewayRecord::Delivered(number)])
    }

    /// The nodes that it has, and the keys of each.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (NodeId, &NodeKeys)> {
        let nodes = self.journal.state.nodes.iter();
        nodes.map(|(node, paired)| (*node, &paired.keys))
    }

    /// Hears a datagram. Gives who sent it, where that is no node of its own and it has not heard this frame before.
    pub fn hear(&mut self, bytes: &[u8], signal: Signal, now: Moment) -> Option<Stranger> {
        let frame = Frame::read(bytes).ok()?;
        let sight = self.relay.note(&frame, now);
        // What another gateway sends to a node of both is carried as well.
        let own = match frame.head.kind {
            Kind::Up => self.journal.state.addresses.get(&frame.head.address),
            Kind::Down => None,
        };
        let is_strange = own.is_none() && frame.head.kind == Kind::Up && sight == Sight::First;
        if let Some(&node) = own
            && (sight != Sight::First || self.read(node, &frame, signal, now))
        {
            return None;
        }
        // Its life's low half stands for it in paths: it has no address of its own.
        let [_, _, high, low] = self.life.to_be_bytes();
        let me = u16::from_be_bytes([high, low]);
        self.relay.carry(&frame, sight, me, signal, now);
        is_strange.then_some(Stranger {
            address: frame.head.address,
            derivation: frame.head.derivation,
        })
    }

    /// What it wants to send next.
    ///
    /// # Errors
    /// Where the store failed. Nothing that it did not keep is acknowledged.
    pub fn poll(&mut self, now: Moment) -> Result<Option<Vec<u8>>, StoreError> {
        self.keep(now)?;
        if let Some(bytes) = self.ready.pop_front().or_else(|| self.relay.poll(now)) {
            return Ok(Some(bytes));
        }
        Ok(self.poll_queues(now))
    }

    /// When [`poll`](Self::poll) has something by itself.
    pub fn wake(&self) -> Option<Moment> {
        if !self.staged.is_empty() || !self.ready.is_empty() {
            return Some(Moment::ZERO);
        }
        let nodes = self.journal.state.nodes.iter();
        let waiting = nodes.filter_map(|(node, paired)| {
            let front = paired.queue.front()?;
            let flight = self.flights.get(node);
            let flight = flight.filter(|(number, _)| *number == front.number);
            let sendable = front.command == 0 || paired.life().is_some();
            sendable.then(|| flight.map_or(Moment::ZERO, |(_, flight)| flight.due))
        });
        let own = waiting.filter(|_| !self.journal.is_halted());
        own.chain(self.relay.wake()).min()
    }

    /// How much it remembers of others: frames seen, frames waiting, nodes counted.
    pub fn remembered(&self) -> [usize; 3] {
        self.relay.size()
    }

    /// Takes what a node of its own sent. False where another gateway that has the node may need it.
    fn read(&mut self, node: NodeId, frame: &Frame<'_>, signal: Signal, now: Moment) -> bool {
        let state = &self.journal.state;
        let Some(paired) = state.nodes.get(&node) else {
            return false;
        };
        let is_full = state.forward.len() >= self.config.forward;
        if is_full || self.staged.len() >= self.config.staged {
            return false;
        }
        let opened = frame::open(&paired.keys.up, frame);
        let Some(text) = opened.filter(|_| frame.head.derivation == paired.keys.derivation) else {
            return true;
        };
        let id = frame.head.id;
        match Up::read(&text) {
            Some(Up::Message(payload)) => self.staged.push(Said::Message(Message {
                node,
                id,
                derivation: frame.head.derivation,
                payload: payload.to_vec(),
                path: frame.path().collect(),
                signal,
                heard_at: self.since_1970(now),
            })),
            Some(Up::Ack { command, newest }) => {
                let front = paired.queue.front();
                let is_awaited = front.is_some_and(|queued| queued.command == command);
                self.staged.push(Said::Ack {
                    node,
                    id,
                    command,
                    newest,
                });
                return is_awaited;
            }
            None => {}
        }
        true
    }

    fn since_1970(&self, now: Moment) -> u64 {
        let Some((then, since_1970)) = self.wall else {
            return 0;
        };
        let passed = now.saturating_sub(then).as_millis();
        since_1970.saturating_add(u64::try_from(passed).unwrap_or(u64::MAX))
    }

    /// Makes durable what was heard, and acknowledges it.
    fn keep(&mut self, now: Moment) -> Result<(), StoreError> {
        let staged = std::mem::take(&mut self.staged);
        let mut intake = Intake::new(&self.journal.state, self.config.forward);
        for said in staged {
            intake.take(said);
        }
        for (node, queued) in hopeless(&self.journal.state, &self.flights, &self.config.retry, now)
        {
            intake.give_up(node, queued.number, queued.command);
        }
        let Intake { records, acks, .. } = intake;
        self.journal.commit(records)?;
        for (node, id) in acks {
            if self.answers.take(node, now) {
                self.acknowledge(node, id, now)?;
            }
        }
        Ok(())
    }

    fn acknowledge(&mut self, node: NodeId, id: Id, now: Moment) -> Result<(), StoreError> {
        self.reserve(1)?;
        let number = self.numbers.take(self.journal.state.reserved);
        let text = Down::Ack(id).write();
        let bytes = self.sealed(node, number, 0, &text, now);
        self.ready.extend(bytes);
        Ok(())
    }

    /// The next message to a node that is due.
    fn poll_queues(&mut self, now: Moment) -> Option<Vec<u8>> {
        if self.journal.is_halted() {
            return None;
        }
        let nodes = self.journal.state.nodes.iter();
        let mut due = nodes.filter_map(|(node, paired)| {
            let front = paired.queue.front()?;
            let flight = self.flights.get(node);
            let waits =
                flight.is_some_and(|(number, flight)| *number == front.number && flight.due > now);
            let text = (!waits).then(|| text_of(front, paired.life()))??;
            Some((*node, front.number, front.command, text))
        });
        let (node, number, command, text) = due.next()?;
        let (of, flight) = self
            .flights
            .entry(node)
            .or_insert((number, Flight::new(now)));
        if *of != number {
            (*of, *flight) = (number, Flight::new(now));
        }
        let mut retry = self.config.retry;
        if command == 0 {
            // A node that does not answer its greeting is probably switched off, for who knows how long.
            retry.most *= 10;
        }
        let attempt = flight.attempt(&retry, now, &mut self.dice);
        self.sealed(node, number, attempt, &text, now)
    }

    fn reserve(&mut self, count: usize) -> Result<(), StoreError> {
        let end = self.numbers.reserve(count, self.journal.state.reserved);
        let records = end.map(GatewayRecord::Reserved);
        self.journal.commit(records.into_iter().collect())
    }

    /// A frame to a node, which is not carried when others send it back.
    fn sealed(
        &mut self,
        node: NodeId,
        number: u64,
        attempt: u8,
        text: &[u8],
        now: Moment,
    ) -> Option<Vec<u8>> {
        let keys = &self.journal.state.nodes.get(&node)?.keys;
        let head = Head {
            kind: Kind::Down,
            address: keys.address,
            derivation: keys.derivation,
            id: Id {
                life: self.life,
                sequence: number,
            },
        };
        let sealed = frame::seal(&keys.down, &head, text);
        let bytes = frame::write(&head, attempt, self.config.hops, &sealed);
        if let Ok(frame) = Frame::read(&bytes) {
            self.relay.note(&frame, now);
        }
        Some(bytes)
    }
}

/// What a node is sent. None while it has no life to write to: the greeting comes first.
fn text_of(queued: &Queued, life: Option<u32>) -> Option<Vec<u8>> {
    if queued.command == 0 {
        return Some(Down::Hello.write());
    }
    let message = Down::Message {
        life: life?,
        command: queued.command,
        payload: &queued.payload,
    };
    Some(message.write())
}

/// The messages that have waited too long. A greeting waits for ever.
fn hopeless<'a>(
    state: &'a GatewayState,
    flights: &BTreeMap<NodeId, (u64, Flight)>,
    retry: &Retry,
    now: Moment,
) -> Vec<(NodeId, &'a Queued)> {
    let hopeless = flights
        .iter()
        .filter(|(_, (_, flight))| flight.is_hopeless(retry, now));
    hopeless
        .filter_map(|(node, (number, _))| {
            let front = state.nodes.get(node)?.queue.front()?;
            (front.number == *number && front.command != 0).then_some((*node, front))
        })
        .collect()
}

#[cfg(test)]
mod tests;
