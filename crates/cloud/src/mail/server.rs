//! The mail server's address, which may hold a password and so prints without, and the sender.

use std::fmt;

use handover_wire::Secret;
use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::address;

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// By TLS from the first byte on.
    Tls,
    /// By STARTTLS, or there is no connection.
    StartTls,
    /// By STARTTLS where the server offers it: on this machine nobody listens in.
    IfOffered,
    /// Not at all, on this machine.
    Nothing,
}

/// A mail server and who its mails are from.
#[derive(Clone, PartialEq, Eq)]
pub struct MailServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) protection: Protection,
    pub(super) sign_in: Option<(String, Secret)>,
    pub(super) from: Mailbox,
}

/// Why mails cannot be sent as it was asked for. Says nothing of what was given, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailServerError {
    /// It is no URL.
    #[error("--smtp: it is not a URL ({0}). {GIVE_SMTP}")]
    Malformed(#[from] url::ParseError),
    /// It is some other URL.
    #[error("--smtp: {0}. {GIVE_SMTP}")]
    Address(&'static str),
    /// Anybody could read the mails on their way.
    #[error(
        "--smtp: ?tls=none is for this machine alone, since links in mails open accounts. Leave it out, or give \
         smtps://."
    )]
    Unprotected,
    /// There is a mail server and no sender.
    #[error("--mail-from is missing: who are the mails from? {GIVE_FROM}")]
    NoSender,
    /// The sender is no address.
    #[error("--mail-from is not an address. {GIVE_FROM}")]
    Sender,
    /// There is a sender and no mail server.
    #[error("--mail-from needs a mail server. {GIVE_SMTP}")]
    NoServer,
    /// The system's certificates cannot be used.
    #[error(
        "The system's certificates cannot be read, without which no mail server can be trusted. Install them (Debian: \
         ca-certificates)."
    )]
    Certificates,
}

const GIVE_SMTP: &str = "Give it like smtps://USER:PASSWORD@mail.example:465 or smtp://mail.example:587, best in \
     HANDOVER_SMTP, where no other user sees the password. Signs like @ and / in name and password are written %40 and %2F.";
const GIVE_FROM: &str = "Give it like \"Handover <no-reply@cloud.example>\".";

/// The ports of submission by TLS (RFC 8314) and by STARTTLS (RFC 6409).
const SUBMISSIONS: u16 = 465;
const SUBMISSION: u16 = 587;

impl MailServer {
    /// Reads what `--smtp` and `--mail-from` say. None where neither is given: mails are kept then.
    ///
    /// # Errors
    /// Where it is not a mail server's address, or not a sender's, or would not be safe.
    pub fn parse(
        smtp: Option<&Secret>,
        from: Option<&str>,
    ) -> Result<Option<Self>, MailServerError> {
        match (smtp, from) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(MailServerError::NoServer),
            (Some(_), None) => Err(MailServerError::NoSender),
            (Some(smtp), Some(from)) => {
                let from = from.parse().map_err(|_| MailServerError::Sender)?;
                Self::at(&Url::parse(smtp.expose())?, from).map(Some)
            }
        }
    }

    fn at(url: &Url, from: Mailbox) -> Result<Self, MailServerError> {
        use MailServerError::Address;
        let wrapped = match url.scheme() {
            "smtps" => true,
            "smtp" => false,
            _ => return Err(Address("it does not begin with smtps:// or smtp://")),
        };
        let host = match url.host_str() {
            Some(host) if !host.is_empty() => host.trim_matches(['[', ']']).to_owned(),
            _ => return Err(Address("it has no host")),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(Address("it must end after host and port"));
        }
        let default = if wrapped { SUBMISSIONS } else { SUBMISSION };
        Ok(Self {
            port: url.port().unwrap_or(default),
            protection: protection(url, wrapped, &host)?,
            sign_in: sign_in(url)?,
            host,
            from,
        })
    }
}

