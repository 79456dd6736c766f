//! TLS, by the cloud itself: with certificates of its operator's, or with one that it makes for this machine at the first
//! start.

use std::fmt::Write as _;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use handover_wire::CertificateFault;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CidrSubnet, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    NameConstraints,
};
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
/// When a certificate's time was over that has expired by whatever clock.
const LONG_OVER: OffsetDateTime = OffsetDateTime::UNIX_EPOCH.saturating_add(Duration::days(365));
/// What a certificate of the cloud's own says whose it is.
const OWN_SUBJECT: &str = "Handover cloud, made by itself";
/// And one of those that are wrong on demand.
const WRONG_SUBJECT: &str = "Handover cloud, wrong on demand";
/// Whose another one is.
const ELSEWHERE: &str = "another.example";
/// What tells the authority for tests from the cloud's own certificate, which has the same subject and key.
const AUTHORITY: &[u8] = b"Handover, for tests";
/// What clients are told to trust that are to see of a wrong certificate what is wrong with it, in the cloud's folder.
const FOR_TESTS: &str = "tls-faults-ca.pem";

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
    /// What it shows where that is to go wrong on demand.
    pub(crate) wrong: Option<Wrong>,
}

/// Identities that nobody should believe, for tests.
#[derive(Clone)]
pub(crate) struct Wrong {
    other_name: TlsAcceptor,
    expired: TlsAcceptor,
    unknown_authority: TlsAcceptor,
}

impl Wrong {
    pub(crate) fn acceptor(&self, wrong: CertificateFault) -> &TlsAcceptor {
        match wrong {
            CertificateFault::OtherName => &self.other_name,
            CertificateFault::Expired => &self.expired,
            CertificateFault::UnknownAuthority => &self.unknown_authority,
        }
    }
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
    let certificate = sign(&key, OWN_SUBJECT, names, around(now))?;
    durable::write_private(&files.key, key.serialize_pem().as_bytes())?;
    durable::write_private(&files.certificate, certificate.pem().as_bytes())?;
    Ok(())
}

/// From when to when a certificate holds.
type Holds = (OffsetDateTime, OffsetDateTime);

fn around(now: Time) -> Holds {
    let now = day(now);
    (now - Duration::days(BEHIND), now + Duration::days(DAYS))
}

fn day(now: Time) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(now.0.div_euclid(1_000))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn sign(
    key: &KeyPair,
    subject: &str,
    names: Vec<String>,
    holds: Holds,
) -> Result<Certificate, CertificateError> {
    Ok(of_server(subject, names, holds)?.self_signed(key)?)
}

/// What a certificate of a server says.
fn of_server(
    subject: &str,
    names: Vec<String>,
    (from, until): Holds,
) -> Result<CertificateParams, CertificateError> {
    let mut of = CertificateParams::new(names)?;
    of.distinguished_name = named(subject);
    // Whoever trusts it trusts this cloud, and nothing that it could sign.
    of.is_ca = IsCa::ExplicitNoCa;
    of.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    of.not_before = from;
    of.not_after = until;
    Ok(of)
}

fn named(subject: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, subject);
    name
}

/// An authority with the subject and the key of the cloud's own certificate: whoever trusts either has an anchor for what it signs.
/// Libraries that take no certificate for an authority that says that it is none (OpenSSL) need this one. It signs for the names of this
/// cloud, and for the one of nobody's, and for no others.
fn authority(
    names: &[String],
    (from, until): Holds,
) -> Result<CertificateParams, CertificateError> {
    let mut of = CertificateParams::new(Vec::new())?;
    of.distinguished_name = named(OWN_SUBJECT);
    of.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    of.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    of.key_identifier_method = KeyIdMethod::PreSpecified(AUTHORITY.to_vec());
    let permitted = names.iter().map(String::as_str).chain([ELSEWHERE]);
    of.name_constraints = Some(NameConstraints {
        permitted_subtrees: permitted.map(only).collect(),
        excluded_subtrees: Vec::new(),
    });
    of.not_before = from;
    of.not_after = until;
    Ok(of)
}

