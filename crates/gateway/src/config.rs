//! The configuration file.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};

use handover_client::server_address;
use serde::Deserialize;
use toml::Spanned;
use url::Url;

use crate::forms::form;
use crate::rules::{RawRule, Rule, Rules};

/// An example with all that there is.
pub const EXAMPLE: &str = include_str!("example.toml");
/// Values that are kept for the cloud, where nothing is said.
const KEPT: usize = 50_000;
/// At the most.
const MOST_KEPT: usize = 1_000_000;

/// What a gateway does.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it keeps what the cloud does not have yet.
    pub folder: PathBuf,
    /// So many values wait for the cloud at the most.
    pub keep: usize,
    /// Where the cloud is.
    pub cloud: CloudConfig,
    /// What nodes are called where they come from.
    pub sources: BTreeMap<String, i64>,
    /// Where payloads come in.
    pub inputs: Vec<InputConfig>,
    /// The mesh.
    pub mesh: Option<MeshConfig>,
    /// What payloads mean.
    pub rules: Rules,
}

/// Where the cloud is, and who the gateway is there.
#[derive(Clone, Debug)]
pub struct CloudConfig {
    /// Its address.
    pub address: Url,
    /// Where it speaks MQTT, by which orders come.
    pub mqtt: Option<Url>,
    /// A certificate to trust besides those that this machine trusts.
    pub certificate: Option<PathBuf>,
    /// The file with the gateway's auth token; else it is in the environment.
    pub token_file: Option<PathBuf>,
}

/// Where payloads come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputConfig {
    /// Datagrams.
    Udp {
        /// Where they are heard.
        listen: SocketAddr,
        /// Where orders are sent; else to whoever sent for the node last.
        orders: Option<SocketAddr>,
    },
    /// Lines of JSON, of programs that connect to a socket of this machine.
    Socket {
        /// Its path.
        path: PathBuf,
        /// Who may connect.
        mode: u32,
    },
    /// Lines of JSON on the standard input.
    Stdin,
}

