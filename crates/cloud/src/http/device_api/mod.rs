//! `/external/api/...`: the published HTTPS API that devices speak, and gateways for them.
//!
//! Names of paths and of query parameters are case-sensitive, and what is wrong is answered 400 with the published
//! sentence. The token is in the query, as published: no query is ever logged. With the header `X-Gateway-Token` a gateway
//! carries the request for one of its nodes (ours).

pub mod about;
pub mod gateway;
pub mod history;
pub mod reading;
pub mod refused;
mod report;
pub mod upload;
pub mod writing;

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use handover_blynk::Pin;
use handover_wire::{DeviceApiError, DeviceApiMessage, DeviceId, GATEWAY_TOKEN, Secret};
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use super::error::{ApiFailure, TOO_LARGE};
use super::origin::PeerOrigin;
use crate::domain::TooOften;
use crate::service::limits::Origin;
use crate::service::living::{self, NotKnown, ReportError, Said, Unsaid, Via, Which};
use crate::service::{Broken, Core};
use refused::{Who, Why};

/// Parameters of one request at most.
const MOST_PARAMETERS: usize = 1_000;

/// How a device is told no.
pub enum DeviceFailure {
    /// 400 with the published sentence.
    Message(String),
    /// Another status with such a sentence.
    Refused(StatusCode, String),
    /// 429.
    TooOften(TooOften),
    /// Something broke.
    Broken(ApiFailure),
}

impl DeviceFailure {
    fn of(message: &str) -> Self {
        Self::Message(message.to_owned())
    }
}

impl From<Broken> for DeviceFailure {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken.into())
    }
}

impl From<NotKnown> for DeviceFailure {
    fn from(error: NotKnown) -> Self {
        match error {
            NotKnown::Token => Self::of("Invalid token."),
            NotKnown::TooOften(wait) => Self::TooOften(wait),
            NotKnown::Broken(broken) => broken.into(),
        }
    }
}

impl From<ReportError> for DeviceFailure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Broken(broken) => broken.into(),
            ReportError::Unknown => Self::Broken(ApiFailure::internal()),
        }
    }
}

impl From<Unsaid> for DeviceFailure {
    fn from(unsaid: Unsaid) -> Self {
        match unsaid {
            Unsaid::Broken | Unsaid::Replaced => Self::Broken(ApiFailure::internal()),
            said => Self::Message(said.to_string()),
        }
    }
}

impl IntoResponse for DeviceFailure {
    fn into_response(self) -> Response {
        let answer = |status, message: String| {
            let why = Why::of(&message);
            let error = DeviceApiMessage { message };
            let mut response = (status, Json(DeviceApiError { error })).into_response();
            response.extensions_mut().insert(why);
            response
        };
        match self {
            Self::Message(message) => answer(StatusCode::BAD_REQUEST, message),
            Self::Refused(status, message) => answer(status, message),
            Self::TooOften(wait) => {
                let message = "Too many wrong tokens.".to_owned();
                let mut response = answer(StatusCode::TOO_MANY_REQUESTS, message);
                let seconds = HeaderValue::from(wait.seconds);
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
                response
            }
            Self::Broken(failure) => failure.into_response(),
        }
    }
}

/// The body of a request, within the general limit.
pub struct Sent(Bytes);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = DeviceFailure;

    async fn from_request(request: Request, state: &S) -> Result<Self, DeviceFailure> {
        let read = Bytes::from_request(request, state).await;
        read.map(Self)
            .map_err(|rejection| match rejection.status() {
                too_large @ StatusCode::PAYLOAD_TOO_LARGE => {
                    DeviceFailure::Refused(too_large, TOO_LARGE.to_owned())
                }
                _ => DeviceFailure::of("The body could not be read."),
            })
    }
}

/// Whether a query is text once it is decoded: what stands for no character is refused, and not replaced by one that nobody
/// sent. What parts its names and values from each other is text, so it is looked at as a whole.
fn is_text(query: &str) -> bool {
    percent_decode_str(query).decode_utf8().is_ok()
}

/// A device by its token, and what else its query has.
pub struct Asking {
    /// The device.
    device: DeviceId,
    /// How it says something.
    via: Via,
    /// What it signed in with.
    token: Secret,
    /// The other parameters, in their order.
    pairs: Vec<(String, String)>,
}

