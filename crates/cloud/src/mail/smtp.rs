//! One mail, handed to the mail server.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::outbox::Content;
use super::server::{MailServer, MailServerError, Protection};
use crate::clock::Time;
use crate::domain::Trouble;

/// How long connecting may take.
const CONNECTING: Duration = Duration::from_secs(30);
/// How long a mail may take in all; the lease is longer.
const MAIL: Duration = Duration::from_secs(120);

/// The way to the mail server. Connections stay open for a while, for mails that come together.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    server: MailServer,
    limit: Duration,
}

impl Smtp {
    /// Connects nowhere yet: a mail server that is away now may be there later.
    pub fn new(server: &MailServer) -> Result<Self, MailServerError> {
        Self::patient(server, MAIL)
    }

    /// The same with another time for a mail.
    pub(super) fn patient(server: &MailServer, limit: Duration) -> Result<Self, MailServerError> {
        let parameters = || {
            TlsParameters::builder(server.host.clone())
                .build_rustls()
                .map_err(|_| MailServerError::Certificates)
        };
        let tls = match server.protection {
            Protection::Tls => Tls::Wrapper(parameters()?),
            Protection::StartTls => Tls::Required(parameters()?),
            Protection::IfOffered => Tls::Opportunistic(parameters()?),
            Protection::Nothing => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls)
            .timeout(Some(CONNECTING));
        if let Some((name, password)) = &server.sign_in {
            let password = password.expose().to_owned();
            builder = builder.credentials(Credentials::new(name.clone(), password));
        }
        Ok(Self {
            transport: builder.build(),
            server: server.clone(),
            limit,
        })
    }

    /// The mail server.
    pub fn server(&self) -> &MailServer {
        &self.server
    }

    /// Hands a mail over. `id` is what the receiver tells the same mail by, should it come twice.
    pub async fn send(&self, content: &Content, id: &str, at: Time) -> Result<(), Trouble> {
        let message = self.message(content, id, at)?;
        match tokio::time::timeout(self.limit, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(trouble(&error)),
            Err(_) => Err(Trouble::TooSlow),
        }
    }

    /// Says goodbye on connections that are open still.
    pub async fn close(&self) {
        self.transport.shutdown().await;
    }

    pub(super) fn message(
        &self,
        content: &Content,
        id: &str,
        at: Time,
    ) -> Result<Message, Trouble> {
        let unwritable = |_| Trouble::Unwritable;
        let to = content.to.parse().map_err(unwritable)?;
        let at = Duration::from_millis(u64::try_from(at.0).unwrap_or_default());
        let domain = self.server.from.email.domain();
        Message::builder()
            .from(self.server.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&*content.subject)
            .date(UNIX_EPOCH + at)
            .message_id(Some(format!("<{id}@{domain}>")))
            .raw_header(automatic())
            .multipart(MultiPart::alternative_plain_html(
                content.text.expose().to_owned(),
                content.html.expose().to_owned(),
            ))
            .map_err(|_| Trouble::Unwritable)
    }
}

/// Keeps other programs from answering (RFC 3834).
fn automatic() -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    HeaderValue::new(name, "auto-generated".to_owned())
}

/// The kind of failure. The words of a mail server stay out of it: they name addresses.
fn trouble(error: &Error) -> Trouble {
    if let Some(code) = error.status() {
        // Three digits print as a number.
        return match code.to_string().parse() {
            Ok(code) => Trouble::answered(code),
            Err(_) => Trouble::NotUnderstood,
        };
    }
    if error.is_timeout() {
        return Trouble::TooSlow;
    }
    if error.is_tls() || is_about_tls(error) {
        return Trouble::Insecure;
    }
    if error.is_response() {
        return Trouble::NotUnderstood;
    }
    if error.is_client() {
        // There is no text of lettre's own to tell these apart by that holds; what is left of them is that the server
        // offers no STARTTLS, no way to sign in that we know, or none for addresses beyond ASCII.
        return Trouble::Unsuitable;
    }
    Trouble::Unreachable
}

/// A handshake's failure comes as one of the connection, with rustls's own inside.
fn is_about_tls(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if inner.is::<rustls::Error>() {
            return true;
        }
        // An error of input and output gives the source of its inner error, and not that itself.
        let io = inner.downcast_ref::<std::io::Error>();
        if io
            .and_then(std::io::Error::get_ref)
            .is_some_and(|inner| inner.is::<rustls::Error>())
        {
            return true;
        }
        source = inner.source();
    }
    false
}
