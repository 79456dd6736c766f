//! mosquitto's broker, as the Debian package `mosquitto` has it.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;

use super::Host;
use super::process::Watched;
use crate::cloud::Trouble;

/// How often is looked whether it listens, before it is given up.
const LOOKS: u32 = 200;

/// A broker that keeps nothing on the disk and lets everybody in: the fastest that it can be.
pub struct Broker {
    child: Child,
    address: SocketAddr,
    name: String,
}

impl Broker {
    /// Starts it on a free port.
    pub async fn start(folder: &Path) -> Result<Self, Trouble> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let settings = folder.join("mosquitto.conf");
        let port = address.port();
        let text = format!("listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n");
        fs::write(&settings, text)?;
        let name = version()?;
        let child = Command::new("mosquitto")
            .arg("-c")
            .arg(&settings)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let broker = Self {
            child,
            address,
            name,
        };
        for _ in 0..LOOKS {
            if TcpStream::connect(address).await.is_ok() {
                return Ok(broker);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        broker.stop()?;
        Err(Trouble::Odd("mosquitto does not listen"))
    }

    /// What it calls itself.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Stops it.
    pub fn stop(mut self) -> Result<(), Trouble> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Host for Broker {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn watched(&self) -> Watched {
        Watched(self.child.id())
    }
}

/// Its first line of help says what it is.
fn version() -> Result<String, Trouble> {
    let said = Command::new("mosquitto").arg("-h").output();
    let said = said.map_err(|_| Trouble::Odd("there is no mosquitto: install that package"))?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let line = said.lines().next().unwrap_or("mosquitto");
    Ok(line.replace(" version", ""))
}
