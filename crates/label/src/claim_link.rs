//! Claim links: `https://HOST/claim#sqr_...` and `handover://claim#sqr_...`.
//!
//! The token stands in the fragment, which browsers send to no server: no proxy logs it. Nothing is decoded.

use url::{Host, Url};

use crate::claim::Claim;
use crate::mask::mask_token;
use crate::qr_token::{self, QrToken};
use crate::reading::{Advice, Fit, Found};

const PATH: &str = "/claim";
const APP_LINK: &str = "handover://claim";

/// The link that opens a cloud's claim page: `https://HOST[:port]/claim#sqr_...`, `http` only as the cloud's own
/// address says so.
pub fn claim_link(cloud: &Url, token: &QrToken) -> String {
    let origin = cloud.origin().ascii_serialization();
    format!("{origin}{PATH}#{}", token.expose())
}

/// The link that opens the app: `handover://claim#sqr_...`.
pub fn app_link(token: &QrToken) -> String {
    format!("{APP_LINK}#{}", token.expose())
}

/// Where a claim link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// To the app, which asks the cloud that it is signed in to.
    App,
    /// To the claim page of a cloud: its host and, unless usual, port.
    Cloud(String),
}

/// A claim link, read.
#[derive(Debug, PartialEq, Eq)]
struct Link {
    place: Place,
    token: QrToken,
    org: Option<i64>,
}

/// Why a link with a QR token in its fragment is no claim link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum LinkError {
    #[error(
        "A claim link starts with https://; without the s, anybody on the way could read along."
    )]
    NotSecure,
    #[error("Between https:// and /claim there may be only the name of a server.")]
    Disguised,
    #[error("Only links to /claim are claim links.")]
    OtherPath,
    #[error(transparent)]
    Token(#[from] qr_token::QrTokenError),
}

/// Reads a claim link. None where the text is no link, or has no QR token in its fragment.
fn parse(text: &str) -> Option<Result<Link, LinkError>> {
    let (base, fragment) = text.split_once('#')?;
    let token = qr_token::parse(fragment)?;
    let place = place(base)?;
    Some(place.and_then(|place| {
        let (token, org) = token?;
        Ok(Link { place, token, org })
    }))
}

fn place(base: &str) -> Option<Result<Place, LinkError>> {
    let app = base.strip_suffix('/').unwrap_or(base);
    if app.eq_ignore_ascii_case(APP_LINK) {
        return Some(Ok(Place::App));
    }
    let url = Url::parse(base).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| cloud(base, &url))
}

fn cloud(base: &str, url: &Url) -> Result<Place, LinkError> {
    // The URL parser forgives tabs, backslashes and missing slashes, and a person would not see the difference.
    let plain = base
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && base.contains("://")
        && url.username().is_empty()
        && url.password().is_none();
    if !plain {
        return Err(LinkError::Disguised);
    }
    if url.path() != PATH || url.query().is_some() {
        return Err(LinkError::OtherPath);
    }
    if url.scheme() != "https" && !is_loopback(url) {
        return Err(LinkError::NotSecure);
    }
    let host = url.host_str().unwrap_or_default();
    Ok(Place::Cloud(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }))
}

/// Whether a link leads to this machine itself.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

pub(crate) fn read(text: &str) -> Option<Found> {
    let Link { place, token, org } = match parse(text)? {
        Ok(link) => link,
        Err(error) => {
            let reason = "It is a link with a QR token, like a claim link.";
            return Some(Found::wrong(Fit::Certain, error, reason));
        }
    };
    let masked = mask_token(token.expose());
    let found = Found::claimable(
        Fit::Certain,
        Claim::QrToken { token, org },
        Advice::ClaimNow,
        "It is a claim link: the QR token in it claims one device once.",
    );
    let mut found = found.checked().with("token", masked);
    if let Place::Cloud(cloud) = place {
        found = found.with("cloud", cloud);
    }
    if let Some(org) = org {
        found = found.with("org_id", org.to_string());
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::qr_token::QrTokenError;

    const TOKEN: &str = "sqr_abcdefghijklmnopqrstuvwxyzABCD_-";

    #[test]
    fn links_are_told_apart() {
        use LinkError::{Disguised, NotSecure, OtherPath, Token};
        let cloud = |name: &str| Some(Ok((Place::Cloud(name.to_owned()), None)));
        let rows = [
            ("https://cloud.example/claim#T", cloud("cloud.example")),
            (
                "HTTPS://Cloud.Example:8443/claim#T",
                cloud("cloud.example:8443"),
            ),
            ("https://192.0.2.7/claim#T", cloud("192.0.2.7")),
            ("http://localhost:8080/claim#T", cloud("localhost:8080")),
            ("http://127.0.0.1:8080/claim#T", cloud("127.0.0.1:8080")),
            ("http://[::1]:8080/claim#T", cloud("[::1]:8080")),
            ("handover://claim#T", Some(Ok((Place::App, None)))),
            ("handover://claim/#T", Some(Ok((Place::App, None)))),
            ("handover://claim#T+7", Some(Ok((Place::App, Some(7))))),
            (
                "https://cloud.example/claim#T+7",
                Some(Ok((Place::Cloud("cloud.example".to_owned()), Some(7)))),
            ),
            ("http://cloud.example/claim#T", Some(Err(NotSecure))),
            ("http://localhost.example/claim#T", Some(Err(NotSecure))),
            ("https://a@cloud.example/claim#T", Some(Err(Disguised))),
            ("https:cloud.example/claim#T", Some(Err(Disguised))),
            ("https:\\\\cloud.example\\claim#T", Some(Err(Disguised))),
            ("https://cloud.\texample/claim#T", Some(Err(Disguised))),
            ("https://cloud.example/other#T", Some(Err(OtherPath))),
            ("https://cloud.example/claim?a=b#T", Some(Err(OtherPath))),
            (
                "https://cloud.example/claim#sqr_short",
                Some(Err(Token(QrTokenError::Length(5)))),
            ),
            ("https://cloud.example/claim", None),
            ("https://cloud.example/claim#chapter", None),
            ("https://#T", None),
            ("mailto:a@cloud.example#T", None),
            ("#T", None),
        ];
        for (text, expected) in rows {
            let parsed = parse(&text.replace("#T", &format!("#{TOKEN}")));
            let parsed = parsed.map(|result| result.map(|link| (link.place, link.org)));
            assert_eq!(parsed, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn printed_links_are_read_back(
            entropy: [u8; 24], name in "[a-z]{1,9}\\.example", port in prop::option::of(1_u16..)
        ) {
            let token = QrToken::from_entropy(entropy);
            let place = match port {
                Some(port) => format!("{name}:{port}"),
                None => name,
            };
            let url = Url::parse(&format!("https://{place}/some/base?x#y")).expect("a URL");
            let link = parse(&claim_link(&url, &token)).expect("a link").expect("a good one");
            prop_assert_eq!(link.place, Place::Cloud(place.trim_end_matches(":443").to_owned()));
            prop_assert_eq!((&link.token, link.org), (&token, None));
            let in_app = parse(&app_link(&token)).expect("a link");
            prop_assert_eq!(in_app, Ok(Link { place: Place::App, token, org: None }));
        }
    }
}
