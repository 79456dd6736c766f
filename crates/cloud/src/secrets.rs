//! The key outside the database: secrets are found by keyed digest and kept encrypted.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use handover_wire::Secret;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::durable;
use crate::entropy::{self, Entropy};

/// Bytes of a nonce of XChaCha20-Poly1305; long enough to be drawn at random.
const NONCE: usize = 24;

/// What a secret is for. The same text gives another digest for another purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The `Authorization: Bearer` of a session.
    AccessToken,
    /// Renews a session once.
    RefreshToken,
    /// A machine's secret for `client_credentials`.
    ClientSecret,
    /// A device's credential.
    AuthToken,
    /// A label's secret.
    QrToken,
    /// What stands beside a device's identifier.
    ClaimCode,
    /// What a device without a token made by itself.
    DeviceSecret,
    /// The four digits that a device and its owner's page show.
    DeviceCheck,
    /// What a machine is told from others by.
    PinFingerprint,
    /// The one-time link of the first start.
    SetupCode,
    /// What is counted for a limit.
    Counted,
    /// A mailed link.
    OneTimeLink,
    /// The link to a file that a device uploaded.
    FileLink,
    /// Tells whether a repeated claim is the same request.
    ClaimRequest,
    /// The answer to a release, which has the device's new label.
    ReleaseAnswer,
    /// The label that was in hand when an account was asked for.
    HeldLabel,
    /// What a mail says and to whom.
    Mail,
    /// A place in the audit's chain.
    AuditLink,
    /// Where the audit's chain ends.
    AuditEnd,
    /// Tells whether key and database belong together.
    KeyCheck,
}

impl Purpose {
    fn tag(self) -> &'static [u8] {
        match self {
            Purpose::AccessToken => b"access token",
            Purpose::RefreshToken => b"refresh token",
            Purpose::ClientSecret => b"client secret",
            Purpose::AuthToken => b"auth token",
            Purpose::QrToken => b"qr token",
            Purpose::ClaimCode => b"claim code",
            Purpose::DeviceSecret => b"device secret",
            Purpose::DeviceCheck => b"device check",
            Purpose::PinFingerprint => b"pin fingerprint",
            Purpose::SetupCode => b"setup code",
            Purpose::Counted => b"counted",
            Purpose::OneTimeLink => b"one-time link",
            Purpose::FileLink => b"file link",
            Purpose::ClaimRequest => b"claim request",
            Purpose::ReleaseAnswer => b"release answer",
            Purpose::HeldLabel => b"held label",
            Purpose::Mail => b"mail",
            Purpose::AuditLink => b"audit link",
            Purpose::AuditEnd => b"audit end",
            Purpose::KeyCheck => b"key check",
        }
    }
}

/// HMAC-SHA256 of a secret: finds it, and says nothing about it without the key.
pub type Digest = [u8; 32];

/// A secret as the database has it.
#[derive(Clone)]
pub struct Kept {
    /// What it is found by.
    pub digest: Digest,
    /// The secret itself, encrypted.
    pub sealed: Vec<u8>,
}

impl Kept {
    /// The same without the secret: it was shown, and is found alone.
    #[must_use]
    pub fn shown_once(&self) -> Self {
        Self {
            digest: self.digest,
            sealed: Vec::new(),
        }
    }
}

/// Why a sealed secret could not be read.
#[derive(Debug, thiserror::Error)]
#[error("a stored secret cannot be decrypted: it was changed, or sealed with another key")]
pub struct Unsealable;

/// The two keys that the key file gives.
pub struct Keys {
    digests: Zeroizing<Digest>,
    cipher: XChaCha20Poly1305,
}

impl Keys {
    /// Derives both keys from the key file's bytes.
    pub fn new(master: &[u8; 32]) -> Self {
        let sealing = Zeroizing::new(hmac(master, &[b"handover sealing 1"]));
        Self {
            digests: Zeroizing::new(hmac(master, &[b"handover digests 1"])),
            cipher: XChaCha20Poly1305::new(&Key::from(*sealing)),
        }
    }

    /// What a secret is found by.
    pub fn digest(&self, purpose: Purpose, secret: impl AsRef<[u8]>) -> Digest {
        hmac(&self.digests, &[purpose.tag(), b"\0", secret.as_ref()])
    }

