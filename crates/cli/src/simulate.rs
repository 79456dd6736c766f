//! `handover simulate`: fleets of devices that there are not, over real sockets.

mod hubs;
mod tokens;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write as _};
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clap::{Args, ValueEnum};
use handover_client::server_address;
use handover_cloud::{Clock as _, SystemClock, open_many_files};
use handover_device::About;
use handover_simulate::{
    Cast, Failure as Mishap, Fleet, Journal, Plot, Progress, Recorded, Source, Stage, Step, perform,
};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::account::Account;
use crate::failure::Failure;
use crate::runtime::block_on;

/// How often it says how far it is.
const TELL_EVERY: Duration = Duration::from_secs(5);

/// Which devices, what they do, and for how long.
#[derive(Args)]
#[command(after_help = "\
Signals:   temperature, moisture, battery, radio, counter, switch
Failures:  power-cut=PER_HOUR/h:SECONDSs   no power for so long; nothing tells the cloud
           radio-loss=PER_HOUR/h:SECONDSs  nobody hears it
           flood=PER_HOUR/h:SECONDSs       its firmware sends without end
           clock-wrong=PER_HOUR/h:SECONDSs it says of its values when they were, by a clock that is wrong
Hubs:      --topology hub --gateways FILE: gateways speak for their nodes over MQTT. Which those are each asks the cloud for;
           with --pair the devices of --tokens are paired with them first, as whoever --email names.
Meshes:    --topology mesh --gateways FILE --tokens FILE: nodes carry each other's messages to gateways, over air that follows
           from the seed. Both files are exports; --pair pairs them as above. A clock that is wrong is a gateway's, and
           --partition cuts the air.
The same seed, tokens and options do the same, message for message. Ctrl-C ends it; what was recorded stays.")]
pub struct SimulateArguments {
    /// The cloud's address.
    #[arg(long, value_name = "URL", env = "HANDOVER_SERVER")]
    server: String,
    /// Whether devices speak for themselves, gateways for them, or nodes of a mesh by way of each other. Of a recording where that is
    /// not said: as it says itself.
    #[arg(long, value_enum)]
    topology: Option<Topology>,
    /// The devices: a file of auth tokens, one on a line; or an export of devices or of a batch, with the column "Auth
    /// Token"; or the demo.json of a demo's folder.
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// The gateways of hubs, in such a file.
    #[arg(long, value_name = "FILE")]
    gateways: Option<PathBuf>,
    /// Pairs the devices of --tokens with the gateways first. Both files are exports of devices then.
    #[arg(long, requires = "email", requires = "tokens", requires = "gateways")]
    pair: bool,
    /// Who pairs them. The password comes from the environment (HANDOVER_PASSWORD) or, where that is not set, as the first
    /// line of standard input.
    #[arg(long, value_name = "ADDRESS", env = "HANDOVER_EMAIL")]
    email: Option<String>,
    /// Where the cloud speaks MQTT, which gateways do: at port 1883 of its address where this is not said.
    #[arg(long, value_name = "ADDRESS")]
    mqtt: Option<SocketAddr>,
    /// Of these, the first so many.
    #[arg(long, value_name = "NUMBER")]
    count: Option<usize>,
    /// Where chance begins, 1 where this is not said. Where a mesh's nodes are follows from it; of a recording, from the one that it
    /// says itself.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// For how long, in seconds of the fleet's time.
    #[arg(long = "for", value_name = "SECONDS", default_value_t = 60.0, value_parser = seconds)]
    lasts: f64,
    /// Seconds from one report of a device to its next.
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0, value_parser = seconds)]
    every: f64,
    /// Seconds within which all devices come, one after the other.
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0, value_parser = seconds)]
    arrive: f64,
    /// What each measures, and which datastream it writes; again for several.
    #[arg(long = "signal", value_name = "PIN=SIGNAL", default_values = ["V1=moisture", "V2=temperature"])]
    signals: Vec<Source>,
    /// What befalls each; again for several.
    #[arg(long = "failure", value_name = "WHAT=PER_HOUR/h:SECONDSs")]
    failures: Vec<Mishap>,
    /// How often in an hour each device uploads its log, where devices speak for themselves; with each report at the most.
    #[arg(long, value_name = "PER_HOUR", default_value_t = 0.0, value_parser = often)]
    uploads: f64,
    /// The network fails for a share of the devices at once: when, for how long, for how many in a hundred.
    #[arg(long, num_args = 3, value_names = ["AT", "SECONDS", "PERCENT"], value_parser = seconds)]
    partition: Option<Vec<f64>>,
    /// How many times faster than that everything happens.
    #[arg(long, value_name = "TIMES", default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// Seconds that a device is silent at most: the cloud takes it for gone after one and a half times that.
    #[arg(long, value_name = "SECONDS", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    heartbeat: u64,
    /// Writes down what the fleet did, one JSON object for each message. No token is in it.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Plays what was recorded, in place of what the seed and the options say: the same messages, in the same order and at the
    /// same times.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["lasts", "every", "arrive", "signals", "failures", "uploads", "partition"])]
    replay: Option<PathBuf>,
    /// Prints a JSON object at the end.
    #[arg(long)]
    json: bool,
}

