//! The desk: where everything that comes in is decoded and kept, by one thread, in one write for all that came meanwhile.

mod clerk;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use handover_device::{FileStore, Journal, Store, StoreError};
use handover_wire::DeviceId;
use tokio::sync::{Notify, mpsc, oneshot};

use clerk::Clerk;

use crate::Clock;
use crate::keep::{Kept, Known, MeshId, Queued};
use crate::route::Route;
use crate::rules::Rules;

/// What waits before the desk.
const WAITING: usize = 1_024;
/// The file in the gateway's folder.
const JOURNAL: &str = "gateway.journal";

/// A payload that came in.
#[derive(Clone, Debug)]
pub struct Heard {
    /// What the node is called there.
    pub source: String,
    /// What it said.
    pub payload: Vec<u8>,
    /// When it was measured, where somebody said so.
    pub at: Option<i64>,
    /// How the node is reached.
    pub route: Route,
}

/// A message of a mesh.
#[derive(Clone, Debug)]
pub struct MeshHeard {
    /// Which.
    pub id: MeshId,
    /// When it was heard.
    pub at: i64,
    /// What the node said.
    pub payload: Vec<u8>,
}

/// Why a payload was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum NotKept {
    /// The cloud has never told its nodes, so nobody knows what it says.
    #[error("the cloud has not told this gateway's nodes yet")]
    NoNodes,
    /// It is no node of this gateway.
    #[error("no node of this gateway is called that")]
    Unknown,
    /// Several nodes have that name.
    #[error("several nodes are called that: list it in [sources]")]
    Ambiguous,
    /// Only the mesh speaks for it: its gateway has no token of it.
    #[error("the node is reached by mesh, and by nothing else")]
    OfMesh,
    /// It is of a time that the cloud does not take: too far ahead,
    #[error(
        "its time is more than five minutes ahead of the cloud's: set the clock of what measured it, or leave `at` out (it is in milliseconds since 1970)"
    )]
    Ahead,
    /// or too long ago.
    #[error(
        "its time is more than 30 days ago: set the clock of what measured it, or leave `at` out (it is in milliseconds since 1970)"
    )]
    Old,
    /// Nobody said when it was measured, and what this machine takes for now the cloud would not take.
    #[error("this machine's clock is wrong by the cloud's: set it, then say it again")]
    OwnClock,
    /// As much waits for the cloud as may.
    #[error("as much waits for the cloud as may")]
    Full,
    /// Nothing was decoded.
    #[error("nothing was decoded: {0}")]
    Nothing(crate::rules::Nothing),
    /// The disk does not take it.
    #[error("it could not be kept")]
    Disk,
}

type Values = Vec<Vec<(u8, String)>>;

/// What the desk is asked.
enum Job {
    Heard(Heard, oneshot::Sender<Result<(), NotKept>>),
    Mesh(Vec<MeshHeard>, oneshot::Sender<Values>),
    MeshGone(Vec<MeshId>, oneshot::Sender<()>),
    Nodes(Vec<Known>),
    Batch(usize, oneshot::Sender<Vec<Queued>>),
    Gone(Vec<u64>, oneshot::Sender<()>),
    Order(
        DeviceId,
        String,
        String,
        oneshot::Sender<Result<(), NotKept>>,
    ),
    CloudTime(i64),
    Tick,
}

/// What others hold of the desk.
#[derive(Clone)]
pub struct Desk {
    jobs: mpsc::Sender<Job>,
    /// Told when there is something for the cloud.
    pub work: Arc<Notify>,
    /// Told when somebody is not known: a node may be new.
    pub stranger: Arc<Notify>,
}

/// The desk has stopped: its disk failed, or the gateway ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing is kept any more")]
pub struct Closed;

impl Desk {
    /// Opens the journal in a folder, and a thread that keeps it. The receiver hears why it ended.
    ///
    /// # Errors
    /// Where the journal cannot be read, or somebody else has it.
    pub fn open(
        folder: &Path,
        desk: DeskConfig,
    ) -> Result<(Self, oneshot::Receiver<StoreError>), StoreError> {
        Self::over(FileStore::open(&folder.join(JOURNAL))?, desk)
    }

