//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::error::ApiFailure;
use crate::service::limits::Origin;

/// The header in which a proxy says whom it speaks for; the last entry is its own, those before are anybody's word.
const FORWARDED: &str = "x-forwarded-for";

/// That a request came over TLS of the cloud's own, whatever its public address is.
#[derive(Clone, Copy, Debug)]
pub struct OverTls;

/// The request's origin: the peer, or where that is a proxy on this machine, whom it speaks for.
pub struct PeerOrigin(pub Origin);

impl<S: Send + Sync> FromRequestParts<S> for PeerOrigin {
    type Rejection = ApiFailure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiFailure> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(peer)| peer.ip());
        Ok(Self(Origin::of(spoken_for(peer, &parts.headers))))
    }
}

fn spoken_for(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    if !peer.to_canonical().is_loopback() {
        return peer;
    }
    let last = headers.get_all(FORWARDED).into_iter().next_back();
    let last = last.and_then(|value| value.to_str().ok());
    let address = last.and_then(|list| list.rsplit(',').next());
    address
        .and_then(|address| address.trim().parse().ok())
        .unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_on_this_machine_is_believed_and_nobody_else() {
        for (peer, header, want) in [
            ("127.0.0.1", None, "127.0.0.1"),
            ("127.0.0.1", Some("192.0.2.7"), "192.0.2.7"),
            ("::1", Some("203.0.113.1, 2001:db8::7"), "2001:db8::7"),
            ("127.0.0.1", Some("nonsense"), "127.0.0.1"),
            ("198.51.100.2", Some("192.0.2.7"), "198.51.100.2"),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(header) = header {
                headers.insert(FORWARDED, header.parse().expect("a header"));
            }
            let found = spoken_for(peer.parse().expect("an address"), &headers);
            assert_eq!(found.to_string(), want, "{peer} {header:?}");
        }
    }
}