/// How devices reach the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Topology {
    /// Each by itself, in the binary protocol.
    Direct,
    /// By gateways, which speak MQTT.
    Hub,
    /// By way of each other, to gateways.
    Mesh,
}

impl Topology {
    /// The same as a recording has it.
    fn recorded(of: handover_simulate::Topology) -> Self {
        use handover_simulate::Topology as Of;
        match of {
            Of::Direct => Self::Direct,
            Of::Hub => Self::Hub,
            Of::Mesh => Self::Mesh,
        }
    }
}

/// Files that it needs beside its connections.
const OTHER_FILES: u64 = 100;
/// The port of MQTT.
const MQTT_PORT: u16 = 1_883;

fn seconds(text: &str) -> Result<f64, String> {
    number(text, 0.0, 30.0 * 86_400.0)
}

fn speed(text: &str) -> Result<f64, String> {
    number(text, 0.001, 10_000.0)
}

fn often(text: &str) -> Result<f64, String> {
    number(text, 0.0, 3_600.0)
}

fn number(text: &str, least: f64, most: f64) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("a number from {least} to {most}")),
    }
}

/// Plays it to its end.
pub fn run(arguments: &SimulateArguments) -> Result<(), Failure> {
    let cloud = address(&arguments.server)?;
    let journal = arguments.replay.as_deref().map(read).transpose()?;
    let kind = Kind::of(arguments, journal.as_ref())?;
    let progress = Arc::new(Progress::default());
    block_on(async {
        let cast = cast(arguments, kind).await?;
        enough_files(&cast)?;
        let is_as_recorded = journal.as_ref().and_then(|journal| journal.of);
        let is_as_recorded = is_as_recorded.is_none_or(|of| of == cast.recorded(of.seed));
        if !is_as_recorded {
            say(
                "The recording is of another number of gateways or devices than there are here: who is not there says nothing.\n",
            );
        }
        let (stage, written) = set(arguments, cloud, cast.recorded(kind.seed))?;
        let stop = stage.stop.clone();
        let stopping = tokio::spawn(async move {
            // Where Ctrl-C cannot be caught it ends the program, which loses what was not written yet and nothing else.
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.cancel();
            }
        });
        let telling = tokio::spawn(tell(progress.clone(), cast.len()));
        let plot = match journal {
            Some(journal) => Plot::Journal(journal),
            None => Plot::Fleet(fleet(arguments, kind.seed)),
        };
        perform(&stage, cast, plot, &progress).await;
        telling.abort();
        stopping.abort();
        drop(stage);
        match written {
            Some(written) => written
                .await
                .map_err(|_| Failure::Simulation("the record's writer broke"))?,
            None => Ok(()),
        }
    })?;
    report(&progress, arguments.json)
}

/// Has the system let this program open as many files as it takes.
fn enough_files(cast: &Cast) -> Result<(), Failure> {
    let (needed, has) = (cast.files() + OTHER_FILES, open_many_files());
    match has < needed {
        true => Err(Failure::TooFewFiles { has, needed }),
        false => Ok(()),
    }
}

