//! Which pages may talk to this cloud: its own. Stops DNS rebinding and requests forged by other sites.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

use super::error::ApiFailure;
use crate::address;

/// What the cloud knows about its own address.
pub struct Guard {
    /// Whether it listens on loopback, where it answers to this machine's own names and its public one alone.
    pub loopback: bool,
    /// The address that people reach it under, where a proxy stands before it.
    pub public_url: Option<Url>,
}

impl Guard {
    fn knows_host(&self, host: &str) -> bool {
        if !self.loopback && self.public_url.is_none() {
            return true;
        }
        let Ok(asked) = Url::parse(&format!("http://{host}/")) else {
            return false;
        };
        // Names are what another site can let point here; the port is the same for all of them.
        let public = self.public_url.as_ref();
        address::is_loopback(&asked)
            || public.is_some_and(|own| own.host() == asked.host())
            || (!self.loopback && address::is_number(&asked))
    }

    fn knows_origin(&self, origin: &str, host: &str) -> bool {
        let Ok(origin) = Url::parse(origin) else {
            return false;
        };
        let public = self.public_url.as_ref();
        authority(&origin).eq_ignore_ascii_case(&without_default_port(host, &origin))
            || public.is_some_and(|own| own.origin() == origin.origin())
    }
}

/// Host and port, the latter only where it is not the scheme's own.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn without_default_port(host: &str, origin: &Url) -> String {
    let default = match origin.scheme() {
        "https" => ":443",
        _ => ":80",
    };
    host.strip_suffix(default).unwrap_or(host).to_owned()
}

fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    uri.authority()
        .map(|authority| authority.as_str())
        .or_else(|| headers.get(header::HOST)?.to_str().ok())
}

/// Whether it is a device's path. What is asked there takes a token that stands in the request itself, which no page of another site
/// has, whatever name it is reached by; and devices speak HTTP/1.0, or name no host, or an address of the network that they are in.
fn is_of_devices(path: &str) -> bool {
    path.starts_with("/external/api/") || path == "/mqtt"
}

/// Refuses requests that another site's page made a browser send.
pub async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    match check(&guard, &request) {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    }
}

fn check(guard: &Guard, request: &Request) -> Result<(), ApiFailure> {
    let host = host(request.uri(), request.headers()).unwrap_or_default();
    if !guard.knows_host(host) && !is_of_devices(request.uri().path()) {
        return Err(ApiFailure::forbidden(
            "This cloud does not answer to this name, only to its --public-url and to localhost, 127.0.0.1, [::1].",
        ));
    }
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if safe {
        return Ok(());
    }
    let text = |name: &str| {
        let value = request.headers().get(name)?;
        Some(value.to_str().unwrap_or("null"))
    };
    let foreign_origin = text("origin").is_some_and(|origin| !guard.knows_origin(origin, host));
    let foreign_site = text("sec-fetch-site").is_some_and(|site| site == "cross-site");
    if foreign_origin || foreign_site {
        return Err(ApiFailure::forbidden(
            "Another site's page may not do this.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn devices_need_not_name_the_host() {
        let guard = Guard {
            loopback: true,
            public_url: None,
        };
        for (path, want) in [
            ("/external/api/update?token=x&v1=1", true),
            ("/mqtt", true),
            ("/external/apis", false),
            ("/api/v1/organization/devices", false),
            ("/", false),
        ] {
            let request = Request::builder().uri(path);
            let request = request.body(Body::empty()).expect("a request");
            assert_eq!(check(&guard, &request).is_ok(), want, "{path}");
        }
    }

    #[test]
    fn hosts_and_origins() {
        let own = |loopback, public: Option<&str>| Guard {
            loopback,
            public_url: public.map(|url| url.parse().expect("a URL")),
        };
        let local = own(true, None);
        let behind_proxy = own(true, Some("https://cloud.example"));
        let open = own(false, None);
        let named = own(false, Some("https://cloud.example"));
        for (guard, method, host, origin, want) in [
            (&local, "GET", "127.0.0.1:8080", None, true),
            (&local, "GET", "localhost:8080", None, true),
            (&local, "GET", "[::1]:8080", None, true),
            (&local, "GET", "evil.example", None, false),
            (&local, "GET", "localhost.evil.example", None, false),
            (&local, "GET", "", None, false),
            (
                &local,
                "POST",
                "localhost:1",
                Some("http://localhost:1"),
                true,
            ),
            (
                &local,
                "POST",
                "localhost:1",
                Some("http://localhost:2"),
                false,
            ),
            (&local, "POST", "localhost:1", Some("null"), false),
            (
                &local,
                "POST",
                "localhost:1",
                Some("https://evil.example"),
                false,
            ),
            (
                &local,
                "GET",
                "localhost:1",
                Some("https://evil.example"),
                true,
            ),
            (&local, "POST", "localhost:1", None, true),
            (
                &behind_proxy,
                "POST",
                "cloud.example",
                Some("https://cloud.example"),
                true,
            ),
            (
                &behind_proxy,
                "POST",
                "localhost:1",
                Some("https://cloud.example"),
                true,
            ),
            (&named, "GET", "cloud.example", None, true),
            (&named, "GET", "CLOUD.example:443", None, true),
            (&named, "GET", "192.0.2.1:8080", None, true),
            (&named, "GET", "[2001:db8::1]:8080", None, true),
            (&named, "GET", "localhost:8080", None, true),
            (&named, "GET", "evil.example", None, false),
            (&named, "GET", "", None, false),
            (&behind_proxy, "GET", "192.0.2.1", None, false),
            (&behind_proxy, "GET", "evil.example", None, false),
            (&open, "GET", "anything.example", None, true),
            (&open, "POST", "a.example", Some("http://a.example"), true),
            (
                &open,
                "POST",
                "a.example:80",
                Some("http://a.example"),
                true,
            ),
            (&open, "POST", "a.example", Some("http://b.example"), false),
        ] {
            let mut request = Request::builder()
                .method(method)
                .uri("/")
                .header("host", host);
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            let request = request.body(Body::empty()).expect("a request");
            assert_eq!(
                check(guard, &request).is_ok(),
                want,
                "{method} {host} {origin:?}"
            );
        }
    }
}
