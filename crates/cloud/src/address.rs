//! Addresses: which are this machine's own, and which a cloud can be reached under.

use url::{Host, Url};

/// Whether a URL's host is this machine, by name or number.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether a URL's host is a number, which no other site can let its name point to.
pub fn is_number(url: &Url) -> bool {
    matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)))
}

/// Checks an address that people are to reach a cloud under; an error says what is wrong with it.
pub fn check_public(url: &Url) -> Result<(), &'static str> {
    for (wrong, why) in [
        (
            !matches!(url.scheme(), "http" | "https"),
            "it must begin with https:// or http://",
        ),
        (!url.has_host(), "it has no host"),
        (
            !url.username().is_empty() || url.password().is_some(),
            "it must not hold a name or password",
        ),
        (
            url.query().is_some() || url.fragment().is_some(),
            "it must not have a ? or # part",
        ),
        (
            url.path() != "/",
            "it must not have a path: the cloud needs a host of its own",
        ),
    ] {
        if wrong {
            return Err(why);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses() {
        for (url, want) in [
            ("https://cloud.example", true),
            ("https://cloud.example/", true),
            ("http://192.0.2.1:8080", true),
            ("ftp://cloud.example/", false),
            ("mailto:ada@meadow.example", false),
            ("handover://claim", false),
            ("https://ada@cloud.example/", false),
            ("https://:secret@cloud.example/", false),
            ("https://cloud.example/?a", false),
            ("https://cloud.example/#a", false),
            ("https://cloud.example/cloud/", false),
        ] {
            let checked = check_public(&url.parse().expect("a URL"));
            assert_eq!(checked.is_ok(), want, "{url}: {checked:?}");
        }
    }
}
