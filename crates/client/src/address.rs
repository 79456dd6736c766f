//! A server's address as people type it.

use handover_wire::{ErrorBody, ErrorCode};
use url::{Host, Url};

/// Reads a server's address: `https://` is added where no scheme is given (`http://` for this machine itself).
///
/// # Errors
/// `invalid_address`; the attribute `problem` is `malformed` or, for plain HTTP to another machine, `insecure`.
pub fn server_address(text: &str) -> Result<Url, ErrorBody> {
    let text = text.trim();
    let url = match Url::parse(text) {
        Ok(url) if url.has_host() => url,
        _ => without_scheme(text)?,
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return Err(invalid("insecure", "plain HTTP is for this machine alone")),
        _ => return Err(invalid("malformed", "the address is not one of the web")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("malformed", "the address carries a user name"));
    }
    origin(&url)
}

/// Whether the address names this machine itself.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

fn without_scheme(text: &str) -> Result<Url, ErrorBody> {
    let malformed = |_| invalid("malformed", "this is not a server's address");
    if text.is_empty() || text.contains("://") {
        return Err(invalid("malformed", "this is not a server's address"));
    }
    let url = Url::parse(&format!("https://{text}")).map_err(malformed)?;
    if is_loopback(&url) {
        return Url::parse(&format!("http://{text}")).map_err(malformed);
    }
    Ok(url)
}

/// The address down to its port: a path, query or fragment that was pasted along does not count.
fn origin(url: &Url) -> Result<Url, ErrorBody> {
    Url::parse(&url.origin().ascii_serialization())
        .map_err(|_| invalid("malformed", "this is not a server's address"))
}

fn invalid(problem: &str, message: &str) -> ErrorBody {
    ErrorBody::new(ErrorCode::InvalidAddress, message).with("problem", problem)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_is_typed_gives_a_safe_address_or_a_refusal(text in ".{0,60}") {
            if let Ok(url) = server_address(&text) {
                prop_assert!(url.scheme() == "https" || is_loopback(&url));
                prop_assert_eq!(url.path(), "/");
                prop_assert_eq!(server_address(url.as_str()), Ok(url));
            }
        }
    }

    #[test]
    fn addresses_are_read_as_people_type_them() {
        let rows = [
            ("cloud.example.com", Ok("https://cloud.example.com/")),
            (
                " https://cloud.example.com ",
                Ok("https://cloud.example.com/"),
            ),
            (
                "https://cloud.example.com/login?x=1#y",
                Ok("https://cloud.example.com/"),
            ),
            (
                "cloud.example.com:8443",
                Ok("https://cloud.example.com:8443/"),
            ),
            ("localhost:8080", Ok("http://localhost:8080/")),
            ("127.0.0.1:8080", Ok("http://127.0.0.1:8080/")),
            ("[::1]:8080", Ok("http://[::1]:8080/")),
            ("http://127.0.0.1:8080", Ok("http://127.0.0.1:8080/")),
            ("http://cloud.example.com", Err("insecure")),
            ("http://192.168.1.7", Err("insecure")),
            ("ftp://cloud.example.com", Err("malformed")),
            ("https://user:pw@cloud.example.com", Err("malformed")),
            ("", Err("malformed")),
            ("https://", Err("malformed")),
            ("two words", Err("malformed")),
        ];
        for (text, expected) in rows {
            let read = server_address(text);
            match expected {
                Ok(address) => assert_eq!(
                    read.map(|url| url.to_string()).as_deref(),
                    Ok(address),
                    "{text:?}"
                ),
                Err(problem) => {
                    let error = read.expect_err(text);
                    assert_eq!(error.code, ErrorCode::InvalidAddress, "{text:?}");
                    assert_eq!(error.attributes["problem"], problem, "{text:?}");
                }
            }
        }
    }
}