/// What kind of a fleet it is.
#[derive(Clone, Copy)]
struct Kind {
    topology: Topology,
    seed: u64,
}

impl Kind {
    /// As a recording says, where one is played that does; else as the arguments say.
    fn of(arguments: &SimulateArguments, journal: Option<&Journal>) -> Result<Self, Failure> {
        let said = Self {
            topology: arguments.topology.unwrap_or(Topology::Direct),
            seed: arguments.seed.unwrap_or(1),
        };
        let Some(journal) = journal else {
            return Ok(said);
        };
        let Some(of) = journal.of else {
            say(
                "This recording is of old: it does not say its topology, its gateways or its seed. It plays as --topology and --seed say.\n",
            );
            return Ok(said);
        };
        let recorded = Self {
            topology: Topology::recorded(of.topology),
            seed: of.seed,
        };
        let differs = arguments
            .topology
            .is_some_and(|one| one != recorded.topology)
            || arguments.seed.is_some_and(|one| one != recorded.seed);
        match differs {
            true => Err(Failure::Simulation(
                "the recording is of another topology or seed: leave out --topology and --seed, which it says itself",
            )),
            false => Ok(recorded),
        }
    }
}

/// Says something beside what it prints.
fn say(line: &str) {
    // With nobody to read it, it plays on.
    let _ = io::stderr().write_all(line.as_bytes());
}

/// The devices, and where they are gateways, their nodes.
async fn cast(arguments: &SimulateArguments, kind: Kind) -> Result<Cast, Failure> {
    let read = |path: &Option<PathBuf>, missing| match path {
        Some(path) => tokens::read(path),
        None => Err(Failure::Simulation(missing)),
    };
    let count = arguments.count.unwrap_or(usize::MAX);
    if kind.topology == Topology::Direct {
        let known = read(&arguments.tokens, "which devices? Give --tokens")?;
        let tokens = known.into_iter().map(|device| device.token);
        return Ok(Cast::Direct(tokens.take(count).collect()));
    }
    let gateways = read(
        &arguments.gateways,
        "which gateways? Give --gateways: a file of their auth tokens",
    )?;
    let pairing = arguments.email.as_ref().filter(|_| arguments.pair);
    let account = pairing.map(|email| Account::of(&arguments.server, email));
    if kind.topology == Topology::Mesh {
        let mut nodes = read(
            &arguments.tokens,
            "which nodes? Give --tokens: a mesh's gateways are never told them",
        )?;
        nodes.truncate(count);
        let hubs = hubs::of_mesh(&arguments.server, account.as_ref(), gateways, nodes).await?;
        return Ok(Cast::Mesh(kind.seed, hubs));
    }
    let mut hubs = match account {
        Some(account) => {
            let mut nodes = read(&arguments.tokens, "which nodes? Give --tokens")?;
            nodes.truncate(count);
            hubs::pair(&account, gateways, nodes).await?
        }
        None => hubs::find(&arguments.server, gateways).await?,
    };
    let mut left = count;
    for (_, nodes) in &mut hubs {
        nodes.truncate(left);
        left -= nodes.len();
    }
    Ok(Cast::Hubs(hubs))
}

