//! What calls meet in a cloud that was started for tests: latency, answers that are none, connections that break.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use handover_wire::{ClaimFault, ClaimOutcome, ClaimReply, DeviceId, ErrorCode, Fault};

use super::caller::bearer;
use super::error::ApiFailure;
use crate::domain::Call;
use crate::service::Core;
use crate::service::claim;
use crate::service::faults::{self, Switchboard};

/// The largest body that is searched for the device it names.
const MOST_SEARCHED: u64 = 64 * 1024;

/// The connection ends here.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("cut off on demand")]
pub struct Cut;

impl From<Infallible> for Cut {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Breaks the connection where its answer is marked so.
pub fn cut(answered: Result<Response, Infallible>) -> Result<Response, Cut> {
    let response = answered?;
    match response.extensions().get::<Cut>() {
        Some(&cut) => Err(cut),
        None => Ok(response),
    }
}

/// An answer that never leaves.
fn none() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Cut);
    response
}

/// Lets a call meet what it is to meet. Costs nothing in a cloud that was not started for that.
pub async fn meet(State(core): State<Arc<Core>>, request: Request, next: Next) -> Response {
    let Some(switchboard) = &core.faults else {
        return next.run(request).await;
    };
    let (account, request, met) = match find(&core, switchboard, request).await {
        Ok(found) => found,
        Err(failure) => return failure.into_response(),
    };
    // Each waits, ends the call, or changes its answer.
    let mut after = None;
    for fault in met {
        match fault {
            Fault::Latency { ms, .. } => {
                tokio::time::sleep(Duration::from_millis(ms.into())).await;
            }
            Fault::LostRequest => return none(),
            Fault::Status {
                status,
                retry_after,
            } => return answer(status, retry_after),
            Fault::SessionExpired => return ApiFailure::unauthenticated().into_response(),
            // Whoever is not signed in is told that.
            Fault::Claim { .. } if account.is_none() => {}
            Fault::Claim { answer } => match pretended(&core, answer) {
                Some(response) => return response,
                None => after = Some(fault),
            },
            Fault::LostAnswer | Fault::CutOff { .. } => after = Some(fault),
            // None of these is of a call.
            Fault::Disconnect
            | Fault::Refused { .. }
            | Fault::TooMuch
            | Fault::Certificate { .. } => {}
        }
    }
    let response = next.run(request).await;
    match after {
        Some(Fault::LostAnswer) => none(),
        Some(Fault::CutOff { after }) => cut_off(response, after),
        Some(_) => already_yours(response).await,
        None => response,
    }
}

type Found = (Option<String>, Request, Vec<Fault>);

/// Who calls, and what that call meets. The request's body may have been read for it.
async fn find(
    core: &Core,
    switchboard: &Switchboard,
    request: Request,
) -> Result<Found, ApiFailure> {
    // Pages of the console are no calls.
    let Some(path) = request.extensions().get::<MatchedPath>() else {
        return Ok((None, request, Vec::new()));
    };
    let endpoint = format!("{} {}", request.method(), path.as_str());
    let account = match bearer(request.headers()) {
        Some(token) => faults::account(core, token).await?,
        None => None,
    };
    let (device, request) = match switchboard.asks_for_device() {
        true => device(core, request).await?,
        false => (None, request),
    };
    let met = switchboard.meets(&Call {
        endpoint: &endpoint,
        account: account.as_deref(),
        device,
    });
    Ok((account, request, met))
}

/// The device that a call is about: its number in the query or the body, or its auth token.
async fn device(core: &Core, request: Request) -> Result<(Option<DeviceId>, Request), ApiFailure> {
    let query = request.uri().query().unwrap_or_default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "deviceId" => return Ok((value.parse().ok().map(DeviceId), request)),
            "token" => {
                let found = faults::device(core, &value).await?;
                return Ok((found, request));
            }
            _ => {}
        }
    }
    let json = request.headers().get(header::CONTENT_TYPE);
    let json = json.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let short = request.body().size_hint().upper();
    if !json || short.is_none_or(|length| length > MOST_SEARCHED) {
        return Ok((None, request));
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await;
    let bytes = bytes.map_err(|_| ApiFailure::too_large())?;
    let named = serde_json::from_slice::<serde_json::Value>(&bytes);
    let named = named.ok().and_then(|body| body["deviceId"].as_i64());
    let request = Request::from_parts(parts, Body::from(bytes));
    Ok((named.map(DeviceId), request))
}

/// An answer with this status, as a cloud or a proxy before it gives it.
fn answer(status: u16, retry_after: Option<u32>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let code = match status {
        StatusCode::TOO_MANY_REQUESTS => ErrorCode::RateLimited,
        StatusCode::UNAUTHORIZED => ErrorCode::Unauthenticated,
        StatusCode::FORBIDDEN => ErrorCode::Forbidden,
        StatusCode::NOT_FOUND => ErrorCode::NotFound,
        StatusCode::INSUFFICIENT_STORAGE => ErrorCode::StorageFull,
        StatusCode::SERVICE_UNAVAILABLE => ErrorCode::Unavailable,
        status if status.is_server_error() => ErrorCode::Internal,
        _ => ErrorCode::InvalidRequest,
    };
    let failure = ApiFailure::new(status, code, "A fault on demand.");
    match retry_after {
        Some(seconds) => failure.waiting(seconds),
        None => failure,
    }
    .into_response()
}

/// The real answer's words. None of what takes a real claim.
fn pretended(core: &Core, answer: ClaimFault) -> Option<Response> {
    match claim::pretend(answer, core.now()) {
        Ok(None) => None,
        Ok(Some((status, body))) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let headers = [(header::CONTENT_TYPE, "application/json")];
            Some((status, headers, body).into_response())
        }
        Err(error) => Some(ApiFailure::from(error).into_response()),
    }
}

/// Says of a claim that succeeded that the device was the claimer's before.
async fn already_yours(response: Response) -> Response {
    if response.status() != StatusCode::CREATED {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else {
        return ApiFailure::internal().into_response();
    };
    let body = match serde_json::from_slice(&bytes) {
        Ok(ClaimReply::Device(mut claimed)) => {
            claimed.outcome = ClaimOutcome::AlreadyYours;
            serde_json::to_vec(&claimed).map_or(bytes, Bytes::from)
        }
        _ => bytes,
    };
    parts.status = StatusCode::OK;
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}

/// Lets so many bytes of the answer's body out, and breaks the connection. Its header still tells of all of them.
fn cut_off(response: Response, after: u32) -> Response {
    let (mut parts, body) = response.into_parts();
    promise(&mut parts.headers, body.size_hint().exact());
    let left = usize::try_from(after).unwrap_or(usize::MAX);
    let stream = body.into_data_stream().scan(left, |left, data| {
        let data = data.map(|data| data.slice(..data.len().min(*left)));
        *left -= data.as_ref().map_or(0, Bytes::len);
        std::future::ready(Some(data))
    });
    // A body that ends is cut as well, and one that was cut yields nothing until it ends.
    let stream = stream.filter(|data| {
        let something = data.as_ref().is_ok_and(|data| !data.is_empty());
        std::future::ready(something)
    });
    let cut = futures_util::stream::once(async {
        // What is written is sent only where the body makes it wait for more.
        tokio::task::yield_now().await;
        Err(axum::Error::new(Cut))
    });
    Response::from_parts(parts, Body::from_stream(stream.chain(cut)))
}

fn promise(headers: &mut HeaderMap, length: Option<u64>) {
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
}
