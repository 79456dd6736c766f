//! `handover gateway` between its nodes and a cloud, while both are killed: what was acknowledged arrives, and once.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::UdpSocket;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use handover_client::{Client, Method};
use handover_device::link::udp::UdpLink;
use handover_device::{AuthToken, Fate, FileStore, MeshNode, Node, seed};
use handover_journeys::cloud::CloudProcess;
use handover_journeys::program;
use handover_wire::{DeviceHistory, DevicePoint, Role};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// How long something may take that does not fail.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often is looked whether it is there.
const LOOK: Duration = Duration::from_millis(50);
/// The organization of the demo's customer.
const FARM: i64 = 2;

/// A cloud that can be killed and comes back at the same addresses, a gateway's configuration, and people.
struct Site {
    folder: TempDir,
    cloud: Option<CloudProcess>,
    listen: String,
    mqtt: String,
    gateway: i64,
    token: String,
}

async fn call(client: &Client, method: Method, target: &str, body: Value) -> Outcome<Value> {
    let body = Some(&body).filter(|body| !body.is_null());
    Ok(client.organization(method, target, body).await?)
}

impl Site {
    async fn start() -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("cloud");
        let cloud = CloudProcess::start(&data, &["--demo", "--mqtt", "127.0.0.1:0"])?;
        let port = cloud.url.port().ok_or("no port")?;
        let mut site = Self {
            listen: format!("127.0.0.1:{port}"),
            mqtt: cloud.told("MQTT: ").ok_or("no MQTT")?.to_owned(),
            folder,
            cloud: Some(cloud),
            gateway: 0,
            token: String::new(),
        };
        site.gateway = site.device(json!({ "gatewayApi": true }), "Hub").await?;
        site.token = site.token_of(site.gateway).await?;
        Ok(site)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("cloud")
    }

    async fn sign_in(&self, role: Role) -> Outcome<Client> {
        let cloud = self.cloud.as_ref().ok_or("the cloud is away")?;
        cloud.sign_in(&self.data(), role).await
    }

    fn kill_cloud(&mut self) -> Outcome {
        self.cloud.take().ok_or("it is away")?.kill()?;
        Ok(())
    }

    fn restart_cloud(&mut self) -> Outcome {
        let arguments = ["--demo", "--mqtt", &self.mqtt];
        let cloud = CloudProcess::start_at(&self.listen, &self.data(), &arguments, &[])?;
        self.cloud = Some(cloud);
        Ok(())
    }

    /// A device of the customer's, of a template of its own.
    async fn device(&self, of: Value, name: &str) -> Outcome<i64> {
        let admin = self.sign_in(Role::Admin).await?;
        let customer = self.sign_in(Role::User).await?;
        let mut draft = json!({ "name": name, "datastreams": [
            { "pin": 0, "name": "Light", "dataType": { "kind": "integer" }, "writable": true, "queued": true },
            { "pin": 1, "name": "Moisture", "dataType": { "kind": "double" } },
            { "pin": 2, "name": "Temperature", "dataType": { "kind": "double" } },
        ] });
        for (key, value) in of.as_object().into_iter().flatten() {
            draft[key] = value.clone();
        }
        let template = call(&admin, Method::POST, "template", draft).await?;
        let me = call(&customer, Method::GET, "me", Value::Null).await?;
        let new = json!({ "templateId": template["templateId"], "orgId": FARM, "ownerId": me["user"]["id"],
            "name": name });
        let made = call(&admin, Method::POST, "device/create", new).await?;
        Ok(made["id"].as_i64().ok_or("no number")?)
    }

    async fn token_of(&self, device: i64) -> Outcome<String> {
        let admin = self.sign_in(Role::Admin).await?;
        let target = format!("device/token?deviceId={device}");
        let found = call(&admin, Method::GET, &target, Value::Null).await?;
        Ok(found["token"].as_str().ok_or("no token")?.to_owned())
    }

    /// A node of the gateway.
    async fn node(&self, of: Value, name: &str) -> Outcome<i64> {
        let node = self.device(of, name).await?;
        let customer = self.sign_in(Role::User).await?;
        let both = json!({ "gatewayId": self.gateway, "nodeId": node });
        call(&customer, Method::POST, "gateway/pair", both).await?;
        Ok(node)
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("bridge.sock")
    }

    /// Writes the gateway's configuration, and its token into a file of its own.
    fn configure(&self, rest: &str) -> Outcome {
        let (listen, mqtt) = (&self.listen, &self.mqtt);
        let config = format!(
            "folder = 'gateway'\n[cloud]\naddress = 'http://{listen}'\nmqtt = 'mqtt://{mqtt}'\ntoken-file = 'token'\n{rest}"
        );
        fs::write(self.folder.path().join("gateway.toml"), config)?;
        let mut private = fs::OpenOptions::new();
        private.write(true).create(true).mode(0o600);
        let mut file = private.open(self.folder.path().join("token"))?;
        std::io::Write::write_all(&mut file, self.token.as_bytes())?;
        Ok(())
    }

    fn gateway(&self) -> Outcome<GatewayProcess> {
        GatewayProcess::start(&self.folder.path().join("gateway.toml"))
    }

    /// The history of a datastream, as the customer sees it.
    async fn history(&self, node: i64, pin: u8) -> Outcome<Vec<DevicePoint>> {
        let customer = self.sign_in(Role::User).await?;
        let target = format!("device/history?deviceId={node}&pin={pin}");
        let found: DeviceHistory = customer.organization(Method::GET, &target, None).await?;
        Ok(found.points)
    }

    async fn set(&self, node: i64, value: i64) -> Outcome {
        let customer = self.sign_in(Role::User).await?;
        let set = json!({ "deviceId": node, "pin": 0, "value": value });
        call(&customer, Method::PUT, "device/value", set).await?;
        Ok(())
    }
}

