//! What a gateway says to its cloud over HTTPS.

use std::time::Duration;

use handover_blynk::Pin;
use handover_client::http_builder;
use handover_device::Stranger;
use handover_wire::{
    DeviceApiError, GATEWAY_TOKEN, JoinWindowAnswer, MeshItem, MeshOrders, MeshReport, MeshResult,
    MeshResults, MeshStranger, MeshStrangers, Secret, TunnelledNode, TunnelledNodes,
};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::Value;
use url::Url;

use crate::config::CloudConfig;

/// How the cloud says that it does not know a token, or not for this gateway.
const NO_TOKEN: &str = "Invalid token.";

/// How long the cloud waits for something to tell,
const LONG_POLL: Duration = Duration::from_secs(25);
/// and how long its answer may take then.
const ANSWER: Duration = Duration::from_secs(15);

/// The cloud, as the gateway sees it.
pub struct Cloud {
    http: reqwest::Client,
    address: Url,
    token: Secret,
}

/// Why something is not in the cloud. None of these holds a token.
#[derive(Debug, thiserror::Error)]
pub enum Unheard {
    /// Nobody answers, or not as a cloud does; perhaps later.
    #[error("{0}")]
    Away(String),
    /// It was too often, for so long.
    #[error("the cloud wants to be left alone for {} seconds", .0.as_secs())]
    Busy(Duration),
    /// It does not know the token.
    #[error("the cloud does not know the token")]
    Token,
    /// It does not take that, now or ever.
    #[error("{0}")]
    Refused(String),
}

/// The gateway cannot speak.
#[derive(Debug, thiserror::Error)]
pub enum NoSpeech {
    /// The certificate's file cannot be read.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// It is no certificate, or the system has none.
    #[error("the certificate cannot be used: {0}")]
    Certificate(String),
}

impl Cloud {
    /// A gateway of that cloud.
    ///
    /// # Errors
    /// Where the certificate cannot be used.
    pub fn new(config: &CloudConfig, token: Secret) -> Result<Self, NoSpeech> {
        let unusable = |error: reqwest::Error| NoSpeech::Certificate(error.to_string());
        let mut builder = http_builder(&config.address);
        if let Some(path) = &config.certificate {
            let pem = std::fs::read(path);
            let pem = pem.map_err(|error| NoSpeech::File(path.display().to_string(), error))?;
            let all = reqwest::Certificate::from_pem_bundle(&pem).map_err(unusable)?;
            builder = builder.tls_certs_merge(all);
        }
        Ok(Self {
            http: builder.build().map_err(unusable)?,
            address: config.address.clone(),
            token,
        })
    }

    /// The gateway's own token.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.address.clone();
        url.set_path(&format!("/external/api/{path}"));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Response, Unheard> {
        let request = request.header(GATEWAY_TOKEN, self.token.expose());
        let answer = request.send().await.map_err(|error| away(&error))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            let wait = answer.headers().get("retry-after");
            let wait = wait.and_then(|wait| wait.to_str().ok()?.trim().parse().ok());
            return Err(Unheard::Busy(Duration::from_secs(wait.unwrap_or(10))));
        }
        let bytes = answer.bytes().await.map_err(|error| away(&error))?;
        match serde_json::from_slice::<DeviceApiError>(&bytes) {
            Ok(said) if status == StatusCode::BAD_REQUEST => match said.error.message {
                message if message == NO_TOKEN => Err(Unheard::Token),
                message => Err(Unheard::Refused(message)),
            },
            // Something stands between, or the cloud is not well: nothing is lost for that.
            _ => Err(Unheard::Away(format!("the answer was {status}"))),
        }
    }

    /// The gateway's nodes, and what time it is by the cloud, in milliseconds since 1970, where its answer says so.
    ///
    /// # Errors
    /// Where the cloud does not tell them.
    pub async fn nodes(&self) -> Result<(Vec<TunnelledNode>, Option<i64>), Unheard> {
        let request = self.http.get(self.url("gateway/nodes", &[]));
        let answer = self.ask(request).await?;
        let date = answer.headers().get("date");
        let now = date.and_then(|date| time_of(date.to_str().ok()?));
        let nodes: TunnelledNodes = answer.json().await.map_err(|error| away(&error))?;
        Ok((nodes.nodes, now))
    }

    /// What a node's datastream held. Once it answers with a yes, that is durable there.
    ///
    /// # Errors
    /// Where it is not, or may not be.
    pub async fn points(
        &self,
        node: &Secret,
        pin: Pin,
        points: &[(i64, &str)],
    ) -> Result<(), Unheard> {
        let pin = pin.to_string();
        let url = self.url("batch/update", &[("token", node.expose()), ("pin", &pin)]);
        let points: Vec<(i64, Value)> = points
            .iter()
            .map(|(at, text)| (*at, (*text).into()))
            .collect();
        self.ask(self.http.post(url).json(&points)).await.map(drop)
    }
}

impl Cloud {
    /// What a gateway of a mesh heard and did, 64 things at the most. Once it answers, all of that is durable there, or is
    /// never taken.
    ///
    /// # Errors
    /// Where it is not, or may not be.
    pub async fn report(&self, items: Vec<MeshItem>) -> Result<Vec<MeshResult>, Unheard> {
        let request = self.http.post(self.url("gateway/mesh", &[]));
        let answer = self.ask(request.json(&MeshReport { items })).await?;
        let results: MeshResults = answer.json().await.map_err(|error| away(&error))?;
        Ok(results.results)
    }

    /// Whom a gateway of a mesh heard that is no node of it. Gives how long its join window is open.
    ///
    /// # Errors
    /// Where the cloud does not tell.
    pub async fn strangers(&self, heard: &[Stranger]) -> Result<JoinWindowAnswer, Unheard> {
        let heard = heard.iter().map(|stranger| MeshStranger {
            address: format!("{:016x}", u64::from_be_bytes(stranger.address.0)),
            derivation: stranger.derivation.0,
        });
        let body = MeshStrangers {
            heard: heard.collect(),
        };
        let request = self.http.post(self.url("gateway/strangers", &[]));
        let answer = self.ask(request.json(&body)).await?;
        answer.json().await.map_err(|error| away(&error))
    }

    /// What a gateway of a mesh is to do, once that is something else than it knows, or after a while.
    ///
    /// # Errors
    /// Where the cloud does not tell.
    pub async fn orders(&self, known: Option<&MeshOrders>) -> Result<MeshOrders, Unheard> {
        let wait = LONG_POLL.as_secs().to_string();
        let mut query = vec![("wait", wait.as_str())];
        if let Some(known) = known {
            query.extend([
                ("nodes", known.nodes.as_str()),
                ("after", known.after.as_str()),
            ]);
        }
        let request = self.http.get(self.url("gateway/orders", &query));
        let answer = self.ask(request.timeout(LONG_POLL + ANSWER)).await?;
        answer.json().await.map_err(|error| away(&error))
    }
}

/// The reason alone: the error's own text has the address, and with it a node's token.
fn away(error: &reqwest::Error) -> Unheard {
    let error = handover_client::no_answer(error);
    Unheard::Away(error.message)
}

/// Milliseconds since 1970 of a date as HTTP writes it (RFC 9110, 5.6.7, in its preferred form).
fn time_of(date: &str) -> Option<i64> {
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    let time = parser.parse_timestamp(date).ok()?;
    Some(time.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cloud_s_time_is_read_from_its_answers() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(time_of(date), Some(784_111_777_000));
        assert_eq!(time_of("now"), None);
    }
}
