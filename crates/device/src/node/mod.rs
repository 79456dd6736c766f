//! A node of the mesh: sends what its application tells it, carries what others send.

mod state;

use std::collections::VecDeque;

use state::{NodeRecord, NodeState};

use crate::Moment;
use crate::dice::Dice;
use crate::flood::{Budget, Rate, Relay, RelayConfig, Sight};
use crate::frame::{self, Down, Frame, Head, Id, Kind, MAX_UP, Signal, Up};
use crate::retry::{Flight, Retry};
use crate::store::{Journal, Numbers, Store, StoreError};
use handover_air::{Address, AuthToken, Derivation, NodeKeys};

/// How a node behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeConfig {
    /// How it carries what others send.
    pub relay: RelayConfig,
    /// So many relays may carry what it sends; 15 at most.
    pub hops: u8,
    /// When it sends again.
    pub retry: Retry,
    /// So many messages wait for their acknowledgement.
    pub outbox: usize,
    /// So many messages wait for the application.
    pub inbox: usize,
    /// How often it answers what it is sent.
    pub answers: Rate,
}

impl Default for NodeConfig {
    fn default() -> Self {
        Self {
            relay: RelayConfig::default(),
            hops: 10,
            retry: Retry::default(),
            outbox: 32,
            inbox: 8,
            answers: Rate {
                burst: 8,
                each: std::time::Duration::from_secs(1),
            },
        }
    }
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A gateway has it on its disk.
    Acknowledged,
    /// Nobody acknowledged it for as long as the node waits. It may have arrived.
    GivenUp,
}

/// What a node wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeOutput {
    /// Send this to whoever is near.
    Send(Vec<u8>),
    /// Tell the application what became of its message.
    Settled(u64, Fate),
}

/// A message that a node does not take. Those it takes are stored.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Too many messages wait.
    #[error("too many messages wait for their acknowledgement")]
    Full,
    /// It does not fit into a frame.
    #[error("a message has more than {0} bytes")]
    Long(usize),
    /// The gateway was not given this node.
    #[error("the gateway does not have this node")]
    Unknown,
    /// It could not be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A node, without a link and without a clock.
///
/// After [`hear`](Self::hear) and [`send`](Self::send), and once it is [`wake`](Self::wake), [`poll`](Self::poll) is called until
/// it wants nothing more. Messages go out one at a time, so they arrive in the order in which they were sent.
pub struct Node<S> {
    token: AuthToken,
    config: NodeConfig,
    journal: Journal<S, NodeState>,
    numbers: Numbers,
    keys: NodeKeys,
    life: u32,
    flight: Option<Flight>,
    relay: Relay,
    answers: Budget<()>,
    dice: Dice,
    ready: VecDeque<NodeOutput>,
}

impl<S: Store> Node<S> {
    /// A node that goes on with what its store has. `seed` is another one at each start: the life of a new store comes from it.
    ///
    /// # Errors
    /// Where the store cannot be read or written.
    pub fn open(
        token: AuthToken,
        store: S,
        config: NodeConfig,
        seed: u64,
    ) -> Result<Self, StoreError> {
        let mut dice = Dice::new(seed);
        let mut journal = Journal::<S, NodeState>::open(store)?;
        let life = match journal.state.life {
            Some(life) => life,
            None => {
                let life = dice.life();
                journal.commit(vec![NodeRecord::Life(life)])?;
                life
            }
        };
        Ok(Self {
            keys: token.keys(Derivation(journal.state.derivation)),
            numbers: Numbers::new(journal.state.reserved),
            relay: Relay::new(config.relay, Dice::new(dice.roll())),
            answers: Budget::new(config.answers, 1),
            flight: None,
            ready: VecDeque::new(),
            token,
            config,
            journal,
            life,
            dice,
        })
    }

    /// Takes a message, stores it, and gives its number.
    ///
    /// # Errors
    /// Where it was not taken. Then it is as if it had never been sent, unless the store failed: that may have kept it.
    pub fn send(&mut self, payload: &[u8]) -> Result<u64, Refused> {
        if payload.len() > MAX_UP {
            return Err(Refused::Long(MAX_UP));
        }
        if self.journal.state.outbox.len() + self.ready.len() >= self.config.outbox {
            return Err(Refused::Full);
        }
        self.reserve()?;
        let sequence = self.numbers.take(self.journal.state.reserved);
        self.journal.commit(vec![NodeRecord::Queued {
            sequence,
            payload: payload.to_vec(),
        }])?;
        Ok(sequence)
    }

