//! Devices with the libraries that their makers publish, unmodified. Without the test command, which installs them
//! (`cargo xtask test --only devices`), this does nothing.

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use handover_client::{Client, Method};
use handover_journeys::cloud::CloudProcess;
use handover_journeys::demo::Demo;
use handover_wire::{DeviceDetails, DeviceEvent, Role};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

/// The device that the demo's customer has and that has never connected.
const DEVICE: i64 = 3;

/// The library's own process. It ends with this value.
struct Library {
    process: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Library {
    /// None where the test command has not said which Python has the library.
    fn start(cloud: &CloudProcess, token: &str) -> Result<Option<Self>, Box<dyn Error>> {
        let Some(python) = std::env::var_os("HANDOVER_TEST_BLYNK") else {
            return Ok(None);
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("devices/client.py");
        let port = cloud.url.port().ok_or("no port")?.to_string();
        let mut process = Command::new(python)
            .arg(script)
            .args(["127.0.0.1", &port, token])
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or("no standard output")?;
        let lines = BufReader::new(stdout).lines();
        Ok(Some(Self { process, lines }))
    }

    fn next(&mut self) -> Result<Value, Box<dyn Error>> {
        let line = self.lines.next().ok_or("the library has ended")??;
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        // It may have ended before, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn get<T: serde::de::DeserializeOwned>(
    client: &Client,
    target: &str,
) -> Result<T, Box<dyn Error>> {
    let target = format!("{target}?deviceId={DEVICE}");
    Ok(client.organization(Method::GET, &target, None).await?)
}

#[tokio::test]
async fn the_library_for_python_connects_writes_and_is_told() -> Outcome {
    let folder = tempfile::tempdir()?;
    let cloud = CloudProcess::demo(folder.path())?;
    let demo = Demo::read(folder.path())?;
    let token = &demo.tokens.get(2).ok_or("no third token")?.auth_token;
    let Some(mut library) = Library::start(&cloud, token)? else {
        return Ok(());
    };
    assert_eq!(library.next()?, json!({ "connected": true }));
    let asked_after = json!({ "pin": "1", "values": ["42.5"] });
    assert_eq!(
        library.next()?,
        asked_after,
        "what it wrote is what it reads"
    );
    let customer = cloud.sign_in(folder.path(), Role::User).await?;
    let found: DeviceDetails = get(&customer, "device").await?;
    let values = serde_json::to_value(&found.data_stream_values)?;
    assert_eq!(values[1]["value"], 42.5);
    assert_eq!(values[2]["value"], 18.0);
    let hardware = found.device.hardware_info.ok_or("it said what it is")?;
    assert_eq!(hardware.board_type.as_deref(), Some("python"));
    let events: Vec<DeviceEvent> = get(&customer, "device/events").await?;
    let told = events
        .first()
        .and_then(|event| event.description.as_deref());
    assert_eq!(told, Some("quite"));
    let set = json!({ "deviceId": DEVICE, "pin": 5, "value": 30 });
    let () = customer
        .organization(Method::PUT, "device/value", Some(&set))
        .await?;
    assert_eq!(library.next()?, json!({ "pin": "5", "values": ["30"] }));
    Ok(())
}
