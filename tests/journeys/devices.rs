//! Devices with the libraries and programs that their makers publish, unmodified. Without the test command, which installs
//! them (`cargo xtask test --only devices`), this does nothing.

use std::error::Error;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use handover_client::{Client, Method};
use handover_journeys::cloud::CloudProcess;
use handover_journeys::demo::Demo;
use handover_wire::{DeviceDetails, DeviceEvent, Role, ValueSet};
use serde_json::{Value, json};
use tempfile::TempDir;

type Outcome = Result<(), Box<dyn Error>>;

/// The device that the demo's customer has and that has never connected.
const DEVICE: i64 = 3;

/// A cloud, and what its devices and people need.
struct Site {
    folder: TempDir,
    cloud: CloudProcess,
    token: String,
}

impl Site {
    fn start() -> Result<Self, Box<dyn Error>> {
        Self::start_with(&[])
    }

    /// With more on its command line.
    fn start_with(more: &[&str]) -> Result<Self, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        let any = "127.0.0.1:0";
        let fixed = ["--demo", "--mqtt", any, "--mqtts", any, "--tls", any];
        let cloud = CloudProcess::start(folder.path(), &[&fixed, more].concat())?;
        let demo = Demo::read(folder.path())?;
        let token = demo.tokens.get(2).ok_or("no third token")?;
        Ok(Self {
            token: token.auth_token.clone(),
            folder,
            cloud,
        })
    }

    /// Where the cloud says that this is spoken.
    fn port(&self, what: &str) -> Result<String, Box<dyn Error>> {
        let address = self.cloud.told(what).ok_or("not spoken")?;
        let (_, port) = address.rsplit_once(':').ok_or("no port")?;
        Ok(port.to_owned())
    }

    fn web_port(&self) -> Result<String, Box<dyn Error>> {
        Ok(self.cloud.url.port().ok_or("no port")?.to_string())
    }

    /// The certificate that the cloud says that it made.
    fn certificate(&self) -> Result<PathBuf, Box<dyn Error>> {
        let told = self.cloud.told("TLS by the certificate ");
        let (path, _) = told.and_then(|told| told.split_once(',')).ok_or("no TLS")?;
        Ok(path.into())
    }

    async fn customer(&self) -> Result<Client, Box<dyn Error>> {
        self.cloud.sign_in(self.folder.path(), Role::User).await
    }
}

