//! Requests out, answers in, and every failure as a closed code.

use std::error::Error;
use std::sync::Once;
use std::time::Duration;

use handover_wire::{ApiError, ErrorBody, ErrorCode};
use reqwest::{Response, StatusCode, redirect};
use serde::de::DeserializeOwned;
use url::Url;

use crate::Result;
use crate::address::is_loopback;

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(20);

/// The HTTP client for one server.
pub(crate) fn http_client(server: &Url) -> Result<reqwest::Client> {
    http_builder(server)
        .build()
        .map_err(|error| ErrorBody::new(ErrorCode::Unsupported, error.to_string()))
}

/// What it is made by, for those who trust other certificates besides. It follows no redirect, so that neither session nor
/// token ever travels to a second host.
pub fn http_builder(server: &Url) -> reqwest::ClientBuilder {
    static PROVIDER: Once = Once::new();
    // Somebody else in the process may have chosen the provider already, and then theirs serves as well.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("handover/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
        .redirect(redirect::Policy::none());
    if is_loopback(server) {
        builder = builder.no_proxy();
    }
    builder
}

/// Why no answer came.
pub fn no_answer(error: &reqwest::Error) -> ErrorBody {
    let code = if error.is_timeout() {
        ErrorCode::Timeout
    } else if is_certificate(error) {
        ErrorCode::UntrustedServer
    } else {
        ErrorCode::Unreachable
    };
    // The error's own text names the URL; the reason alone is enough, and no query can leak from it.
    let body = ErrorBody::new(code, root_cause(error));
    match code {
        ErrorCode::UntrustedServer => body.with("certificate", certificate(error)),
        _ => body,
    }
}

/// What is wrong with a certificate, in one word: what to do about it depends on that.
fn certificate(error: &reqwest::Error) -> &'static str {
    use rustls::CertificateError as Wrong;
    let found = causes(error).find_map(|cause| match of_tls(cause) {
        Some(rustls::Error::InvalidCertificate(wrong)) => Some(wrong),
        _ => None,
    });
    match found {
        Some(Wrong::Expired | Wrong::ExpiredContext { .. }) => "expired",
        Some(Wrong::NotValidForName | Wrong::NotValidForNameContext { .. }) => "other_name",
        Some(Wrong::UnknownIssuer) => "unknown_authority",
        _ => "other",
    }
}

/// What rustls says: errors of input and output have it inside, where no source leads.
fn of_tls<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let inside = || of_tls(cause.downcast_ref::<std::io::Error>()?.get_ref()?);
    cause.downcast_ref().or_else(inside)
}

fn is_certificate(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        matches!(
            cause.downcast_ref::<rustls::Error>(),
            Some(rustls::Error::InvalidCertificate(_))
        ) || cause.to_string().contains("invalid peer certificate")
    })
}

fn root_cause(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(
        || "the server could not be reached".to_owned(),
        ToString::to_string,
    )
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

/// The answer's value, or the error that it carries.
pub(crate) async fn value<T: DeserializeOwned>(response: Response) -> Result<T> {
    let response = accepted(response).await?;
    let bytes = response.bytes().await.map_err(|error| no_answer(&error))?;
    // What has nothing to say answers with nothing.
    let text = if bytes.is_empty() { b"null" } else { &*bytes };
    serde_json::from_slice(text).map_err(|_| not_a_cloud())
}

/// The answer, unless it is an error.
pub(crate) async fn accepted(response: Response) -> Result<Response> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = retry_after(&response);
    let bytes = response.bytes().await.map_err(|error| no_answer(&error))?;
    let error = match serde_json::from_slice::<ApiError>(&bytes) {
        Ok(answer) => answer.error,
        Err(_) => from_status(status, &bytes),
    };
    Err(match retry_after {
        Some(seconds) => error.with("retryAfter", seconds),
        None => error,
    })
}

fn retry_after(response: &Response) -> Option<u64> {
    let header = response.headers().get("retry-after")?;
    header.to_str().ok()?.trim().parse().ok()
}

/// A foreign cloud's error has a message and no code: the status tells the kind, the message stays for the log.
fn from_status(status: StatusCode, body: &[u8]) -> ErrorBody {
    #[derive(serde::Deserialize)]
    struct Published {
        error: PublishedError,
    }
    #[derive(serde::Deserialize)]
    struct PublishedError {
        message: String,
    }
    let message = serde_json::from_slice::<Published>(body)
        .map_or_else(|_| status.to_string(), |published| published.error.message);
    let code = match status {
        StatusCode::UNAUTHORIZED => ErrorCode::Unauthenticated,
        StatusCode::FORBIDDEN => ErrorCode::Forbidden,
        StatusCode::NOT_FOUND => ErrorCode::NotFound,
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::TooLarge,
        StatusCode::TOO_MANY_REQUESTS => ErrorCode::RateLimited,
        StatusCode::INSUFFICIENT_STORAGE => ErrorCode::StorageFull,
        StatusCode::SERVICE_UNAVAILABLE => ErrorCode::Unavailable,
        status if status.is_client_error() => ErrorCode::InvalidRequest,
        status if status.is_server_error() => ErrorCode::Internal,
        _ => return not_a_cloud(),
    };
    ErrorBody::new(code, message)
}

pub(crate) fn not_a_cloud() -> ErrorBody {
    ErrorBody::new(
        ErrorCode::NotACloud,
        "the answer is not one of a Handover cloud",
    )
}
