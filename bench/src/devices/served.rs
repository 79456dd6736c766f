//! The cloud as a process of its own: this program once more, on a folder that was prepared.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use handover_cloud::{Cloud, Config};

use super::Host;
use super::process::Watched;
use crate::cloud::Trouble;
use crate::options::{Failure, Serve};

/// The cloud, as its parent sees it.
pub struct Served {
    child: Child,
    address: SocketAddr,
}

impl Served {
    /// Starts it.
    pub fn start(folder: &Path) -> Result<Self, Trouble> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let address = line.trim().parse();
        let address = address.map_err(|_| Trouble::Odd("a cloud that does not start"))?;
        Ok(Self { child, address })
    }

    /// Stops it: the end of its input tells it.
    pub fn stop(mut self) -> Result<(), Trouble> {
        drop(self.child.stdin.take());
        self.child.wait()?;
        Ok(())
    }
}

impl Host for Served {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn watched(&self) -> Watched {
        Watched(self.child.id())
    }
}

/// What the process does that [`Served::start`] starts.
pub fn serve(options: &Serve) -> Result<(), Failure> {
    crate::cloud::runtime()?
        .block_on(until_told(&options.folder))
        .map_err(Failure::Cloud)
}

async fn until_told(folder: &Path) -> Result<(), Trouble> {
    let mut config = Config::new(folder, ([127, 0, 0, 1], 0).into());
    config.mqtt = Some(([127, 0, 0, 1], 0).into());
    let cloud = Cloud::start(config).await?;
    let mqtt = cloud.doors().mqtt;
    println!("{}", mqtt.ok_or(Trouble::Odd("a cloud without MQTT"))?);
    let told = || std::io::stdin().read_to_end(&mut Vec::new());
    // Nothing is to be read: it is the end that counts.
    let _ = tokio::task::spawn_blocking(told).await;
    cloud.stop().await;
    Ok(())
}
