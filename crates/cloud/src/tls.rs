//! TLS, by the cloud itself: with certificates of its operator's, or with one that it makes for this machine at the first
//! start.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};
use tokio_rustls::TlsAcceptor;

use crate::clock::Time;
use crate::durable;

/// How long a certificate of the cloud's own holds.
const DAYS: i64 = 3_650;
/// Days that a device's clock may be behind.
const BEHIND: i64 = 400;

/// Where a certificate and its key are.
#[derive(Clone, Debug)]
pub struct CertificateFiles {
    /// The certificate, and those between it and whoever is trusted: PEM.
    pub certificate: PathBuf,
    /// Its key: PEM, PKCS #8, PKCS #1 or SEC 1.
    pub key: PathBuf,
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// There is no certificate or key in it.
    #[error("it holds no {what} in PEM")]
    Pem {
        /// What is missing.
        what: &'static str,
    },
    /// They do not belong together, or are of a kind that is not spoken here.
    #[error("certificate and key cannot be used together: {0}")]
    Unusable(#[from] rustls::Error),
    /// None could be made.
    #[error("none could be made: {0}")]
    Made(#[from] rcgen::Error),
}

/// What the cloud shows of itself over TLS.
#[derive(Clone)]
pub struct Identity {
    /// The file of the certificate: clients that are told to trust it trust this cloud.
    pub certificate: PathBuf,
    /// The SHA-256 digest of the certificate, as tools print it.
    pub fingerprint: String,
    /// Whether the cloud made it for itself.
    pub is_own: bool,
    pub(crate) acceptor: TlsAcceptor,
}

/// Reads the operator's files; without them those of the folder, which are made where there are none, for these names.
pub fn open(
    files: Option<&CertificateFiles>,
    folder: &Path,
    names: Vec<String>,
    now: Time,
) -> Result<Identity, (PathBuf, CertificateError)> {
    let own = CertificateFiles {
        certificate: folder.join("tls-cert.pem"),
        key: folder.join("tls-key.pem"),
    };
    if files.is_none() && !(own.certificate.exists() && own.key.exists()) {
        make(&own, names, now).map_err(|error| (own.certificate.clone(), error))?;
    }
    if files.is_none() {
        // One that came back from a backup may be everybody's to read.
        durable::make_private(&own.key).map_err(|error| (own.key.clone(), error.into()))?;
    }
    read(files.unwrap_or(&own), files.is_none())
}

/// The key first: where there is a certificate there is its key.
fn make(files: &CertificateFiles, names: Vec<String>, now: Time) -> Result<(), CertificateError> {
    let key = KeyPair::generate()?;
    let mut of = CertificateParams::new(names)?;
    of.distinguished_name = DistinguishedName::new();
    of.distinguished_name
        .push(DnType::CommonName, "Handover cloud, made by itself");
    // Whoever trusts it trusts this cloud, and nothing that it could sign.
    of.is_ca = IsCa::ExplicitNoCa;
    of.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = OffsetDateTime::from_unix_timestamp(now.0.div_euclid(1_000))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    of.not_before = now - Duration::days(BEHIND);
    of.not_after = now + Duration::days(DAYS);
    let certificate = of.self_signed(&key)?;
    durable::write_private(&files.key, key.serialize_pem().as_bytes())?;
    durable::write_private(&files.certificate, certificate.pem().as_bytes())?;
    Ok(())
}

fn read(files: &CertificateFiles, is_own: bool) -> Result<Identity, (PathBuf, CertificateError)> {
    let chain = chain(&files.certificate).map_err(|error| (files.certificate.clone(), error))?;
    let key = key(&files.key).map_err(|error| (files.key.clone(), error))?;
    let fingerprint = chain.first().map(fingerprint).unwrap_or_default();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|error| (files.certificate.clone(), error.into()))?;
    Ok(Identity {
        certificate: files.certificate.clone(),
        fingerprint,
        is_own,
        acceptor: TlsAcceptor::from(Arc::new(config)),
    })
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let text = std::fs::read(path)?;
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let all = all.unwrap_or_default();
    match all.is_empty() {
        true => Err(CertificateError::Pem {
            what: "certificate",
        }),
        false => Ok(all),
    }
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, CertificateError> {
    let text = zeroize::Zeroizing::new(std::fs::read(path)?);
    PrivateKeyDer::from_pem_slice(&text).map_err(|_| CertificateError::Pem { what: "key" })
}

fn fingerprint(certificate: &CertificateDer<'static>) -> String {
    let mut shown = String::new();
    for (index, byte) in Sha256::digest(certificate).iter().enumerate() {
        let colon = if index == 0 { "" } else { ":" };
        // A text takes whatever is written to it.
        let _ = write!(shown, "{colon}{byte:02X}");
    }
    shown
}
