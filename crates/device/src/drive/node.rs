//! A node that runs.

use std::collections::BTreeMap;
use std::future::Future;

use tokio::sync::{mpsc, oneshot};

use super::{RunError, Watch};
use crate::link::Link;
use crate::node::{Fate, Node, NodeOutput, Refused};
use crate::store::{Store, StoreError};

/// So many of the application's requests wait.
const REQUESTS: usize = 16;

/// The node no longer runs: its future ended, and says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node no longer runs")]
pub struct Stopped;

/// A message that the node took.
#[derive(Debug)]
pub struct Sent {
    /// Its number: [`Node::waiting`] names it for as long as its fate is open, also after a start.
    pub number: u64,
    fate: oneshot::Receiver<Fate>,
}

impl Sent {
    /// Waits for what becomes of it.
    ///
    /// # Errors
    /// Where the node stopped before it knew. The message is not lost: a node that is started from the same store goes on.
    pub async fn fate(self) -> Result<Fate, Stopped> {
        self.fate.await.map_err(|_| Stopped)
    }
}

/// A message to the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its number, for [`MeshNode::taken`].
    pub command: u64,
    /// What the cloud sent.
    pub payload: Vec<u8>,
}

enum Request {
    Send(Vec<u8>, oneshot::Sender<Result<Sent, Refused>>),
    Receive(oneshot::Sender<Received>),
    Taken(u64, oneshot::Sender<Result<(), StoreError>>),
}

/// The application's end of a node that runs.
#[derive(Clone)]
pub struct MeshNode {
    requests: mpsc::Sender<Request>,
}

impl MeshNode {
    /// A node over a link, and the future that runs it: to be spawned, or awaited beside the application. It ends without an
    /// error once nobody has the other end any more.
    pub fn start<S: Store, L: Link>(
        node: Node<S>,
        link: L,
    ) -> (Self, impl Future<Output = Result<(), RunError>> + Send) {
        let (requests, asked) = mpsc::channel(REQUESTS);
        let running = Running {
            node,
            link,
            fates: BTreeMap::new(),
            receiver: None,
            watch: Watch::start(),
        };
        (Self { requests }, running.run(asked))
    }

    /// Sends a message. Once this returns it is stored.
    ///
    /// # Errors
    /// The inner one where the node does not take it, the outer one where the node stopped.
    pub async fn send(&self, payload: Vec<u8>) -> Result<Result<Sent, Refused>, Stopped> {
        self.ask(|answer| Request::Send(payload, answer)).await
    }

    /// Waits for the oldest message to this node that was not [`taken`](Self::taken): the same one until it is.
    ///
    /// # Errors
    /// Where the node stopped, or somebody else began to wait.
    pub async fn receive(&self) -> Result<Received, Stopped> {
        self.ask(Request::Receive).await
    }

    /// The message was done, and is not given again.
    ///
    /// # Errors
    /// The inner one where that cannot be stored, the outer one where the node stopped.
    pub async fn taken(&self, command: u64) -> Result<Result<(), StoreError>, Stopped> {
        self.ask(|answer| Request::Taken(command, answer)).await
    }

    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<T>) -> Request,
    ) -> Result<T, Stopped> {
        let (answer, asked) = oneshot::channel();
        let request = request(answer);
        self.requests.send(request).await.map_err(|_| Stopped)?;
        asked.await.map_err(|_| Stopped)
    }
}

struct Running<S, L> {
    node: Node<S>,
    link: L,
    // Bounded by the outbox.
    fates: BTreeMap<u64, oneshot::Sender<Fate>>,
    receiver: Option<oneshot::Sender<Received>>,
    watch: Watch,
}

impl<S: Store, L: Link> Running<S, L> {
    async fn run(mut self, mut asked: mpsc::Receiver<Request>) -> Result<(), RunError> {
        loop {
            while let Some(output) = self.node.poll(self.watch.now())? {
                match output {
                    // What cannot be sent is lost like anything on the air, and sent again.
                    NodeOutput::Send(bytes) => _ = self.link.send(&bytes).await,
                    NodeOutput::Settled(number, fate) => {
                        let sender = self.fates.remove(&number);
                        _ = sender.map(|sender| sender.send(fate));
                    }
                }
            }
            self.give_received();
            tokio::select! {
                heard = self.link.receive() => {
                    let heard = heard?;
                    self.node.hear(&heard.bytes, heard.signal, self.watch.now())?;
                }
                request = asked.recv() => match request {
                    Some(request) => self.answer(request),
                    None => return Ok(()),
                },
                () = self.watch.until(self.node.wake()) => {}
            }
        }
    }

    fn give_received(&mut self) {
        if let Some((command, payload)) = self.node.received()
            && let Some(receiver) = self.receiver.take()
        {
            // Whoever no longer waits is given it the next time.
            _ = receiver.send(Received {
                command,
                payload: payload.to_vec(),
            });
        }
    }

    fn answer(&mut self, request: Request) {
        match request {
            Request::Send(payload, answer) => {
                let sent = self.node.send(&payload).map(|number| {
                    let (sender, fate) = oneshot::channel();
                    self.fates.insert(number, sender);
                    Sent { number, fate }
                });
                _ = answer.send(sent);
            }
            Request::Receive(answer) => self.receiver = Some(answer),
            Request::Taken(command, answer) => _ = answer.send(self.node.taken(command)),
        }
    }
}