/// `handover gateway` in a process of its own.
struct GatewayProcess {
    process: Child,
    /// What it says in its log.
    log: mpsc::Receiver<Value>,
    /// What of that nobody has waited for yet.
    said: Vec<Value>,
}

impl GatewayProcess {
    fn start(config: &Path) -> Outcome<Self> {
        let mut process = Command::new(program("handover"))
            .args(["gateway", "--log-json", "--config"])
            .arg(config)
            .env_remove("HANDOVER_GATEWAY_TOKEN")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let stderr = process.stderr.take().ok_or("no log")?;
        let (told, log) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let said = serde_json::from_str(&line).unwrap_or_else(|_| json!({ "said": line }));
                // The test may be over.
                let _ = told.send(said);
            }
        });
        Ok(Self {
            process,
            log,
            said: Vec::new(),
        })
    }

    /// Waits until its log says that, or has said it, and gives the fields of the line.
    fn says(&mut self, message: &str) -> Outcome<Value> {
        let is_that = |said: &Value| said["fields"]["message"] == message;
        loop {
            if let Some(found) = self.said.iter().position(is_that) {
                return Ok(self.said.swap_remove(found)["fields"].clone());
            }
            match self.log.recv_timeout(PATIENCE) {
                Ok(said) => self.said.push(said),
                Err(_) => {
                    let all = &self.said;
                    return Err(format!("it does not say {message:?}, but {all:?}").into());
                }
            }
        }
    }

    fn kill(mut self) -> Outcome {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    fn stop(mut self) -> Outcome<Option<i32>> {
        let id = self.process.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        Ok(self.process.wait()?.code())
    }
}