/// A device's own process. It ends with this value.
struct Program {
    process: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Program {
    fn start(command: &mut Command) -> Result<Self, Box<dyn Error>> {
        let mut process = command.stdout(Stdio::piped()).spawn()?;
        let stdout = process.stdout.take().ok_or("no standard output")?;
        let lines = BufReader::new(stdout).lines();
        Ok(Self { process, lines })
    }

    /// The library for Python. None where the test command has not said which Python has it.
    fn python(site: &Site) -> Result<Option<Self>, Box<dyn Error>> {
        let Some(python) = std::env::var_os("HANDOVER_TEST_BLYNK") else {
            return Ok(None);
        };
        let mut command = Command::new(python);
        command
            .arg(script("client.py"))
            .args(["127.0.0.1", &site.web_port()?, &site.token]);
        Self::start(&mut command).map(Some)
    }

    /// The library for Node. None where the test command has not said that it is there.
    fn node(
        (url, version, token): (&str, u8, &str),
        certificate: Option<&Path>,
    ) -> Result<Option<Self>, Box<dyn Error>> {
        let Some(node) = std::env::var_os("HANDOVER_TEST_MQTT_JS") else {
            return Ok(None);
        };
        let mut command = Command::new(node);
        command
            .arg(script("mqtt.js"))
            .args([url, &version.to_string(), token])
            .args(certificate);
        Self::start(&mut command).map(Some)
    }

    fn next(&mut self) -> Result<Value, Box<dyn Error>> {
        let line = self.lines.next().ok_or("the library has ended")??;
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended before, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("devices")
        .join(name)
}

async fn get<T: serde::de::DeserializeOwned>(
    client: &Client,
    target: &str,
) -> Result<T, Box<dyn Error>> {
    let target = format!("{target}?deviceId={DEVICE}");
    Ok(client.organization(Method::GET, &target, None).await?)
}

async fn set(client: &Client, pin: u8, value: i64) -> Outcome {
    let set = json!({ "deviceId": DEVICE, "pin": pin, "value": value });
    let _: ValueSet = client
        .organization(Method::PUT, "device/value", Some(&set))
        .await?;
    Ok(())
}

async fn values(client: &Client) -> Result<Value, Box<dyn Error>> {
    let found: DeviceDetails = get(client, "device").await?;
    Ok(serde_json::to_value(&found.data_stream_values)?)
}

#[tokio::test]
async fn the_library_for_python_connects_writes_and_is_told() -> Outcome {
    let site = Site::start()?;
    let Some(mut library) = Program::python(&site)? else {
        return Ok(());
    };
    assert_eq!(library.next()?, json!({ "connected": true }));
    let asked_after = json!({ "pin": "1", "values": ["42.5"] });
    assert_eq!(
        library.next()?,
        asked_after,
        "what it wrote is what it reads"
    );
    let customer = site.customer().await?;
    let shown = values(&customer).await?;
    assert_eq!(shown[1]["value"], 42.5);
    assert_eq!(shown[2]["value"], 18.0);
    let found: DeviceDetails = get(&customer, "device").await?;
    let hardware = found.device.hardware_info.ok_or("it said what it is")?;
    assert_eq!(hardware.board_type.as_deref(), Some("python"));
    let events: Vec<DeviceEvent> = get(&customer, "device/events").await?;
    let told = events
        .first()
        .and_then(|event| event.description.as_deref());
    assert_eq!(told, Some("quite"));
    set(&customer, 5, 30).await?;
    assert_eq!(library.next()?, json!({ "pin": "5", "values": ["30"] }));
    Ok(())
}

#[tokio::test]
async fn the_library_for_node_speaks_both_versions_over_whatever_is_below() -> Outcome {
    let site = Site::start()?;
    let customer = site.customer().await?;
    let certificate = site.certificate()?;
    let (mqtt, mqtts) = (site.port("MQTT: ")?, site.port("MQTT in TLS: ")?);
    let (web, tls) = (site.web_port()?, site.port("HTTPS and devices in TLS: ")?);
    for version in [4, 5] {
        for url in [
            format!("mqtt://127.0.0.1:{mqtt}"),
            format!("mqtts://localhost:{mqtts}"),
            // TLS is told by its first byte on the plain ports, too.
            format!("mqtts://localhost:{mqtt}"),
            format!("ws://127.0.0.1:{web}/mqtt"),
            format!("wss://localhost:{web}/mqtt"),
            format!("wss://localhost:{tls}/mqtt"),
        ] {
            let who = (url.as_str(), version, site.token.as_str());
            let Some(mut library) = Program::node(who, Some(&certificate))? else {
                return Ok(());
            };
            let begun = json!({ "connected": true, "refused": ["#", "downlink/+/Light"] });
            assert_eq!(library.next()?, begun, "{who:?}");
            let asked = json!({ "topic": "downlink/ds/Moisture", "payload": "42.5" });
            assert_eq!(library.next()?, asked, "{who:?}");
            let shown = values(&customer).await?;
            let held = [0, 1, 2].map(|pin| shown[pin]["value"].clone());
            assert_eq!(held, [json!(1.0), json!(42.5), json!(18.0)], "{who:?}");
            set(&customer, 0, 0).await?;
            let told = json!({ "topic": "downlink/ds/Light", "payload": "0" });
            assert_eq!(library.next()?, told, "{who:?}");
            let events: Vec<DeviceEvent> = get(&customer, "device/events").await?;
            let told = events
                .first()
                .and_then(|event| event.description.as_deref());
            assert_eq!(told, Some("quite"));
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_library_for_node_is_refused_and_replaced_in_the_published_words() -> Outcome {
    let site = Site::start()?;
    let url = format!("mqtt://127.0.0.1:{}", site.port("MQTT: ")?);
    for (version, refused) in [(4, 4), (5, 0x86)] {
        let wrong = "x".repeat(32);
        let Some(mut library) = Program::node((&url, version, &wrong), None)? else {
            return Ok(());
        };
        assert_eq!(library.next()?, json!({ "error": refused }));
        // Nobody else's certificate is trusted.
        let tls = url.replacen("mqtt", "mqtts", 1);
        let stranger = Program::node((&tls, version, &site.token), None)?;
        let told = stranger.ok_or("it is there")?.next()?;
        assert_eq!(told, json!({ "error": "DEPTH_ZERO_SELF_SIGNED_CERT" }));
        let device = || Program::node((&url, version, &site.token), None);
        let mut older = device()?.ok_or("it is there")?;
        assert_eq!(older.next()?["connected"], true);
        older.next()?;
        let mut newer = device()?.ok_or("it is there")?;
        assert_eq!(newer.next()?["connected"], true);
        if version == 5 {
            assert_eq!(older.next()?, json!({ "ended": 0x8e }));
        }
        assert_eq!(older.next()?, json!({ "closed": true }));
    }
    Ok(())
}

#[tokio::test]
async fn the_library_for_node_meets_faults_on_demand() -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("faults.json");
    std::fs::write(&file, "")?;
    let file = file.to_str().ok_or("no text")?;
    let site = Site::start_with(&["--faults", file])?;
    let admin = site.cloud.sign_in(site.folder.path(), Role::Admin).await?;
    let next = async |fault: Value| -> Outcome {
        let rules = json!({ "rules": [{ "device": DEVICE, "next": 1, "fault": fault }] });
        let _: Value = admin
            .organization(Method::PUT, "faults", Some(&rules))
            .await?;
        Ok(())
    };
    let url = format!("mqtt://127.0.0.1:{}", site.port("MQTT: ")?);
    for (version, wrong, full) in [(4, 4, 3), (5, 0x86, 0x89)] {
        let device = || Program::node((&url, version, &site.token), None);
        for (login, error) in [("wrong_token", wrong), ("server_full", full)] {
            next(json!({ "kind": "refused", "login": login })).await?;
            let Some(mut refused) = device()? else {
                return Ok(());
            };
            assert_eq!(
                refused.next()?,
                json!({ "error": error }),
                "{version} {login}"
            );
        }
        next(json!({ "kind": "too_much" })).await?;
        let mut cut_off = device()?.ok_or("it is there")?;
        if version == 5 {
            assert_eq!(cut_off.next()?, json!({ "ended": 0x96 }));
        }
        assert_eq!(cut_off.next()?, json!({ "closed": true }));
        let mut fine = device()?.ok_or("it is there")?;
        assert_eq!(fine.next()?["connected"], true);
    }
    // Of a certificate nobody is known before it is shown.
    let certificate = site.certificate()?;
    let url = format!("mqtts://localhost:{}", site.port("MQTT in TLS: ")?);
    for wrong in ["expired", "other_name", "unknown_authority"] {
        let fault = json!({ "kind": "certificate", "wrong": wrong });
        let rules = json!({ "rules": [{ "next": 1, "fault": fault }] });
        let _: Value = admin
            .organization(Method::PUT, "faults", Some(&rules))
            .await?;
        let device = || Program::node((&url, 5, &site.token), Some(&certificate));
        let mut refused = device()?.ok_or("it is there")?;
        assert!(refused.next()?["error"].is_string(), "{wrong}");
        let mut fine = device()?.ok_or("it is there")?;
        assert_eq!(fine.next()?["connected"], true, "{wrong}");
    }
    Ok(())
}

#[tokio::test]
async fn a_device_may_change_what_it_speaks() -> Outcome {
    let site = Site::start()?;
    let url = format!("mqtt://127.0.0.1:{}", site.port("MQTT: ")?);
    let (Some(mut binary), Some(mut mqtt)) = (
        Program::python(&site)?,
        Program::node((&url, 5, &"x".repeat(32)), None)?,
    ) else {
        return Ok(());
    };
    assert_eq!(mqtt.next()?, json!({ "error": 0x86 }));
    assert_eq!(binary.next()?, json!({ "connected": true }));
    binary.next()?;
    let mut mqtt = Program::node((&url, 5, &site.token), None)?.ok_or("it is there")?;
    assert_eq!(mqtt.next()?["connected"], true);
    // It notices by reading, or writes in vain and ends.
    let ended = binary.next();
    assert!(
        ended
            .as_ref()
            .is_ok_and(|told| *told == json!({ "disconnected": true }))
            || ended.is_err(),
        "{ended:?}"
    );
    mqtt.next()?;
    set(&site.customer().await?, 5, 30).await?;
    let told = json!({ "topic": "downlink/ds/Interval", "payload": "30" });
    assert_eq!(mqtt.next()?, told);
    Ok(())
}

/// Debian's clients, each a run of its own. None where the test command has not said that they are there.
struct Mosquitto<'a> {
    site: &'a Site,
    version: &'a str,
    port: String,
    certificate: Option<PathBuf>,
}

impl Mosquitto<'_> {
    fn run(&self, what: &str, token: &str, rest: &[&str]) -> Result<Output, Box<dyn Error>> {
        let prefix = std::env::var("HANDOVER_TEST_MOSQUITTO")?;
        let mut arguments: Vec<OsString> =
            ["-h", "localhost", "-p", &self.port, "-V", self.version]
                .map(OsString::from)
                .into();
        if let Some(certificate) = &self.certificate {
            arguments.extend(["--cafile".into(), certificate.into()]);
        }
        let mut command = Command::new(format!("{prefix}_{what}"));
        command.args(arguments).args(["-u", "device", "-P", token]);
        Ok(command.args(rest).output()?)
    }

    fn publish(&self, topic: &str, payload: &str) -> Result<bool, Box<dyn Error>> {
        let said = ["-t", topic, "-m", payload, "-q", "1"];
        Ok(self.run("pub", &self.site.token, &said)?.status.success())
    }

    async fn tries_everything(&self, customer: &Client, value: f64) -> Outcome {
        let who = (self.version, self.certificate.is_some());
        assert!(self.publish("ds/Moisture", &value.to_string())?, "{who:?}");
        let shown = values(customer).await?;
        assert_eq!(shown[1]["value"], value, "{who:?}");
        // Kept for the device until it subscribes.
        set(customer, 5, 30).await?;
        let all = ["-t", "downlink/#", "-q", "1", "-C", "1", "-v"];
        let heard = self.run("sub", &self.site.token, &all)?;
        let heard = String::from_utf8(heard.stdout)?;
        assert_eq!(heard.trim(), "downlink/ds/Interval 30", "{who:?}");
        for filter in ["#", "downlink/+", "dev/other/downlink/#"] {
            let heard = self.run("sub", &self.site.token, &["-t", filter, "-C", "1"])?;
            let said = String::from_utf8(heard.stderr)?;
            assert!(said.contains("denied"), "{who:?} {filter}: {said}");
        }
        assert!(!self.publish("dev/other/ds/Light", "1")?, "{who:?}");
        // 1,024 bytes with the variable header, and one more.
        let bare = 1_024 - "ds/Note".len() - 4 - usize::from(self.version == "mqttv5");
        assert!(self.publish("ds/Note", &"x".repeat(bare))?, "{who:?}");
        assert!(!self.publish("ds/Note", &"y".repeat(bare + 1))?, "{who:?}");
        let shown = values(customer).await?;
        assert_eq!(shown[6]["value"], "x".repeat(bare), "{who:?}");
        let refused = self.run("pub", "wrong", &["-t", "ds/Note", "-m", "z"])?;
        assert!(!refused.status.success());
        let said = String::from_utf8(refused.stderr)?.to_lowercase();
        assert!(
            said.contains("user name or password") || said.contains("username or password"),
            "{said}"
        );
        Ok(())
    }
}

#[tokio::test]
async fn mosquitto_s_clients_publish_and_subscribe() -> Outcome {
    if std::env::var_os("HANDOVER_TEST_MOSQUITTO").is_none() {
        return Ok(());
    }
    let site = Site::start()?;
    let customer = site.customer().await?;
    let mut value = 10.5;
    for version in ["mqttv311", "mqttv5"] {
        for (port, certificate) in [
            (site.port("MQTT: ")?, None),
            (site.port("MQTT: ")?, Some(site.certificate()?)),
            (site.port("MQTT in TLS: ")?, Some(site.certificate()?)),
        ] {
            let mosquitto = Mosquitto {
                site: &site,
                version,
                port,
                certificate,
            };
            value += 1.0;
            mosquitto.tries_everything(&customer, value).await?;
        }
    }
    Ok(())
}

/// A device that is a script with curl.
struct Curl<'a> {
    program: &'a OsString,
    base: &'a str,
    token: &'a str,
    certificate: Option<&'a PathBuf>,
}

impl Curl<'_> {
    /// Status and body.
    fn ask(&self, target: &str, more: &[&str]) -> Result<(String, String), Box<dyn Error>> {
        let (path, query) = target.split_once('?').ok_or("no query")?;
        let url = format!(
            "{}/external/api/{path}?token={}&{query}",
            self.base, self.token
        );
        self.open(&url, more)
    }