/// The gateway that carries a request, where one does.
async fn carrier(
    parts: &Parts,
    core: &Core,
    origin: Origin,
) -> Result<Option<DeviceId>, DeviceFailure> {
    let Some(token) = parts.headers.get(GATEWAY_TOKEN) else {
        return Ok(None);
    };
    let token = token.to_str().unwrap_or_default();
    Ok(Some(living::gateway(core, origin, token).await?))
}

/// A gateway that speaks over HTTPS is there. Nobody waits for that to be durable: what it carries is.
async fn is_there(core: &Core, gateway: DeviceId) {
    drop(living::say(core, gateway, Said::Here, Via::Http).await);
}

/// Whoever writes down what is refused hears which device it was.
fn is_of(parts: &Parts, device: DeviceId) {
    if let Some(who) = parts.extensions.get::<Who>() {
        who.is(device);
    }
}

/// A gateway, by the header with its token.
pub struct GatewayAsking {
    /// Which.
    gateway: DeviceId,
}

impl FromRequestParts<Arc<Core>> for GatewayAsking {
    type Rejection = DeviceFailure;

    async fn from_request_parts(
        parts: &mut Parts,
        core: &Arc<Core>,
    ) -> Result<Self, DeviceFailure> {
        let origin = PeerOrigin::from_request_parts(parts, core).await;
        let PeerOrigin(origin) = origin.map_err(DeviceFailure::Broken)?;
        let gateway = carrier(parts, core, origin).await?;
        let gateway = gateway.ok_or_else(|| DeviceFailure::of("Invalid token."))?;
        is_of(parts, gateway);
        is_there(core, gateway).await;
        Ok(Self { gateway })
    }
}

impl FromRequestParts<Arc<Core>> for Asking {
    type Rejection = DeviceFailure;

    async fn from_request_parts(
        parts: &mut Parts,
        core: &Arc<Core>,
    ) -> Result<Self, DeviceFailure> {
        let origin = PeerOrigin::from_request_parts(parts, core).await;
        let PeerOrigin(origin) = origin.map_err(DeviceFailure::Broken)?;
        let query = parts.uri.query().unwrap_or_default();
        let all = form_urlencoded::parse(query.as_bytes()).into_owned();
        let all = all.take(MOST_PARAMETERS);
        let (tokens, pairs): (Vec<_>, Vec<_>) = all.partition(|(name, _)| name == "token");
        let token = tokens.first().map_or("", |(_, token)| token.as_str());
        let (device, via) = match carrier(parts, core, origin).await? {
            None => (living::known(core, origin, token).await?, Via::Http),
            Some(gateway) => {
                let node = living::node(core, gateway, token).await?;
                let node = node.ok_or_else(|| {
                    living::refuse_request(core, gateway, token);
                    DeviceFailure::of("Invalid token.")
                })?;
                (node, Via::Gateway(gateway))
            }
        };
        is_of(parts, device);
        if !is_text(query) {
            return Err(DeviceFailure::of(
                "Value doesn't match the Datastream data type.",
            ));
        }
        Ok(Self {
            device,
            via,
            token: Secret::new(token),
            pairs,
        })
    }
}

impl Asking {
    /// The first parameter of this name.
    fn one(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// All parameters of this name.
    fn all(&self, name: &str) -> Vec<String> {
        let found = self.pairs.iter().filter(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).collect()
    }

    /// The datastream that `pin` or `dataStreamId` names.
    fn which(&self) -> Result<Option<Which>, DeviceFailure> {
        if let Some(text) = self.one("dataStreamId") {
            let id = text
                .parse()
                .map_err(|_| DeviceFailure::of("Wrong dataStreamId format."))?;
            return Ok(Some(Which::Id(id)));
        }
        self.one("pin").map(pin).transpose()
    }

    /// The device is there, and its gateway. Where that cannot be written down what it did is so all the same.
    async fn is_there(&self, core: &Core) {
        drop(self.say(core, Said::Here).await);
    }

    /// Says something for the device, and waits until it is durable.
    async fn say(&self, core: &Core, said: Said) -> Result<(), DeviceFailure> {
        if let Via::Gateway(gateway) = self.via {
            is_there(core, gateway).await;
        }
        let heard = living::say(core, self.device, said, self.via).await;
        let heard = heard.await.unwrap_or(Err(Unsaid::Broken));
        Ok(heard?)
    }
}

/// A pin as queries write it.
fn pin(text: &str) -> Result<Which, DeviceFailure> {
    let pin: Pin = text
        .parse()
        .map_err(|wrong: handover_blynk::NoPin| DeviceFailure::Message(wrong.to_string()))?;
    Ok(Which::Pin(pin.0))
}