    /// The same, with what keeps the journal. The receiver hears nothing where the desk ended because nobody asks any more:
    /// from then on nobody writes there.
    ///
    /// # Errors
    /// Where the journal cannot be read.
    pub fn over(
        store: impl Store + 'static,
        desk: DeskConfig,
    ) -> Result<(Self, oneshot::Receiver<StoreError>), StoreError> {
        let journal = Journal::<_, Kept>::open(store)?;
        let (jobs, todo) = mpsc::channel(WAITING);
        let (failed, failure) = oneshot::channel();
        let handle = Self {
            jobs,
            work: Arc::default(),
            stranger: Arc::default(),
        };
        if !journal.state.values.is_empty() {
            handle.work.notify_one();
        }
        let mut clerk = Clerk::new(desk, journal, &handle);
        std::thread::spawn(move || {
            if let Err(error) = clerk.work(todo) {
                // Whoever runs the gateway may have gone before.
                let _ = failed.send(error);
            }
        });
        Ok((handle, failure))
    }

    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Result<T, Closed> {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(job(answer)).await.map_err(|_| Closed)?;
        answered.await.map_err(|_| Closed)
    }

    /// Takes a payload. Once it answers with a yes, a crash does not lose it.
    pub async fn heard(&self, heard: Heard) -> Result<(), NotKept> {
        let answer = self.ask(|answer| Job::Heard(heard, answer)).await;
        answer.unwrap_or(Err(NotKept::Disk))
    }

    /// What messages of a mesh say, the same however often it is asked.
    pub async fn mesh(&self, heard: Vec<MeshHeard>) -> Result<Values, Closed> {
        self.ask(|answer| Job::Mesh(heard, answer)).await
    }

    /// The cloud has these.
    pub async fn mesh_gone(&self, ids: Vec<MeshId>) -> Result<(), Closed> {
        self.ask(|answer| Job::MeshGone(ids, answer)).await
    }

    /// The nodes are these.
    pub async fn nodes(&self, nodes: Vec<Known>) -> Result<(), Closed> {
        self.jobs.send(Job::Nodes(nodes)).await.map_err(|_| Closed)
    }

    /// What time the cloud has it now, in milliseconds since 1970, to the second below. What comes is judged by that clock, which
    /// is the one that judges in the end.
    pub async fn cloud_time(&self, now: i64) -> Result<(), Closed> {
        let told = self.jobs.send(Job::CloudTime(now)).await;
        told.map_err(|_| Closed)
    }

    /// The oldest values that wait.
    pub async fn batch(&self, most: usize) -> Result<Vec<Queued>, Closed> {
        self.ask(|answer| Job::Batch(most, answer)).await
    }

    /// These wait no more.
    pub async fn gone(&self, numbers: Vec<u64>) -> Result<(), Closed> {
        self.ask(|answer| Job::Gone(numbers, answer)).await
    }

    /// A node is to be told something. Once it answers with a yes, a crash does not lose it.
    pub async fn order(
        &self,
        device: DeviceId,
        name: String,
        value: String,
    ) -> Result<Result<(), NotKept>, Closed> {
        self.ask(|answer| Job::Order(device, name, value, answer))
            .await
    }

    /// Time has passed.
    pub async fn tick(&self) -> Result<(), Closed> {
        self.jobs.send(Job::Tick).await.map_err(|_| Closed)
    }
}

/// How the desk works.
pub struct DeskConfig {
    /// What payloads mean.
    pub rules: Arc<Rules>,
    /// What nodes are called where they come from.
    pub sources: BTreeMap<String, i64>,
    /// So many values wait at the most.
    pub keep: usize,
    /// Where orders go, whoever was heard.
    pub orders: Option<Route>,
    /// What time it is.
    pub clock: Clock,
}

#[cfg(test)]
mod tests;
