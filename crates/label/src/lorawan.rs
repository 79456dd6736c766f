//! LoRaWAN device labels by the LoRa Alliance's TR005, version 1.
//!
//! `LW:D0:JoinEUI:DevEUI:ProfileID` and extensions, in any order: `O` the owner token, `S` a serial number, `P`
//! proprietary data, `C` a checksum over all before `:C`. Unknown extensions are skipped. The DevEUI names the device.

use std::fmt::{self, Write as _};

use crate::claim::IdentifierKind;
use crate::crc::crc16_modbus;
use crate::eui::{Eui64, parse_hex};
use crate::mask::mask;
use crate::reading::{Fit, Found};
use crate::secret::SecretText;

const PREFIX: &str = "LW:D0:";
/// JoinEUI, DevEUI and ProfileID with the colons between them.
const MANDATORY_LENGTH: usize = 16 + 1 + 16 + 1 + 8;

/// A LoRaWAN device's label. Its `Debug` shows no extension: the owner token is a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LorawanLabel {
    /// The join server's EUI.
    pub join_eui: Eui64,
    /// The device's EUI.
    pub dev_eui: Eui64,
    /// The vendor's id (two bytes, given by the LoRa Alliance) and the vendor's own id of the profile.
    pub profile_id: [u8; 4],
    /// `O`: the token that proves ownership.
    pub owner_token: Option<Extension>,
    /// `S`: the serial number.
    pub serial: Option<Extension>,
    /// `P`: whatever the vendor likes.
    pub proprietary: Option<Extension>,
}

/// The content of an extension: graphic ASCII characters without `:`, at least one. It prints as `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Extension(SecretText);

impl Extension {
    /// Takes a text. None where a label could not hold it.
    pub fn new(text: &str) -> Option<Self> {
        let fits = |byte: u8| (byte.is_ascii_graphic() || byte == b' ') && byte != b':';
        (!text.is_empty() && text.bytes().all(fits)).then(|| Self(SecretText::new(text)))
    }

    /// The content. An owner token's is never for a log.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a text that starts like a LoRaWAN label is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LorawanError {
    /// The text is something else.
    #[error("It does not start with LW:D0:.")]
    Prefix,
    /// The JoinEUI is malformed.
    #[error("The JoinEUI, the third field, is not 16 hex digits.")]
    JoinEui,
    /// The DevEUI is malformed.
    #[error("The DevEUI, the fourth field, is not 16 hex digits.")]
    DevEui,
    /// The profile is malformed.
    #[error("The ProfileID, the fifth field, is not 8 hex digits.")]
    ProfileId,
    /// An extension is empty, or has characters that labels do not have.
    #[error("One of the extensions is empty or has a character that labels do not have.")]
    Extension,
    /// An extension is there twice.
    #[error("The extension {0} is there twice.")]
    Repeated(char),
    /// The checksum is not 4 hex digits.
    #[error("The checksum after C is not 4 hex digits.")]
    ChecksumForm,
    /// The checksum does not fit.
    #[error("The checksum does not fit: a character was misread or mistyped.")]
    Checksum,
}

/// A label that was read, and whether it carried a checksum.
#[derive(Debug, PartialEq, Eq)]
struct Parsed {
    label: LorawanLabel,
    checksum: bool,
}

impl LorawanLabel {
    /// Reads a label. The prefix is upper case, hex digits may be either.
    ///
    /// # Errors
    /// Says which field is wrong, or that the checksum is.
    pub fn parse(text: &str) -> Result<Self, LorawanError> {
        parse(text).map(|parsed| parsed.label)
    }

    /// Prints the label with its checksum.
    pub fn print(&self) -> String {
        let mut text = format!("{PREFIX}{}:{}:", self.join_eui, self.dev_eui);
        push_hex(&mut text, &self.profile_id);
        let extensions = [
            ('O', &self.owner_token),
            ('S', &self.serial),
            ('P', &self.proprietary),
        ];
        for (letter, extension) in extensions {
            if let Some(extension) = extension {
                text.extend([':', letter]);
                text.push_str(extension.expose());
            }
        }
        let checksum = crc16_modbus(text.as_bytes());
        text.push_str(":C");
        push_hex(&mut text, &checksum.to_be_bytes());
        text
    }
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        write!(text, "{byte:02X}").expect("writing to a String does not fail");
    }
}

fn parse(text: &str) -> Result<Parsed, LorawanError> {
    let fields = text.strip_prefix(PREFIX).ok_or(LorawanError::Prefix)?;
    let mut fields = fields.split(':');
    let mut field = || fields.next().unwrap_or_default();
    let mut label = LorawanLabel {
        join_eui: Eui64(parse_hex(field()).ok_or(LorawanError::JoinEui)?),
        dev_eui: Eui64(parse_hex(field()).ok_or(LorawanError::DevEui)?),
        profile_id: parse_hex(field()).ok_or(LorawanError::ProfileId)?,
        owner_token: None,
        serial: None,
        proprietary: None,
    };
    let mut checksum = None;
    let mut before = PREFIX.len() + MANDATORY_LENGTH;
    for extension in fields {
        let letter = extension.chars().next().ok_or(LorawanError::Extension)?;
        let content = &extension[letter.len_utf8()..];
        match letter {
            'O' => set(&mut label.owner_token, letter, content)?,
            'S' => set(&mut label.serial, letter, content)?,
            'P' => set(&mut label.proprietary, letter, content)?,
            'C' if checksum.is_some() => return Err(LorawanError::Repeated('C')),
            'C' => checksum = Some((&text[..before], content)),
            _ => {}
        }
        before += ":".len() + extension.len();
    }
    if let Some((before, written)) = checksum {
        let written = parse_hex(written).ok_or(LorawanError::ChecksumForm)?;
        if u16::from_be_bytes(written) != crc16_modbus(before.as_bytes()) {
            return Err(LorawanError::Checksum);
        }
    }
    let checksum = checksum.is_some();
    Ok(Parsed { label, checksum })
}