/// The mesh.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MeshConfig {
    /// Where its frames are heard.
    pub listen: SocketAddr,
    /// Where they are sent.
    pub neighbours: Vec<SocketAddr>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawConfig {
    folder: PathBuf,
    keep: Option<Spanned<usize>>,
    cloud: RawCloud,
    #[serde(default)]
    sources: BTreeMap<String, i64>,
    #[serde(default)]
    input: Vec<Spanned<RawInput>>,
    mesh: Option<MeshConfig>,
    #[serde(default)]
    rule: Vec<Spanned<RawRule>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawCloud {
    address: Spanned<String>,
    mqtt: Option<Spanned<String>>,
    certificate: Option<PathBuf>,
    token_file: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawInput {
    kind: InputKind,
    listen: Option<SocketAddr>,
    orders: Option<SocketAddr>,
    path: Option<PathBuf>,
    mode: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum InputKind {
    Udp,
    Socket,
    Stdin,
}

/// What is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoConfig {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

impl std::error::Error for NoConfig {}

impl fmt::Display for NoConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

type At = (Range<usize>, String);

impl Config {
    /// Reads one; its paths begin in `folder`, where they do not begin at the root.
    ///
    /// # Errors
    /// Where it is wrong, with the line.
    pub fn read(text: &str, folder: &Path) -> Result<Self, NoConfig> {
        let wrong = |error: &toml::de::Error, form: Option<String>| {
            let line = error.span().map_or(1, |span| line(text, span.start));
            let words = || error.message().trim().replace('\n', "; ");
            let what = form.unwrap_or_else(words);
            NoConfig { line, what }
        };
        let document = toml::Deserializer::parse(text).map_err(|error| wrong(&error, None))?;
        let raw: RawConfig = serde_path_to_error::deserialize(document)
            .map_err(|error| wrong(error.inner(), form(text, error.path())))?;
        raw.check(folder).map_err(|(span, what)| NoConfig {
            line: line(text, span.start),
            what,
        })
    }
}

fn line(text: &str, at: usize) -> usize {
    let before = text.as_bytes().iter().take(at);
    1 + before.filter(|byte| **byte == b'\n').count()
}

impl RawConfig {
    fn check(self, folder: &Path) -> Result<Config, At> {
        let cloud = self.cloud.check(folder)?;
        let keep = match self.keep {
            None => KEPT,
            Some(keep) if (1..=MOST_KEPT).contains(keep.as_ref()) => keep.into_inner(),
            Some(keep) => {
                let what = format!("`keep` is a number of values from 1 to {MOST_KEPT}");
                return Err((keep.span(), what));
            }
        };
        let inputs = self.input.into_iter().map(|input| {
            let span = input.span();
            input
                .into_inner()
                .check(folder)
                .map_err(|what| (span, what.to_owned()))
        });
        let inputs: Vec<_> = inputs.collect::<Result<_, _>>()?;
        if inputs.is_empty() && self.mesh.is_none() {
            let what = "nothing comes in: there is neither [[input]] nor [mesh]";
            return Err((0..0, what.to_owned()));
        }
        let rules = self.rule.into_iter().map(|rule| {
            let span = rule.span();
            rule.into_inner().check(&span)
        });
        let rules: Vec<Rule> = rules.collect::<Result<_, _>>()?;
        Ok(Config {
            folder: folder.join(self.folder),
            keep,
            cloud,
            sources: self.sources,
            inputs,
            mesh: self.mesh,
            rules: Rules::new(rules),
        })
    }
}

impl RawCloud {
    fn check(self, folder: &Path) -> Result<CloudConfig, At> {
        let span = self.address.span();
        let address = server_address(self.address.get_ref());
        let address = address.map_err(|error| (span, error.message))?;
        let mqtt = self.mqtt.map(|mqtt| {
            let url = broker(mqtt.get_ref());
            url.map_err(|what| (mqtt.span(), what.to_owned()))
        });
        let within = |path: PathBuf| folder.join(path);
        Ok(CloudConfig {
            address,
            mqtt: mqtt.transpose()?,
            certificate: self.certificate.map(within),
            token_file: self.token_file.map(within),
        })
    }
}

/// An address where MQTT is spoken.
fn broker(text: &str) -> Result<Url, &'static str> {
    const FORM: &str = "`mqtt` is mqtts://HOST:PORT or, for this machine, mqtt://127.0.0.1:PORT";
    let url = Url::parse(text).map_err(|_| FORM)?;
    let host = url.host_str().ok_or(FORM)?;
    let is_bare = url.username().is_empty() && url.password().is_none() && url.path().len() <= 1;
    if !is_bare || url.port().is_none() {
        return Err(FORM);
    }
    match url.scheme() {
        "mqtts" => Ok(url),
        // The same rule as for the address: the first thing said there is the gateway's token.
        "mqtt" if server_address(&format!("http://{host}/")).is_ok() => Ok(url),
        "mqtt" => Err("without TLS MQTT is for this machine alone: mqtts://HOST:PORT"),
        _ => Err(FORM),
    }
}

impl RawInput {
    fn check(self, folder: &Path) -> Result<InputConfig, &'static str> {
        let is_udp = self.kind == InputKind::Udp;
        if !is_udp && (self.listen.is_some() || self.orders.is_some()) {
            return Err("`listen` and `orders` belong to kind = \"udp\"");
        }
        let is_socket = self.kind == InputKind::Socket;
        if !is_socket && (self.path.is_some() || self.mode.is_some()) {
            return Err("`path` and `mode` belong to kind = \"socket\"");
        }
        match self.kind {
            InputKind::Udp => Ok(InputConfig::Udp {
                listen: self.listen.ok_or("`listen` is missing: ADDRESS:PORT")?,
                orders: self.orders,
            }),
            InputKind::Socket => {
                let mode = self.mode.as_deref().unwrap_or("600");
                let mode = u32::from_str_radix(mode, 8)
                    .ok()
                    .filter(|mode| *mode <= 0o777);
                Ok(InputConfig::Socket {
                    path: folder.join(self.path.ok_or("`path` is missing")?),
                    mode: mode.ok_or("`mode` is as chmod has it: \"660\"")?,
                })
            }
            InputKind::Stdin => Ok(InputConfig::Stdin),
        }
    }
}
