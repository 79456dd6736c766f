//! A gateway that runs, between its link and its cloud.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::{RunError, Watch};
use crate::Moment;
use crate::gateway::{Gateway, Item, NodeId, Stranger};
use crate::link::Link;
use crate::node::Refused;
use crate::store::Store;
use handover_air::NodeKeys;

/// The cloud cannot be reached, or did not take it. It is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cloud is away")]
pub struct Away;

/// What a cloud tells its gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Take this node, or its new keys.
    Pair(NodeId, NodeKeys),
    /// Forget this node.
    Unpair(NodeId),
    /// Send this to a node.
    Send {
        /// To whom.
        node: NodeId,
        /// Rises with each message to the node.
        command: u64,
        /// What.
        payload: Vec<u8>,
    },
}

/// A gateway's way to its cloud.
pub trait Uplink: Send + Sync {
    /// Gives these to the cloud, in this order. Once it returns, the cloud has all of them on its disk; until then they are
    /// given again, also after a start, so the cloud has to know what it has.
    ///
    /// # Errors
    /// Where it may not have all of them.
    fn deliver(&self, items: Vec<Item>) -> impl Future<Output = Result<(), Away>> + Send;

    /// The next order. Dropping the future loses none.
    fn next(&self) -> impl Future<Output = Order> + Send;

    /// An order was stored, or refused. Does not wait.
    fn answer(&self, order: &Order, outcome: Result<(), Refused>);

    /// Somebody was heard who is no node of this gateway. Does not wait.
    fn stranger(&self, _: Stranger) {}

    /// Milliseconds since 1970.
    fn clock(&self) -> u64;
}

/// So much is given to the cloud at once.
const BATCH: usize = 64;
/// After a failure the cloud is left alone for so long,
const SHORT: Duration = Duration::from_secs(1);
/// and after more of them for up to so long.
const LONG: Duration = Duration::from_secs(60);

type Delivery<'a> = Pin<Box<dyn Future<Output = (u64, Result<(), Away>)> + Send + 'a>>;

/// A gateway that runs.
pub struct MeshGateway;

impl MeshGateway {
    /// Runs a gateway between a link and a cloud until either store or link fails.
    ///
    /// # Errors
    /// Where one of them failed. Nothing that was acknowledged is lost: a gateway opened from the same store goes on.
    pub async fn run<S: Store, L: Link, U: Uplink>(
        mut gateway: Gateway<S>,
        link: L,
        uplink: &U,
    ) -> Result<(), RunError> {
        let watch = Watch::start();
        let mut delivery: Option<Delivery<'_>> = None;
        let mut pause = Pause::default();
        loop {
            gateway.set_clock(watch.now(), uplink.clock());
            while let Some(bytes) = gateway.poll(watch.now())? {
                // What cannot be sent is lost like anything on the air, and sent again.
                _ = link.send(&bytes).await;
            }
            if delivery.is_none() && pause.is_over(watch.now()) {
                delivery = begin(&gateway, uplink);
            }
            let resting = pause.until.filter(|_| gateway.waiting().len() > 0);
            let wake = gateway.wake().into_iter().chain(resting).min();
            tokio::select! {
                heard = link.receive() => {
                    let heard = heard?;
                    if let Some(stranger) = gateway.hear(&heard.bytes, heard.signal, watch.now()) {
                        uplink.stranger(stranger);
                    }
                }
                (number, outcome) = finished(&mut delivery) => {
                    delivery = None;
                    match outcome {
                        Ok(()) => {
                            gateway.delivered(number)?;
                            pause = Pause::default();
                        }
                        Err(Away) => pause.again(watch.now()),
                    }
                }
                order = uplink.next() => {
                    let outcome = obey(&mut gateway, &order);
                    uplink.answer(&order, outcome);
                }
                () = watch.until(wake) => {}
            }
        }
    }
}

fn begin<'a, S: Store, U: Uplink>(gateway: &Gateway<S>, uplink: &'a U) -> Option<Delivery<'a>> {
    let batch: Vec<_> = gateway.waiting().take(BATCH).cloned().collect();
    let (last, _) = batch.last()?;
    let last = *last;
    let items = batch.into_iter().map(|(_, item)| item).collect();
    Some(Box::pin(async move { (last, uplink.deliver(items).await) }))
}

async fn finished(delivery: &mut Option<Delivery<'_>>) -> (u64, Result<(), Away>) {
    match delivery {
        Some(delivery) => delivery.await,
        None => std::future::pending().await,
    }
}

fn obey<S: Store>(gateway: &mut Gateway<S>, order: &Order) -> Result<(), Refused> {
    match order {
        Order::Pair(node, keys) => gateway.pair(*node, keys.clone()),
        Order::Unpair(node) => Ok(gateway.unpair(*node)?),
        Order::Send {
            node,
            command,
            payload,
        } => gateway.command(*node, *command, payload),
    }
}

/// How long the cloud is left alone.
#[derive(Default)]
struct Pause {
    until: Option<Moment>,
    length: Duration,
}

impl Pause {
    fn is_over(&self, now: Moment) -> bool {
        self.until.is_none_or(|until| until <= now)
    }

    fn again(&mut self, now: Moment) {
        self.length = (self.length * 2).clamp(SHORT, LONG);
        self.until = Some(now + self.length);
    }
}