    /// Encrypts a secret for the database, bound to its purpose.
    pub fn seal(&self, purpose: Purpose, secret: &str, entropy: &dyn Entropy) -> Vec<u8> {
        let nonce = entropy::bytes::<NONCE>(entropy);
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: purpose.tag(),
        };
        let sealed = self
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a token is far below the cipher's limit of 256 GiB");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Both forms in which the database has a secret.
    pub fn keep(&self, purpose: Purpose, secret: &str, entropy: &dyn Entropy) -> Kept {
        Kept {
            digest: self.digest(purpose, secret),
            sealed: self.seal(purpose, secret, entropy),
        }
    }

    /// Decrypts what is kept; none of a secret that was shown once and is known by its digest alone.
    pub fn open_kept(&self, purpose: Purpose, sealed: &[u8]) -> Result<Option<Secret>, Unsealable> {
        match sealed {
            [] => Ok(None),
            sealed => self.open(purpose, sealed).map(Some),
        }
    }

    /// Decrypts what `seal` gave.
    pub fn open(&self, purpose: Purpose, sealed: &[u8]) -> Result<Secret, Unsealable> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Unsealable)?;
        let payload = Payload {
            msg: sealed,
            aad: purpose.tag(),
        };
        let plain = self
            .cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| Unsealable)?;
        String::from_utf8(plain)
            .map(Secret::new)
            .map_err(|_| Unsealable)
    }
}

fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> Digest {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file could not be read or written.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The file holds something else.
    #[error("it does not hold a key of 32 bytes in base64")]
    Malformed,
}

/// Reads the key file. `None` where there is no such file.
pub fn read_key(path: &Path) -> Result<Option<Keys>, KeyFileError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    durable::make_private(path)?;
    let bytes = Zeroizing::new(
        STANDARD
            .decode(text.trim())
            .map_err(|_| KeyFileError::Malformed)?,
    );
    let master = <&[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| KeyFileError::Malformed)?;
    Ok(Some(Keys::new(master)))
}

/// Makes a new key and its file.
pub fn create_key(path: &Path, entropy: &dyn Entropy) -> Result<Keys, KeyFileError> {
    let master = Zeroizing::new(entropy::bytes::<32>(entropy));
    let mut text = Zeroizing::new(Vec::with_capacity(48));
    writeln!(&mut *text, "{}", STANDARD.encode(*master))?;
    durable::write_private(path, &text)?;
    Ok(Keys::new(&master))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_alone() {
        let keys = Keys::new(&[7; 32]);
        let sealed = keys.seal(Purpose::QrToken, "sqr_x", &SystemEntropy);
        assert!(!sealed.windows(5).any(|window| window == b"sqr_x"));
        let opened = keys.open(Purpose::QrToken, &sealed).expect("opens");
        assert_eq!(opened.expose(), "sqr_x");
        assert!(keys.open(Purpose::AuthToken, &sealed).is_err());
        assert!(Keys::new(&[8; 32]).open(Purpose::QrToken, &sealed).is_err());
        assert!(keys.open(Purpose::QrToken, &sealed[..10]).is_err());
    }

    #[test]
    fn a_digest_depends_on_key_purpose_and_text() {
        let keys = Keys::new(&[7; 32]);
        let digest = keys.digest(Purpose::QrToken, "a");
        assert_eq!(digest, keys.digest(Purpose::QrToken, "a"));
        assert_ne!(digest, keys.digest(Purpose::QrToken, "b"));
        assert_ne!(digest, keys.digest(Purpose::AuthToken, "a"));
        assert_ne!(digest, Keys::new(&[8; 32]).digest(Purpose::QrToken, "a"));
    }

    #[test]
    fn the_key_file_is_private_and_gives_the_same_key_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        assert!(read_key(&path).expect("no file is no error").is_none());
        let made = create_key(&path, &SystemEntropy).expect("a key");
        let read = read_key(&path).expect("readable").expect("there");
        assert_eq!(
            made.digest(Purpose::KeyCheck, "x"),
            read.digest(Purpose::KeyCheck, "x")
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).expect("metadata").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::write(&path, "not a key").expect("written");
        assert!(matches!(read_key(&path), Err(KeyFileError::Malformed)));
    }
}
