//! A node of a mesh, as a device has it: what it measures it gives to the state of `handover_device`, which sends, repeats,
//! carries what others send, and remembers across a power cut what it has stored.

use std::future::{Future, pending};
use std::sync::atomic::Ordering;

use handover_device::link::Link as _;
use handover_device::{Fate, MemoryStore, Moment, Node, NodeConfig, NodeOutput, StoreError, seed};
use serde_json::{Map, Number, Value};
use tokio::time::{Instant, sleep_until};

use super::{Busy, HOPS, LINGER, Part};
use crate::play::count;
use crate::script::{Act, Step, Steps};

/// Plays one node.
pub struct Station {
    part: Part,
    /// What outlives a power cut.
    store: MemoryStore,
    /// None while it has no power.
    node: Option<Node<MemoryStore>>,
    /// Since when its moments count.
    start: Instant,
}

impl Station {
    /// Without power until it comes.
    pub(super) fn new(part: Part) -> Self {
        Self {
            part,
            store: MemoryStore::default(),
            node: None,
            start: Instant::now(),
        }
    }

    /// Plays all steps, waits for what is under way then, and goes on carrying what others send until nobody waits any more.
    pub(super) async fn play(mut self, start: Instant, steps: Steps, busy: Busy) {
        let stop = self.part.stage.stop.clone();
        tokio::select! {
            done = self.live(start, steps, busy) => {
                if let Err(error) = done {
                    // A store in memory fails where it is told to, which nobody does here.
                    tracing::warn!(device = self.part.number, %error, "a simulated node broke");
                }
            }
            () = stop.cancelled() => {}
        }
        self.vanish(true);
    }

    async fn live(&mut self, start: Instant, steps: Steps, busy: Busy) -> Result<(), StoreError> {
        for step in steps {
            let due = start + step.at.div_f64(self.part.stage.speed);
            self.live_until(sleep_until(due), false).await?;
            self.act(&step)?;
        }
        // Whoever is away at the end comes back, so that what waits arrives.
        self.part.radio.put(0);
        self.connect()?;
        let late = sleep_until(Instant::now() + LINGER);
        self.live_until(late, true).await?;
        let waits = self.node.as_ref().map_or(0, |node| node.waiting().count());
        let waits = u64::try_from(waits).unwrap_or_default();
        self.part
            .progress
            .unsent
            .fetch_add(waits, Ordering::Relaxed);
        let fallen = busy.0.fallen.clone();
        drop(busy);
        self.live_until(fallen.cancelled(), false).await
    }

    /// Lets the node live until then, or, where that is wanted, until nothing of its own waits.
    async fn live_until(
        &mut self,
        until: impl Future<Output = ()>,
        or_idle: bool,
    ) -> Result<(), StoreError> {
        tokio::pin!(until);
        loop {
            self.settle().await?;
            let is_idle = self
                .node
                .as_ref()
                .is_none_or(|node| node.waiting().next().is_none());
            if or_idle && is_idle {
                return Ok(());
            }
            let wake = self.node.as_ref().and_then(Node::wake);
            let wake = wake.map(|moment| self.start + moment);
            let wakes = async {
                match wake {
                    Some(at) => sleep_until(at).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                // Its time comes also where there is always something to hear.
                biased;
                () = &mut until => return Ok(()),
                () = wakes => {}
                heard = self.part.radio.link.receive() => {
                    let now = self.now();
                    if let (Ok(heard), Some(node)) = (heard, &mut self.node) {
                        node.hear(&heard.bytes, heard.signal, now)?;
                    }
                }
            }
        }
    }

    fn now(&self) -> Moment {
        self.start.elapsed()
    }

    /// Does what the node wants done.
    async fn settle(&mut self) -> Result<(), StoreError> {
        let now = self.now();
        let Some(node) = &mut self.node else {
            return Ok(());
        };
        while let Some(output) = node.poll(now)? {
            match output {
                // What cannot be sent is lost like anything on the air, and sent again.
                NodeOutput::Send(bytes) => _ = self.part.radio.link.send(&bytes).await,
                NodeOutput::Settled(_, Fate::Acknowledged) => count(&self.part.progress.arrived),
                NodeOutput::Settled(_, Fate::GivenUp) => count(&self.part.progress.unsent),
            }
        }
        while let Some((command, _)) = node.received() {
            node.taken(command)?;
            count(&self.part.progress.told);
        }
        Ok(())
    }

    fn act(&mut self, step: &Step) -> Result<(), StoreError> {
        match &step.act {
            Act::Connect => self.connect()?,
            Act::Vanish { off } => self.vanish(*off),
            Act::Write { pin, value, .. } => self.write(*pin, value),
            Act::Side { side } => self.part.radio.put(*side),
            // It has none.
            Act::Clock { .. } | Act::Upload { .. } => {}
        }
        self.part.stage.note(self.part.number, step);
        Ok(())
    }

    fn connect(&mut self) -> Result<(), StoreError> {
        if self.node.is_none() {
            let config = NodeConfig {
                hops: HOPS,
                ..NodeConfig::default()
            };
            // Never the fleet's: a life that was there before would repeat its numbers under the same keys.
            let seed = seed()?;
            let (token, store) = (self.part.token.clone(), self.store.clone());
            self.node = Some(Node::open(token, store, config, seed)?);
        }
        self.part.appear();
        Ok(())
    }

    fn vanish(&mut self, off: bool) {
        self.part.disappear();
        if off {
            self.node = None;
        }
    }

    fn write(&mut self, pin: u8, value: &str) {
        let value = match value.parse::<Number>() {
            Ok(number) => Value::Number(number),
            Err(_) => value.into(),
        };
        let said: Map<_, _> = [(format!("V{pin}"), value)].into_iter().collect();
        let payload = Value::Object(said).to_string();
        let node = self.node.as_mut();
        match node.map(|node| node.send(payload.as_bytes())) {
            Some(Ok(_)) => count(&self.part.progress.sent),
            // Too many wait already, as those of a firmware that floods do.
            Some(Err(_)) | None => count(&self.part.progress.unsent),
        }
    }
}