fn set(slot: &mut Option<Extension>, letter: char, content: &str) -> Result<(), LorawanError> {
    let content = Extension::new(content).ok_or(LorawanError::Extension)?;
    match slot.replace(content) {
        None => Ok(()),
        Some(_) => Err(LorawanError::Repeated(letter)),
    }
}

pub(crate) fn read(text: &str) -> Option<Found> {
    let Parsed { label, checksum } = match parse(text) {
        Ok(parsed) => parsed,
        Err(LorawanError::Prefix) => return None,
        Err(error) => {
            let reason = "It starts with LW:D0:, like a LoRaWAN device's label.";
            return Some(Found::wrong(Fit::Certain, error, reason));
        }
    };
    let reason = if checksum {
        "It is a LoRaWAN device's label (TR005), and its checksum is right."
    } else {
        "It is a LoRaWAN device's label (TR005). It has no checksum."
    };
    let dev_eui = label.dev_eui.to_string();
    let kind = IdentifierKind::Eui64;
    let mut found = Found::identifier(Fit::Certain, kind, dev_eui.clone(), reason)
        .checked_if(checksum)
        .with("dev_eui", dev_eui)
        .with("join_eui", label.join_eui.to_string());
    let mut profile = String::new();
    push_hex(&mut profile, &label.profile_id);
    found = found
        .with("vendor_id", profile[..4].to_owned())
        .with("profile_id", profile);
    if let Some(owner_token) = &label.owner_token {
        found = found.with("owner_token", mask(owner_token.expose()));
    }
    if let Some(serial) = &label.serial {
        found = found.with("serial", serial.expose().to_owned());
    }
    if let Some(proprietary) = &label.proprietary {
        found = found.with("proprietary", mask(proprietary.expose()));
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLAIN: &str = "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122";
    const PUBLISHED: &str =
        "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR:CAF2C";

    #[test]
    fn every_field_is_checked() {
        use LorawanError::{
            Checksum, ChecksumForm, DevEui, Extension, JoinEui, Prefix, ProfileId, Repeated,
        };
        let with = |extensions: &str| format!("{PLAIN}{extensions}");
        let rows = [
            (PUBLISHED.to_owned(), Ok(true)),
            (PUBLISHED.replace("CAF2C", "Caf2c"), Ok(true)),
            (with(""), Ok(false)),
            (with(":PFOOBAR:OAABBCC:S1"), Ok(false)),
            (with(":Xunknown:SN1:Yéà"), Ok(false)),
            (PUBLISHED.replace("LW:D0", "lw:d0"), Err(Prefix)),
            (PUBLISHED.replace("LW:D0", "LW:D1"), Err(Prefix)),
            ("LW:D0:".to_owned(), Err(JoinEui)),
            (
                PUBLISHED.replace("1122334455667788", "112233445566778"),
                Err(JoinEui),
            ),
            (PUBLISHED.replace("EEFF0011", "EEFG0011"), Err(DevEui)),
            (PUBLISHED.replace(":AABB1122", ":AABB112"), Err(ProfileId)),
            (PUBLISHED.replace(":AABB1122", ":AABB11223"), Err(ProfileId)),
            (with(":"), Err(Extension)),
            (with(":O"), Err(Extension)),
            (with(":S\u{7f}"), Err(Extension)),
            (with(":S1:S2"), Err(Repeated('S'))),
            (with(":C0000:C0000"), Err(Repeated('C'))),
            (with(":CAF2"), Err(ChecksumForm)),
            (with(":CAF2CC"), Err(ChecksumForm)),
            (PUBLISHED.replace("FOOBAR", "FOOBAZ"), Err(Checksum)),
            (PUBLISHED.replace("AF2C", "AF2D"), Err(Checksum)),
        ];
        for (text, expected) in rows {
            let parsed = parse(&text).map(|parsed| parsed.checksum);
            assert_eq!(parsed, expected, "{text}");
        }
    }

    #[test]
    fn the_published_example_is_printed_as_it_was_read() {
        let label = LorawanLabel::parse(PUBLISHED).expect("a good label");
        assert_eq!(label.print(), PUBLISHED);
        assert!(!format!("{label:?}").contains("AABBCCDDEEFF\""));
    }

    fn extension() -> impl Strategy<Value = Option<Extension>> {
        prop::option::of("[ -9;-~]{1,20}".prop_map(|text| Extension::new(&text).expect("it fits")))
    }

    proptest! {
        #[test]
        fn printed_labels_are_read_back(
            euis: ([u8; 8], [u8; 8]), profile_id: [u8; 4],
            owner_token in extension(), serial in extension(), proprietary in extension(),
        ) {
            let label = LorawanLabel {
                join_eui: Eui64(euis.0),
                dev_eui: Eui64(euis.1),
                profile_id,
                owner_token,
                serial,
                proprietary,
            };
            let parsed = parse(&label.print());
            prop_assert_eq!(parsed, Ok(Parsed { label, checksum: true }));
        }
    }
}