impl Drop for GatewayProcess {
    fn drop(&mut self) {
        // It may have ended before, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program that speaks for nodes.
struct Bridge {
    lines: tokio::io::Lines<tokio::io::BufReader<OwnedReadHalf>>,
    out: OwnedWriteHalf,
}

impl Bridge {
    async fn connect(site: &Site) -> Outcome<Self> {
        let (read, out) = UnixStream::connect(site.socket()).await?.into_split();
        Ok(Self {
            lines: tokio::io::BufReader::new(read).lines(),
            out,
        })
    }

    async fn say(&mut self, line: &Value) -> Outcome {
        Ok(self.out.write_all(format!("{line}\n").as_bytes()).await?)
    }

    async fn hears(&mut self) -> Outcome<Value> {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await??;
        Ok(serde_json::from_str(&line.ok_or("it hung up")?)?)
    }

    /// Says that some values were measured, and waits until they are kept.
    async fn measured(&mut self, source: &str, some: &[(i64, f64)]) -> Outcome {
        for (number, (at, value)) in some.iter().enumerate() {
            let payload = json!({ "moisture": value });
            self.say(&json!({ "from": source, "payload": payload, "at": at, "number": number }))
                .await?;
        }
        for number in 0..some.len() {
            assert_eq!(self.hears().await?, json!({ "kept": number }));
        }
        Ok(())
    }
}

fn now() -> Outcome<i64> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the cloud and the gateway have the machine's clock"
    )]
    let now = SystemTime::now();
    Ok(i64::try_from(now.duration_since(UNIX_EPOCH)?.as_millis())?)
}

/// What a history of these is: what comes twice shows in the mean.
fn rows(measured: &[(i64, f64)]) -> Vec<(i64, f64, f64, f64)> {
    let mut minutes = BTreeMap::<i64, Vec<f64>>::new();
    for (at, value) in measured {
        minutes
            .entry(at - at.rem_euclid(60_000))
            .or_default()
            .push(*value);
    }
    let row = |(minute, values): (i64, Vec<f64>)| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        (minute, mean, least, values.into_iter().fold(0.0, f64::max))
    };
    minutes.into_iter().map(row).collect()
}