/// This name or address alone.
fn only(name: &str) -> GeneralSubtree {
    match name.parse() {
        Ok(IpAddr::V4(address)) => {
            GeneralSubtree::IpAddress(CidrSubnet::V4(address.octets(), [255; 4]))
        }
        Ok(IpAddr::V6(address)) => {
            GeneralSubtree::IpAddress(CidrSubnet::V6(address.octets(), [255; 16]))
        }
        Err(_) => GeneralSubtree::DnsName(name.to_owned()),
    }
}

impl Identity {
    /// The same, able to show others that nobody should believe. With a certificate of the cloud's own, its key signs them: whoever
    /// trusts that one, or the authority for tests beside it (`tls-faults-ca.pem`), sees of each what is wrong with it. With an
    /// operator's, whose signer is not here, all are of an unknown authority.
    pub(crate) fn able_to_be_wrong(
        self,
        folder: &Path,
        names: Vec<String>,
        now: Time,
    ) -> Result<Self, (PathBuf, CertificateError)> {
        let wrong = self.make_wrong(folder, names, now);
        let wrong = wrong.map_err(|error| (self.certificate.clone(), error))?;
        Ok(Self {
            wrong: Some(wrong),
            ..self
        })
    }

    fn make_wrong(
        &self,
        folder: &Path,
        names: Vec<String>,
        now: Time,
    ) -> Result<Wrong, CertificateError> {
        let own = match self.is_own {
            true => {
                let key = std::fs::read_to_string(folder.join("tls-key.pem"))?;
                KeyPair::from_pem(&zeroize::Zeroizing::new(key))?
            }
            false => KeyPair::generate()?,
        };
        let authority = authority(&names, around(now))?;
        if self.is_own {
            let both = [
                std::fs::read_to_string(&self.certificate)?,
                authority.self_signed(&own)?.pem(),
            ];
            durable::write_private(&folder.join(FOR_TESTS), both.concat().as_bytes())?;
        }
        let (known, stranger) = (Issuer::new(authority, own), KeyPair::generate()?);
        let elsewhere = vec![ELSEWHERE.to_owned()];
        let over = (OffsetDateTime::UNIX_EPOCH, LONG_OVER);
        let unknown = sign(
            &stranger,
            "Nobody in particular",
            names.clone(),
            around(now),
        )?;
        Ok(Wrong {
            other_name: wrong_of(&known, elsewhere, around(now))?,
            expired: wrong_of(&known, names, over)?,
            unknown_authority: shows(&stranger, &unknown)?,
        })
    }
}

/// A certificate that is signed by whom clients trust, for these names and that time.
fn wrong_of(
    issuer: &Issuer<'_, KeyPair>,
    names: Vec<String>,
    holds: Holds,
) -> Result<TlsAcceptor, CertificateError> {
    let key = KeyPair::generate()?;
    let mut of = of_server(WRONG_SUBJECT, names, holds)?;
    of.use_authority_key_identifier_extension = true;
    shows(&key, &of.signed_by(&key, issuer)?)
}

fn shows(key: &KeyPair, certificate: &Certificate) -> Result<TlsAcceptor, CertificateError> {
    let chain = vec![certificate.der().clone()];
    let key = PrivateKeyDer::try_from(key.serialize_der());
    let key = key.map_err(|_| CertificateError::Pem { what: "key" })?;
    Ok(acceptor(chain, key)?)
}

fn acceptor(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<TlsAcceptor, rustls::Error> {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn read(files: &CertificateFiles, is_own: bool) -> Result<Identity, (PathBuf, CertificateError)> {
    let chain = chain(&files.certificate).map_err(|error| (files.certificate.clone(), error))?;
    let key = key(&files.key).map_err(|error| (files.key.clone(), error))?;
    let fingerprint = chain.first().map(fingerprint).unwrap_or_default();
    let acceptor = acceptor(chain, key);
    let acceptor = acceptor.map_err(|error| (files.certificate.clone(), error.into()))?;
    Ok(Identity {
        certificate: files.certificate.clone(),
        fingerprint,
        is_own,
        acceptor,
        wrong: None,
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
