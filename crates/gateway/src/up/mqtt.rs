//! The way down: what people set for nodes comes by MQTT, and is kept before the cloud hears that it came.

use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use handover_blynk::OfNode;
use handover_wire::{DeviceId, Secret, TunnelledNode};
use rmqtt_codec::types::{Publish, QoS};
use rmqtt_codec::v3::{Codec, Connect, ConnectAckReason, Packet, SubscribeReturnCode};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_util::codec::Framed;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::http::NoSpeech;
use super::roster::Rosters;
use crate::config::CloudConfig;
use crate::desk::{Closed, Desk};

/// What the published documents call a gateway that signs in.
const USER: &str = "mgmt_device";
/// What is below a node's name when it is told what a datastream holds.
const DOWNLINK: &str = "downlink/ds/";
/// How often it says that it is there.
const BEAT: Duration = Duration::from_secs(30);
/// How long the cloud may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// Between attempts to connect, from
const SHORT: Duration = Duration::from_secs(1);
/// to so long.
const LONG: Duration = Duration::from_secs(60);
/// Bytes of a packet.
const MOST: u32 = 65_536;

/// Why a connection is over.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("the cloud says nothing any more")]
    Silent,
    #[error("the cloud has ended the connection")]
    Ended,
    #[error("the cloud does not let this gateway in: {0}")]
    NotLetIn(&'static str),
    #[error("what came is no MQTT")]
    Garbled,
    #[error(transparent)]
    Desk(#[from] Closed),
}

/// The way down.
pub struct Down {
    broker: Url,
    /// None where it is this machine's own broker, without TLS.
    tls: Option<TlsConnector>,
    desk: Desk,
    rosters: Arc<Rosters>,
}

impl Down {
    /// None where no address is known by which orders come.
    ///
    /// # Errors
    /// Where the certificate cannot be used.
    pub fn new(
        config: &CloudConfig,
        desk: Desk,
        rosters: Arc<Rosters>,
    ) -> Result<Option<Self>, NoSpeech> {
        let Some(broker) = config.mqtt.clone() else {
            return Ok(None);
        };
        let tls = (broker.scheme() != "mqtt").then(|| connector(config));
        Ok(Some(Self {
            tls: tls.transpose()?,
            broker,
            desk,
            rosters,
        }))
    }

    /// Connects, again and again, until it is told to stop.
    ///
    /// # Errors
    /// Where the desk has stopped.
    pub async fn run(&self, stop: &CancellationToken) -> Result<(), Closed> {
        let mut pause = SHORT;
        let mut before = String::new();
        loop {
            let began = Instant::now();
            let broken = tokio::select! {
                broken = self.connect() => broken,
                () = stop.cancelled() => return Ok(()),
            };
            let why = match broken {
                Ok(never) => match never {},
                Err(Broken::Desk(closed)) => return Err(closed),
                Err(why) => why.to_string(),
            };
            if began.elapsed() > LONG {
                pause = SHORT;
            }
            if why != before {
                tracing::warn!(%why, "no orders come: the connection over MQTT is over");
            }
            before = why;
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => return Ok(()),
            }
            pause = (pause * 2).min(LONG);
        }
    }

    async fn connect(&self) -> Result<std::convert::Infallible, Broken> {
        let host = self.broker.host_str().unwrap_or_default();
        let host = host.trim_matches(['[', ']']);
        let port = self.broker.port().unwrap_or_default();
        let connecting = TcpStream::connect((host, port));
        let stream = timeout(PATIENCE, connecting)
            .await
            .map_err(|_| Broken::Silent)??;
        stream.set_nodelay(true)?;
        let Some(tls) = &self.tls else {
            return self.speak(stream).await;
        };
        let name = ServerName::try_from(host.to_owned()).map_err(std::io::Error::other)?;
        let shaking = tls.connect(name, stream);
        let stream = timeout(PATIENCE, shaking)
            .await
            .map_err(|_| Broken::Silent)??;
        self.speak(stream).await
    }

    async fn speak<S>(&self, stream: S) -> Result<std::convert::Infallible, Broken>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let mut line = Line {
            packets: Framed::new(stream, Codec::new(MOST)),
            last: 0,
            asked: BTreeMap::new(),
            heard: BTreeMap::new(),
        };
        line.sign_in(self.rosters.cloud().token()).await?;
        tracing::info!("orders come by MQTT");
        let mut rosters = self.rosters.follow();
        let nodes = rosters.borrow_and_update().clone();
        line.subscribe(nodes).await?;
        let mut beat = Instant::now() + BEAT;
        let mut silent = Instant::now() + BEAT + PATIENCE;
        loop {
            tokio::select! {
                packet = line.next() => {
                    silent = Instant::now() + BEAT + PATIENCE;
                    self.heard(&mut line, packet?).await?;
                }
                Ok(()) = rosters.changed() => {
                    let nodes = rosters.borrow_and_update().clone();
                    line.subscribe(nodes).await?;
                }
                () = tokio::time::sleep_until(beat) => {
                    line.send(Packet::PingRequest).await?;
                    beat = Instant::now() + BEAT;
                }
                () = tokio::time::sleep_until(silent) => return Err(Broken::Silent),
            }
        }
    }

    async fn heard<S>(&self, line: &mut Line<S>, packet: Packet) -> Result<(), Broken>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        match packet {
            Packet::Publish(published) => {
                let kept = match line.order(&published) {
                    Some((device, name, value)) => {
                        self.desk.order(device, name, value).await?.is_ok()
                    }
                    // What is for nobody would be told for ever.
                    None => true,
                };
                // What is not acknowledged stays in the cloud.
                if let (true, Some(packet_id)) = (kept, published.packet_id) {
                    line.send(Packet::PublishAck { packet_id }).await?;
                }
            }
            Packet::SubscribeAck { packet_id, status } => {
                let asked = line.asked.remove(&packet_id);
                if let (Some(device), [SubscribeReturnCode::Failure]) = (asked, &status[..]) {
                    tracing::warn!(%device, "the cloud tells this gateway no orders for the node");
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// A connection.
struct Line<S> {
    packets: Framed<S, Codec>,
    last: u16,
    /// Subscriptions that are not answered yet.
    asked: BTreeMap<NonZeroU16, DeviceId>,
    /// Tokens of nodes whose orders come, or will.
    heard: BTreeMap<String, DeviceId>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    async fn send(&mut self, packet: Packet) -> Result<(), Broken> {
        let sending = self.packets.send(packet);
        let sent = timeout(PATIENCE, sending)
            .await
            .map_err(|_| Broken::Silent)?;
        sent.map_err(|error| Broken::Io(std::io::Error::other(error.to_string())))
    }

    async fn next(&mut self) -> Result<Packet, Broken> {
        match self.packets.next().await {
            Some(Ok((packet, _))) => Ok(packet),
            Some(Err(_)) => Err(Broken::Garbled),
            None => Err(Broken::Ended),
        }
    }

    async fn sign_in(&mut self, token: &Secret) -> Result<(), Broken> {
        let connect = Connect {
            clean_session: true,
            keep_alive: u16::try_from(BEAT.as_secs() + 15).unwrap_or(u16::MAX),
            client_id: "handover-gateway".into(),
            username: Some(USER.into()),
            password: Some(token.expose().to_owned().into()),
            ..Connect::default()
        };
        self.send(connect.into()).await?;
        let answer = timeout(PATIENCE, self.next())
            .await
            .map_err(|_| Broken::Silent)?;
        match answer? {
            Packet::ConnectAck(ack) => match ack.return_code {
                ConnectAckReason::ConnectionAccepted => Ok(()),
                why => Err(Broken::NotLetIn(why.reason())),
            },
            _ => Err(Broken::Garbled),
        }
    }

    /// Asks for the orders of all nodes for which that was not done yet, and forgets those that are gone.
    async fn subscribe(&mut self, nodes: Option<Arc<[TunnelledNode]>>) -> Result<(), Broken> {
        let Some(nodes) = nodes else { return Ok(()) };
        let mut heard = BTreeMap::new();
        for node in nodes.iter() {
            let Some(token) = &node.token else { continue };
            let token = token.expose();
            heard.insert(token.to_owned(), node.device_id);
            if self.heard.contains_key(token) {
                continue;
            }
            self.last = self.last.checked_add(1).unwrap_or(1);
            let packet_id = NonZeroU16::new(self.last).unwrap_or(NonZeroU16::MIN);
            let rest = &format!("{DOWNLINK}#");
            let filter = OfNode { token, rest }.to_string();
            self.asked.insert(packet_id, node.device_id);
            self.send(Packet::Subscribe {
                packet_id,
                topic_filters: vec![(filter.into(), QoS::AtLeastOnce)],
            })
            .await?;
        }
        self.heard = heard;
        Ok(())
    }

    /// Which node is told what.
    fn order(&self, published: &Publish) -> Option<(DeviceId, String, String)> {
        let of = OfNode::read(&published.topic)?;
        let device = self.heard.get(of.token)?;
        let name = of.rest.strip_prefix(DOWNLINK)?;
        let value = std::str::from_utf8(&published.payload).ok()?;
        Some((*device, name.to_owned(), value.to_owned()))
    }
}

/// What this machine trusts, and the certificate of the configuration.
fn connector(config: &CloudConfig) -> Result<TlsConnector, NoSpeech> {
    let mut roots = rustls::RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(native.certs);
    if let Some(path) = &config.certificate {
        let unusable = |error: String| NoSpeech::Certificate(error);
        for certificate in
            CertificateDer::pem_file_iter(path).map_err(|error| unusable(error.to_string()))?
        {
            let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| unusable(error.to_string()))?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| NoSpeech::Certificate(error.to_string()))?;
    let config = config.with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
