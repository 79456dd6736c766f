//! The address of a PostgreSQL database. It may hold a password, so it prints without.

use std::fmt;

use url::Url;

/// A PostgreSQL database: `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full`.
///
/// Without a password the driver takes it from `PGPASSWORD` or `~/.pgpass`, as PostgreSQL's own programs do.
#[derive(Clone)]
pub struct DatabaseUrl(Box<Url>);

/// Why a text is not the address of a database. Says nothing of the text, which may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DatabaseUrlError {
    /// It is no URL.
    #[error("it is not a URL ({0})")]
    Malformed(#[from] url::ParseError),
    /// It is some other URL.
    #[error("it does not begin with postgres://")]
    OtherScheme,
    /// The driver would ignore what was meant to protect the connection.
    #[error("the parameter {0} is unknown")]
    UnknownParameter(String),
}

/// The parameters that the driver knows (sqlx's `PgConnectOptions`); `options[NAME]` sets one of the server's.
const PARAMETERS: &[&str] = &[
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "user",
];

impl DatabaseUrl {
    /// Takes the address apart as far as we need to know it.
    pub fn parse(text: &str) -> Result<Self, DatabaseUrlError> {
        let url = Url::parse(text)?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(DatabaseUrlError::OtherScheme);
        }
        let is_known = |name: &str| PARAMETERS.contains(&name) || name.starts_with("options[");
        if let Some((name, _)) = url.query_pairs().find(|(name, _)| !is_known(name)) {
            return Err(DatabaseUrlError::UnknownParameter(name.into_owned()));
        }
        Ok(Self(Box::new(url)))
    }

    /// All of it, for the driver alone.
    pub(crate) fn expose(&self) -> &Url {
        &self.0
    }

    /// Host and port, where it is reached over TCP.
    #[cfg(test)]
    pub(crate) fn tcp(&self) -> Option<(String, u16)> {
        let host = self.0.host_str().filter(|host| !host.is_empty())?;
        let over_socket = self.0.query_pairs().any(|(name, _)| name == "host");
        (!over_socket).then(|| (host.to_owned(), self.0.port().unwrap_or(5432)))
    }

    /// The same database behind another port of this machine.
    #[cfg(test)]
    pub(crate) fn behind(&self, port: u16) -> Self {
        let mut url = self.0.clone();
        url.set_host(Some("127.0.0.1")).expect("it has a host");
        url.set_port(Some(port)).expect("it has a host");
        Self(url)
    }

    /// The same database with one more parameter.
    #[cfg(test)]
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut url = self.0.clone();
        url.query_pairs_mut().append_pair(name, value);
        Self(url)
    }
}

/// Without password and parameters, which may hold one.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("postgres://")?;
        if !self.0.username().is_empty() {
            write!(f, "{}@", self.0.username())?;
        }
        f.write_str(self.0.host_str().unwrap_or_default())?;
        if let Some(port) = self.0.port() {
            write!(f, ":{port}")?;
        }
        f.write_str(self.0.path())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_shows_no_password() {
        for (text, shown) in [
            (
                "postgres://ada:s3cret@db.example:5433/handover?sslmode=require",
                "postgres://ada@db.example:5433/handover",
            ),
            (
                "postgresql://db.example/handover?user=ada&password=s3cret",
                "postgres://db.example/handover",
            ),
            (
                "postgres:///handover?host=/run/postgresql",
                "postgres:///handover",
            ),
        ] {
            let url = DatabaseUrl::parse(text).expect("an address");
            assert_eq!(format!("{url} {url:?}"), format!("{shown} {shown}"));
        }
    }

    #[test]
    fn what_is_no_address_is_refused_without_being_quoted() {
        for (text, why) in [
            ("s3cret", "not a URL"),
            ("mysql://ada:s3cret@db.example/handover", "postgres://"),
            ("postgres://db.example/a?passwd=s3cret", "passwd is unknown"),
        ] {
            let error = DatabaseUrl::parse(text).expect_err("refused").to_string();
            assert!(error.contains(why) && !error.contains("s3cret"), "{error}");
        }
    }
}