    /// The messages that are neither acknowledged nor given up, the oldest first.
    pub fn waiting(&self) -> impl Iterator<Item = u64> + '_ {
        self.journal.state.outbox.iter().map(|(number, _)| *number)
    }

    /// The oldest message to this node that its application has not taken, and its number. A crash does not lose it.
    pub fn received(&self) -> Option<(u64, &[u8])> {
        let (command, payload) = self.journal.state.inbox.front()?;
        Some((*command, payload))
    }

    /// The application has done what the message says. It is not given again.
    ///
    /// # Errors
    /// Where that cannot be stored; it is given again after a start.
    pub fn taken(&mut self, command: u64) -> Result<(), StoreError> {
        self.journal.commit(vec![NodeRecord::Taken(command)])
    }

    /// Its address on the air.
    pub fn address(&self) -> Address {
        self.keys.address
    }

    /// Drawn when its store was made: names its messages together with their numbers.
    pub fn life(&self) -> u32 {
        self.life
    }

    /// The derivation that it uses.
    pub fn derivation(&self) -> Derivation {
        self.keys.derivation
    }

    /// Hears a datagram.
    ///
    /// # Errors
    /// Where the store failed. Others' frames are carried all the same.
    pub fn hear(&mut self, bytes: &[u8], signal: Signal, now: Moment) -> Result<(), StoreError> {
        let Ok(frame) = Frame::read(bytes) else {
            return Ok(());
        };
        let sight = self.relay.note(&frame, now);
        let head = &frame.head;
        if head.address == self.keys.address {
            return match (head.kind, sight) {
                (Kind::Down, Sight::First) => self.read(&frame, None, now),
                _ => Ok(()),
            };
        }
        if let Some(keys) = self.later_keys(&frame, sight) {
            return self.read(&frame, Some(keys), now);
        }
        let me = self.keys.address.short();
        self.relay.carry(&frame, sight, me, signal, now);
        Ok(())
    }

    /// What it wants next.
    ///
    /// # Errors
    /// Where the store failed.
    pub fn poll(&mut self, now: Moment) -> Result<Option<NodeOutput>, StoreError> {
        if let Some(output) = self.ready.pop_front() {
            return Ok(Some(output));
        }
        if let Some(bytes) = self.relay.poll(now) {
            return Ok(Some(NodeOutput::Send(bytes)));
        }
        self.poll_outbox(now)
    }

    /// When [`poll`](Self::poll) has something by itself.
    pub fn wake(&self) -> Option<Moment> {
        if !self.ready.is_empty() {
            return Some(Moment::ZERO);
        }
        let own = !self.journal.state.outbox.is_empty() && !self.journal.is_halted();
        let own = own.then(|| self.flight.map_or(Moment::ZERO, |flight| flight.due));
        own.into_iter().chain(self.relay.wake()).min()
    }

    /// How much it remembers of others: frames seen, frames waiting, nodes counted.
    pub fn remembered(&self) -> [usize; 3] {
        self.relay.size()
    }

    fn poll_outbox(&mut self, now: Moment) -> Result<Option<NodeOutput>, StoreError> {
        let Some((sequence, payload)) = self.journal.state.outbox.front() else {
            return Ok(None);
        };
        let sequence = *sequence;
        // What the store could not settle is not sent again either.
        if self.journal.is_halted() {
            return Ok(None);
        }
        let flight = self.flight.get_or_insert(Flight::new(now));
        if flight.is_hopeless(&self.config.retry, now) {
            self.settle(sequence, Fate::GivenUp)?;
            return Ok(self.ready.pop_front());
        }
        if flight.due > now {
            return Ok(None);
        }
        let attempt = flight.attempt(&self.config.retry, now, &mut self.dice);
        let text = Up::Message(payload).write();
        let bytes = self.sealed(sequence, attempt, &text, now);
        Ok(Some(NodeOutput::Send(bytes)))
    }

    /// The keys of a later derivation, where the frame's address is this node's under it. Whoever gave such a frame had them
    /// from the cloud if the frame opens: nobody else could make it.
    fn later_keys(&self, frame: &Frame<'_>, sight: Sight) -> Option<NodeKeys> {
        let head = &frame.head;
        let later = head.kind == Kind::Down
            && head.derivation > self.keys.derivation
            && sight == Sight::First;
        let keys = later.then(|| self.token.keys(head.derivation))?;
        (keys.address == head.address).then_some(keys)
    }

    fn read(
        &mut self,
        frame: &Frame<'_>,
        later: Option<NodeKeys>,
        now: Moment,
    ) -> Result<(), StoreError> {
        let keys = later.as_ref().unwrap_or(&self.keys);
        let Some(text) = frame::open(&keys.down, frame) else {
            return Ok(());
        };
        let Some(body) = Down::read(&text) else {
            return Ok(());
        };
        if let Some(keys) = later {
            let number = keys.derivation.0;
            self.journal.commit(vec![NodeRecord::Derivation(number)])?;
            self.keys = keys;
            // What waits goes out at once, sealed with the new key.
            self.flight = None;
        }
        match body {
            Down::Hello => self.answer(0, true, now),
            Down::Ack(id) if id.life == self.life => self.acknowledged(id.sequence),
            Down::Message {
                life,
                command,
                payload,
            } if life == self.life => self.got(command, payload, now),
            Down::Ack(_) | Down::Message { .. } => Ok(()),
        }
    }

    fn acknowledged(&mut self, sequence: u64) -> Result<(), StoreError> {
        let front = self.journal.state.outbox.front();
        if front.is_some_and(|(waiting, _)| *waiting == sequence) {
            self.settle(sequence, Fate::Acknowledged)?;
        }
        Ok(())
    }

    fn settle(&mut self, sequence: u64, fate: Fate) -> Result<(), StoreError> {
        self.journal.commit(vec![NodeRecord::Settled(sequence)])?;
        self.flight = None;
        self.ready.push_back(NodeOutput::Settled(sequence, fate));
        Ok(())
    }

    /// A message to this node: kept before it is acknowledged, and given to the application once.
    fn got(&mut self, command: u64, payload: &[u8], now: Moment) -> Result<(), StoreError> {
        let newest = self.journal.state.newest;
        if command <= newest {
            return self.answer(command, command == newest, now);
        }
        if self.journal.state.inbox.len() >= self.config.inbox {
            // Not acknowledged, so the gateway sends it again.
            return Ok(());
        }
        self.journal.commit(vec![NodeRecord::Got {
            command,
            payload: payload.to_vec(),
        }])?;
        self.answer(command, true, now)
    }

    fn answer(&mut self, command: u64, newest: bool, now: Moment) -> Result<(), StoreError> {
        if !self.answers.take((), now) {
            return Ok(());
        }
        self.reserve()?;
        let sequence = self.numbers.take(self.journal.state.reserved);
        let text = Up::Ack { command, newest }.write();
        let bytes = self.sealed(sequence, 0, &text, now);
        self.ready.push_back(NodeOutput::Send(bytes));
        Ok(())
    }

    fn reserve(&mut self) -> Result<(), StoreError> {
        let end = self.numbers.reserve(1, self.journal.state.reserved);
        let records = end.map(NodeRecord::Reserved);
        self.journal.commit(records.into_iter().collect())
    }

    /// A frame of its own, which is not carried when others send it back.
    fn sealed(&mut self, sequence: u64, attempt: u8, text: &[u8], now: Moment) -> Vec<u8> {
        let head = Head {
            kind: Kind::Up,
            address: self.keys.address,
            derivation: self.keys.derivation,
            id: Id {
                life: self.life,
                sequence,
            },
        };
        let sealed = frame::seal(&self.keys.up, &head, text);
        let bytes = frame::write(&head, attempt, self.config.hops, &sealed);
        if let Ok(frame) = Frame::read(&bytes) {
            self.relay.note(&frame, now);
        }
        bytes
    }
}

#[cfg(test)]
mod tests;