fn protection(url: &Url, wrapped: bool, host: &str) -> Result<Protection, MailServerError> {
    let mut plain = false;
    for (name, value) in url.query_pairs() {
        match (&*name, &*value) {
            ("tls", "none") => plain = true,
            _ => return Err(MailServerError::Address("after ? only tls=none is known")),
        }
    }
    // The host of a scheme that URLs do not know is text, be it a number or a name.
    let local = Url::parse(&format!("http://{}/", bracketed(host)))
        .is_ok_and(|url| address::is_loopback(&url));
    match (wrapped, plain) {
        (true, true) => Err(MailServerError::Address("smtps:// is always encrypted")),
        (true, false) => Ok(Protection::Tls),
        (false, true) if local => Ok(Protection::Nothing),
        (false, true) => Err(MailServerError::Unprotected),
        (false, false) if local => Ok(Protection::IfOffered),
        (false, false) => Ok(Protection::StartTls),
    }
}

fn sign_in(url: &Url) -> Result<Option<(String, Secret)>, MailServerError> {
    let plain = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8();
        decoded
            .map(|text| text.into_owned())
            .map_err(|_| MailServerError::Address("name and password are not UTF-8"))
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) => Err(MailServerError::Address("there is a password and no name")),
        (_, None) => Err(MailServerError::Address("there is a name and no password")),
        (name, Some(password)) => Ok(Some((plain(name)?, Secret::new(plain(password)?)))),
    }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

/// Host and port, without name and password.
impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.protection {
            Protection::Tls => "smtps",
            _ => "smtp",
        };
        write!(f, "{scheme}://{}:{}", bracketed(&self.host), self.port)
    }
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MailServer({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: &str = "Handover <no-reply@cloud.example>";

    fn parsed(smtp: &str) -> Result<MailServer, MailServerError> {
        let smtp = Secret::new(smtp);
        MailServer::parse(Some(&smtp), Some(FROM)).map(|server| server.expect("a server"))
    }

    #[test]
    fn an_address_says_how_it_is_protected() {
        use Protection::{IfOffered, Nothing, StartTls, Tls};
        for (smtp, shown, protection) in [
            ("smtps://mail.example", "smtps://mail.example:465", Tls),
            ("smtps://127.0.0.1:4650/", "smtps://127.0.0.1:4650", Tls),
            ("smtp://mail.example", "smtp://mail.example:587", StartTls),
            ("smtp://192.0.2.1:25", "smtp://192.0.2.1:25", StartTls),
            ("smtp://localhost:25", "smtp://localhost:25", IfOffered),
            ("smtp://[::1]:25", "smtp://[::1]:25", IfOffered),
            (
                "smtp://127.0.0.1:25?tls=none",
                "smtp://127.0.0.1:25",
                Nothing,
            ),
        ] {
            let server = parsed(smtp).expect("an address");
            assert_eq!(
                (server.to_string().as_str(), server.protection),
                (shown, protection)
            );
        }
    }

    #[test]
    fn name_and_password_are_decoded_and_never_shown() {
        let server = parsed("smtps://ada%40x.example:s3cr%2Fet@mail.example").expect("an address");
        let (name, password) = server.sign_in.clone().expect("both");
        assert_eq!(
            (name.as_str(), password.expose()),
            ("ada@x.example", "s3cr/et")
        );
        let shown = format!("{server} {server:?}");
        assert!(!shown.contains("s3cr") && !shown.contains("ada"), "{shown}");
    }

    #[test]
    fn what_is_not_good_is_refused_without_being_quoted() {
        for (smtp, why) in [
            ("s3cret", "not a URL"),
            ("imap://ada:s3cret@mail.example", "smtps://"),
            ("smtp://", "no host"),
            ("smtp://ada@mail.example", "no password"),
            ("smtp://:s3cret@mail.example", "no name"),
            ("smtp://mail.example/s3cret", "after host"),
            ("smtp://mail.example?s3cret=1", "tls=none"),
            ("smtp://mail.example?tls=s3cret", "tls=none"),
            (
                "smtp://ada:s3cret@mail.example?tls=none",
                "this machine alone",
            ),
            ("smtps://localhost?tls=none", "always encrypted"),
        ] {
            let error = parsed(smtp).expect_err("refused").to_string();
            assert!(error.contains(why) && !error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn server_and_sender_belong_together() {
        let smtp = Secret::new("smtps://mail.example");
        let parse = MailServer::parse;
        assert_eq!(parse(None, None), Ok(None));
        assert_eq!(parse(None, Some(FROM)), Err(MailServerError::NoServer));
        assert_eq!(parse(Some(&smtp), None), Err(MailServerError::NoSender));
        assert_eq!(
            parse(Some(&smtp), Some("nobody")),
            Err(MailServerError::Sender)
        );
    }
}