    /// The same of any address.
    fn open(&self, url: &str, more: &[&str]) -> Result<(String, String), Box<dyn Error>> {
        let mut command = Command::new(self.program);
        command.args(["--silent", "--show-error", "--write-out", "\n%{http_code}"]);
        if let Some(certificate) = &self.certificate {
            command.arg("--cacert").arg(certificate);
        }
        let output = command.args(more).arg(url).output()?;
        let said = String::from_utf8(output.stdout)?;
        let (body, status) = said.rsplit_once('\n').ok_or("no status")?;
        Ok((status.to_owned(), body.to_owned()))
    }

    fn hears(&self, target: &str, more: &[&str], want: &str) -> Outcome {
        let (status, body) = self.ask(target, more)?;
        assert_eq!((status.as_str(), body.as_str()), ("200", want), "{target}");
        Ok(())
    }

    fn is_refused(&self, target: &str, more: &[&str], message: &str) -> Outcome {
        let (status, body) = self.ask(target, more)?;
        let body: Value = serde_json::from_str(&body)?;
        let want = json!({ "error": { "message": message } });
        assert_eq!((status.as_str(), body), ("400", want), "{target}");
        Ok(())
    }
}

/// What the demo's template takes, in the published order.
fn is_answered(curl: &Curl<'_>, template: &str) -> Outcome {
    for (target, want) in [
        ("update?v1=100", ""),
        ("update?dataStreamId=3&value=7", ""),
        ("update?pin=V7&value=13.4&value=52.5", ""),
        ("get?v1", "100"),
        ("get?v1&v2", r#"{"v1":100,"v2":7}"#),
        ("get?v7", "13.4,52.5"),
        ("batch/update?v1=33&v2=44", "OK"),
        ("get?v1", "33"),
        ("update/property?pin=v1&label=Wet", ""),
        ("isHardwareConnected?", "true"),
        ("logEvent?code=too_dry&description=quite", ""),
        ("device/meta/update?metaFieldId=1&value=SN-7", ""),
        (&format!("provision?templateId={template}"), ""),
        // What is greater than a datastream's greatest is that.
        ("update?v9=99", ""),
        ("get?v9", "14"),
    ] {
        curl.hears(target, &[], want)?;
    }
    let (_, all) = curl.ask("getAll?", &[])?;
    let all: Value = serde_json::from_str(&all)?;
    assert_eq!((&all["v1"], &all["v2"]), (&json!(33), &json!(44)));
    let (_, meta) = curl.ask("device/meta?metaFieldId=1", &[])?;
    let meta: Value = serde_json::from_str(&meta)?;
    assert_eq!(meta["value"]["value"], "SN-7");
    let (_, history) = curl.ask("data/get?pin=v1&output=JSON", &[])?;
    let history: Value = serde_json::from_str(&history)?;
    assert!(history["data"][0]["value"].is_number(), "{history}");
    Ok(())
}

/// Points of the past, of which there may be so many, and as JSON alone.
fn takes_points(curl: &Curl<'_>, at: i64, folder: &Path) -> Outcome {
    let many: Vec<_> = (0..10_001).map(|_| json!([at, 1])).collect();
    let file = folder.join("many.json");
    std::fs::write(&file, serde_json::to_vec(&many)?)?;
    let many = format!("@{}", file.display());
    let batch = "batch/update?pin=v3";
    let json = ["--header", "Content-Type: application/json", "--data"];
    let point = format!("[[{at},3.3]]");
    curl.hears(batch, &[&json[..], &[&point]].concat(), "")?;
    curl.hears("get?v3", &[], "3.3")?;
    curl.is_refused(batch, &["--data", &point], "Unknown content type.")?;
    let too_many = "Too much data in batch. Maximum batch size is 10000 points.";
    curl.is_refused(batch, &[&json[..], &[&many]].concat(), too_many)
}

/// A file goes up, and its link gives it back; more than a file may have does not.
fn uploads(curl: &Curl<'_>, folder: &Path) -> Outcome {
    let poem = folder.join("poem.txt");
    std::fs::write(&poem, "*My awesome poem*")?;
    let poem = format!("upfile=@{}", poem.display());
    let (status, link) = curl.ask("upload?", &["--form", &poem])?;
    assert_eq!(status, "200", "{link}");
    assert!(link.ends_with(".txt"), "{link}");
    let (status, body) = curl.open(&link, &[])?;
    assert_eq!(
        (status.as_str(), body.as_str()),
        ("200", "*My awesome poem*")
    );
    let (status, _) = curl.open(&link.replace(".txt", "x.txt"), &[])?;
    assert_eq!(status, "404");
    let large = folder.join("large.bin");
    std::fs::write(&large, vec![0; 5 * 1024 * 1024 + 1])?;
    let large = format!("upfile=@{}", large.display());
    let (status, body) = curl.ask("upload?", &["--form", &large])?;
    let told: Value = serde_json::from_str(&body)?;
    let want = json!({ "error": { "message": "The file is larger than 5 MiB." } });
    assert_eq!((status.as_str(), told), ("413", want));
    curl.is_refused("upload?", &["--data", "x"], "Unknown content type.")
}

/// What is wrong, in the published words.
fn is_told_what_is_wrong(curl: &Curl<'_>) -> Outcome {
    for (target, message) in [
        ("update?x1=1", "Wrong pin format."),
        (
            "update?dataStreamId=a&value=1",
            "Wrong dataStreamId format.",
        ),
        ("update?v77=1", "No datastream setup for that pin."),
        (
            "get?dataStreamId=99",
            "Requested dataStream doesn't exist in the product Soil sensor",
        ),
        (
            "update?v1=warm",
            "Value doesn't match the Datastream data type.",
        ),
        ("logEvent?", "Event code is not provided."),
        (
            "logEvent?code=flood",
            "Can't find Event with this code in Product template",
        ),
        ("device/meta?metaFieldId=9", "MetaField doesn't exist."),
        ("device/meta?metaFieldId=a", "Wrong metaField format."),
    ] {
        curl.is_refused(target, &[], message)?;
    }
    Ok(())
}

#[tokio::test]
async fn curl_is_answered_every_published_message() -> Outcome {
    let Some(program) = std::env::var_os("HANDOVER_TEST_CURL") else {
        return Ok(());
    };
    let site = Site::start()?;
    let customer = site.customer().await?;
    let found: DeviceDetails = get(&customer, "device").await?;
    let template = found.device.template_id.0;
    let certificate = site.certificate()?;
    let (web, tls) = (site.web_port()?, site.port("HTTPS and devices in TLS: ")?);
    for (base, certificate) in [
        (format!("http://127.0.0.1:{web}"), None),
        (format!("https://localhost:{web}"), Some(&certificate)),
        (format!("https://localhost:{tls}"), Some(&certificate)),
    ] {
        let curl = |token| Curl {
            program: &program,
            base: &base,
            token,
            certificate,
        };
        let own = curl(&site.token);
        is_answered(&own, &template)?;
        let found: DeviceDetails = get(&customer, "device").await?;
        let at = found.device.connect_time.ok_or("it was there")?;
        takes_points(&own, at, site.folder.path())?;
        uploads(&own, site.folder.path())?;
        is_told_what_is_wrong(&own)?;
        curl("wrong").is_refused("get?v1", &[], "Invalid token.")?;
        curl("wrong").is_refused("upload?", &["--form", "upfile=x"], "Invalid token.")?;
        assert_eq!(values(&customer).await?[1]["value"], 33.0, "{base}");
    }
    Ok(())
}