fn address(server: &str) -> Result<SocketAddr, Failure> {
    let url = server_address(server)?;
    if url.scheme() != "http" {
        // A fleet's devices speak without TLS, and what they say first is their token.
        return Err(Failure::Simulation(
            "devices that are simulated speak without TLS, so they play on this machine's own clouds alone: give http://",
        ));
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().unwrap_or_default();
    let mut found = (host, port).to_socket_addrs().map_err(Failure::Resolve)?;
    found
        .next()
        .ok_or(Failure::Simulation("the cloud's name has no address"))
}

fn read(path: &Path) -> Result<Journal, Failure> {
    let file = File::open(path).map_err(Failure::file(path))?;
    let read = Journal::read(BufReader::new(file));
    read.map_err(|why| Failure::file(path)(io::Error::other(why)))
}

type Written = tokio::task::JoinHandle<Result<(), Failure>>;

/// The stage, and whoever writes down what is done on it.
fn set(
    arguments: &SimulateArguments,
    cloud: SocketAddr,
    of: Recorded,
) -> Result<(Stage, Option<Written>), Failure> {
    let mut stage = Stage {
        cloud,
        mqtt: (arguments.mqtt).unwrap_or_else(|| SocketAddr::new(cloud.ip(), MQTT_PORT)),
        now: || SystemClock.now().0,
        about: About {
            heartbeat: Duration::from_secs(arguments.heartbeat),
            board: "simulated".to_owned(),
            ..About::default()
        },
        speed: arguments.speed,
        stop: CancellationToken::new(),
        journal: None,
    };
    let Some(path) = arguments.record.clone() else {
        return Ok((stage, None));
    };
    let file = File::create_new(&path).map_err(Failure::file(&path))?;
    let (told, mut done) = mpsc::unbounded_channel::<(u32, Step)>();
    stage.journal = Some(told);
    let written = tokio::spawn(async move {
        let mut file = BufWriter::new(file);
        Journal::begin(&mut file, of).map_err(Failure::file(&path))?;
        while let Some((device, step)) = done.recv().await {
            Journal::write(&mut file, device, &step).map_err(Failure::file(&path))?;
        }
        file.flush().map_err(Failure::file(&path))
    });
    Ok((stage, Some(written)))
}

fn fleet(arguments: &SimulateArguments, seed: u64) -> Fleet {
    let time = Duration::from_secs_f64;
    let partition = arguments.partition.as_deref();
    Fleet {
        seed,
        lasts: time(arguments.lasts),
        every: time(arguments.every),
        arrive: time(arguments.arrive),
        sources: arguments.signals.clone(),
        failures: arguments.failures.clone(),
        partition: partition.and_then(|numbers| match *numbers {
            [at, lasts, percent] => Some((time(at), time(lasts), percent / 100.0)),
            _ => None,
        }),
        uploads: arguments.uploads,
    }
}

fn now(number: &AtomicU64) -> u64 {
    number.load(Ordering::Relaxed)
}

/// Says how far it is.
async fn tell(progress: Arc<Progress>, all: usize) {
    loop {
        tokio::time::sleep(TELL_EVERY).await;
        let (there, sent) = (now(&progress.there), now(&progress.sent));
        say(&format!(
            "{there} of {all} devices are connected, {sent} messages were sent\n"
        ));
    }
}

fn report(progress: &Progress, json: bool) -> Result<(), Failure> {
    let rows = [
        ("sent", now(&progress.sent), "messages were sent"),
        (
            "unsent",
            now(&progress.unsent),
            "had no connection to go out by",
        ),
        (
            "arrived",
            now(&progress.arrived),
            "were acknowledged by a mesh's gateways",
        ),
        (
            "refused",
            now(&progress.refused),
            "were refused by the cloud",
        ),
        ("told", now(&progress.told), "came from the cloud"),
        (
            "broken",
            now(&progress.broken),
            "connections broke, or were not made",
        ),
        (
            "strangers",
            now(&progress.strangers),
            "devices are unknown to the cloud",
        ),
    ];
    let mut out = io::stdout().lock();
    if json {
        let object: serde_json::Map<_, _> = rows
            .iter()
            .map(|(name, count, _)| ((*name).to_owned(), json!(count)))
            .collect();
        writeln!(out, "{}", serde_json::Value::Object(object))?;
    } else {
        for (_, count, words) in rows
            .iter()
            .filter(|(name, count, _)| *count > 0 || *name == "sent")
        {
            writeln!(out, "{count} {words}")?;
        }
    }
    let said_nothing = now(&progress.sent) == 0;
    match now(&progress.strangers) {
        0 if said_nothing && now(&progress.broken) > 0 => Err(Failure::Simulation(
            "no cloud answers there: check --server, and that a cloud is running",
        )),
        0 if said_nothing && now(&progress.connected) == 0 => Err(Failure::Simulation(
            "it ended before any device connected: give it longer (--for), or have the devices come sooner (--arrive)",
        )),
        0 => Ok(()),
        _ => Err(Failure::Simulation(
            "the cloud does not know all of these auth tokens: check that the file is of this cloud",
        )),
    }
}