/// Waits until a history is that.
async fn is_seen(site: &Site, node: i64, pin: u8, measured: &[(i64, f64)]) -> Outcome {
    let expected = rows(measured);
    let mut found = Vec::new();
    let looking = async {
        loop {
            let points = site.history(node, pin).await?;
            found = points
                .iter()
                .map(|one| (one.at, one.mean, one.min, one.max))
                .collect();
            if found == expected {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    match tokio::time::timeout(PATIENCE, looking).await {
        Ok(seen) => seen,
        Err(_) => Err(format!("{found:?} and not {expected:?}").into()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_arrives_once_whoever_is_killed() -> Outcome {
    let mut site = Site::start().await?;
    let node = site.node(json!({}), "Probe").await?;
    let meter = site.node(json!({}), "meter").await?;
    site.configure(&format!(
        "[sources]\n'a8404100' = {node}\n\
         [[input]]\nkind = 'socket'\npath = 'bridge.sock'\n\
         [[input]]\nkind = 'udp'\nlisten = '127.0.0.1:0'\n\
         [[rule]]\nnodes = ['meter']\ndecode = 'bytes'\nstarts = '01'\n\
         fields = [{{ pin = 'V2', at = 1, type = 'u16be', scale = 0.1, offset = -40 }}]\n\
         [[rule]]\nnodes = ['*']\nfields = [{{ pin = 'V1', key = 'moisture' }}]\n"
    ))?;
    let began = now()?;
    // Powers of two: no sum of some of them is that of others.
    let all: Vec<(i64, f64)> = (0..15)
        .map(|power| (began + power, f64::from(1 << power)))
        .collect();
    let mut gateway = site.gateway()?;
    let datagrams = gateway.says("datagrams are heard")?["at"].clone();
    gateway.says("the cloud told this gateway's nodes")?;
    gateway.says("orders come by MQTT")?;
    let mut bridge = Bridge::connect(&site).await?;
    bridge.measured("a8404100", &all[..5]).await?;
    is_seen(&site, node, 1, &all[..5]).await?;

    // Bytes in a datagram; what nobody knows and what nobody can read keeps nobody from being heard.
    let udp = UdpSocket::bind("127.0.0.1:0")?;
    udp.set_read_timeout(Some(PATIENCE))?;
    let to = datagrams.as_str().ok_or("no address")?;
    for datagram in [
        &b"stranger \x01\x02\x6c"[..],
        b"meter",
        b"meter \x02",
        b"meter \x01\x02\x6c",
    ] {
        udp.send_to(datagram, to)?;
    }
    let temperature = async {
        while site
            .history(meter, 2)
            .await?
            .first()
            .is_none_or(|one| one.mean != 22.0)
        {
            tokio::time::sleep(LOOK).await;
        }
        Outcome::Ok(())
    };
    tokio::time::timeout(PATIENCE, temperature).await??;
    bridge
        .say(&json!({ "from": "nobody", "payload": {}, "number": 7 }))
        .await?;
    let refused = bridge.hears().await?;
    assert_eq!(refused["refused"], 7, "{refused}");
    // What the cloud would refuse for its time is not taken, and somebody is told what to do.
    bridge
        .say(&json!({ "from": "a8404100", "payload": { "moisture": 1 }, "at": began + 3_600_000, "number": 9 }))
        .await?;
    let refused = bridge.hears().await?;
    let reason = refused["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("set the clock"), "{refused}");
    // What the cloud does not take is dropped, and what comes after it goes up.
    bridge
        .say(&json!({ "from": "a8404100", "payload": { "moisture": "wet" }, "number": 8 }))
        .await?;
    assert_eq!(bridge.hears().await?, json!({ "kept": 8 }));
    gateway.says("the cloud does not take it: it is dropped")?;

    // What people set arrives by whichever way the node was heard last.
    site.set(node, 7).await?;
    assert_eq!(
        bridge.hears().await?,
        json!({ "to": "a8404100", "payload": { "Light": 7 } })
    );
    site.set(meter, 1).await?;
    let mut datagram = [0; 100];
    let length = udp.recv(&mut datagram)?;
    assert_eq!(&datagram[..length], br#"meter {"Light":1}"#);

    // The cloud is killed, and then the gateway, and it starts anew without the cloud.
    site.kill_cloud()?;
    bridge.measured("a8404100", &all[5..10]).await?;
    gateway.kill()?;
    let mut gateway = site.gateway()?;
    gateway.says("the gateway listens")?;
    let mut bridge = Bridge::connect(&site).await?;
    bridge.measured("a8404100", &all[10..12]).await?;
    // One that the cloud does not take does not take those with it that come with it.
    bridge
        .say(&json!({ "from": "a8404100", "payload": { "moisture": "wet" } }))
        .await?;
    bridge.measured("a8404100", &all[12..]).await?;
    site.restart_cloud()?;
    is_seen(&site, node, 1, &all).await?;
    site.set(node, 8).await?;
    assert_eq!(
        bridge.hears().await?,
        json!({ "to": "a8404100", "payload": { "Light": 8 } })
    );
    assert_eq!(gateway.stop()?, Some(0));
    Ok(())
}

/// Whether these are powers of two up to that one, each once: within a row they follow each other.
fn are_once(points: &[DevicePoint], last: f64) -> bool {
    let mut next = 1.0;
    for point in points {
        let (mut sum, mut count, mut value) = (0.0, 0.0, point.min);
        while value <= point.max {
            (sum, count, value) = (sum + value, count + 1.0, value * 2.0);
        }
        if point.min != next || point.mean != sum / count {
            return false;
        }
        next = value;
    }
    next == last * 2.0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_a_mesh_is_heard_once_whoever_is_killed() -> Outcome {
    let mut site = Site::start().await?;
    let probe = site.node(json!({ "mesh": true }), "Mesh probe").await?;
    let token = AuthToken::new(&site.token_of(probe).await?)?;
    // The gateway's address has to be known before it listens there.
    let here = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
    let air = UdpLink::bind("127.0.0.1:0".parse()?, vec![here]).await?;
    let there = air.here()?;
    site.configure(&format!(
        "[mesh]\nlisten = '{here}'\nneighbours = ['{there}']\n"
    ))?;
    let mut gateway = site.gateway()?;
    gateway.says("the cloud told this gateway's nodes")?;
    let store = FileStore::open(&site.folder.path().join("node"))?;
    let node = Node::open(token, store, Default::default(), seed()?)?;
    let (node, running) = MeshNode::start(node, air);
    let running = tokio::spawn(running);
    let mut sent = Vec::new();
    let send = async |value: i64| {
        let payload = json!({ "V1": value }).to_string();
        Outcome::Ok(node.send(payload.into_bytes()).await??)
    };
    for power in 0..3 {
        sent.push(send(1 << power).await?);
    }
    for one in sent.drain(..) {
        assert_eq!(one.fate().await, Ok(Fate::Acknowledged));
    }
    site.kill_cloud()?;
    for power in 3..6 {
        assert_eq!(send(1 << power).await?.fate().await, Ok(Fate::Acknowledged));
    }
    gateway.kill()?;
    // It is sent while nobody hears it.
    let unheard = send(1 << 6).await?;
    let gateway = site.gateway()?;
    assert_eq!(unheard.fate().await, Ok(Fate::Acknowledged));
    site.restart_cloud()?;
    let mut points = Vec::new();
    let looking = async {
        while !are_once(&points, 64.0) {
            tokio::time::sleep(LOOK).await;
            points = site.history(probe, 1).await?;
        }
        Outcome::Ok(())
    };
    let looked = tokio::time::timeout(PATIENCE, looking).await;
    assert!(looked.is_ok(), "{points:?}");
    site.set(probe, 7).await?;
    let received = tokio::time::timeout(PATIENCE, node.receive()).await??;
    assert_eq!(received.payload, br#"{"V0":7}"#);
    node.taken(received.command).await??;
    assert_eq!(gateway.stop()?, Some(0));
    running.abort();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_of_a_mesh_joins_by_being_heard() -> Outcome {
    let site = Site::start().await?;
    let probe = site.device(json!({ "mesh": true }), "Mesh probe").await?;
    let token = AuthToken::new(&site.token_of(probe).await?)?;
    let here = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
    let air = UdpLink::bind("127.0.0.1:0".parse()?, vec![here]).await?;
    let there = air.here()?;
    site.configure(&format!(
        "[mesh]\nlisten = '{here}'\nneighbours = ['{there}']\n"
    ))?;
    let mut gateway = site.gateway()?;
    gateway.says("the cloud told this gateway's nodes")?;
    let customer = site.sign_in(Role::User).await?;
    let open = json!({ "gatewayId": site.gateway, "minutes": 5 });
    call(&customer, Method::POST, "gateway/window", open).await?;
    let store = FileStore::open(&site.folder.path().join("node"))?;
    let node = Node::open(token, store, Default::default(), seed()?)?;
    let (node, running) = MeshNode::start(node, air);
    let running = tokio::spawn(running);
    let sent = node.send(br#"{"V1":1}"#.to_vec()).await??;
    let target = format!("gateway?deviceId={}", site.gateway);
    let asks = async {
        loop {
            let part = call(&customer, Method::GET, &target, Value::Null).await?;
            if part["waiting"][0]["deviceId"] == probe {
                return Outcome::Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::time::timeout(PATIENCE, asks).await??;
    let accept = json!({ "gatewayId": site.gateway, "nodeId": probe, "accept": true });
    call(&customer, Method::POST, "gateway/decide", accept).await?;
    assert_eq!(sent.fate().await, Ok(Fate::Acknowledged));
    let arrives = async {
        while !are_once(&site.history(probe, 1).await?, 1.0) {
            tokio::time::sleep(LOOK).await;
        }
        Outcome::Ok(())
    };
    tokio::time::timeout(PATIENCE, arrives).await??;
    assert_eq!(gateway.stop()?, Some(0));
    running.abort();
    Ok(())
}
