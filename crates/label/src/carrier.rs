//! What the symbol says about the text that it carries: symbology identifiers (ISO/IEC 15424), such as `]C1`.

/// What a scanner tells of a symbol.
///
/// It may be a secret, so it has no `Debug`.
#[derive(Clone, Copy)]
pub struct Scanned<'a> {
    /// What it says, as text.
    pub text: &'a str,
    /// The same as the bytes that were encoded; empty where they are not known.
    pub raw: &'a [u8],
    /// The symbology identifier (ISO/IEC 15424, such as `]C1`). One that is not known, or none, settles nothing.
    pub identifier: &'a str,
    /// Whether it is one part of a text that is spread over several symbols (structured append). Nothing can be claimed with
    /// such a part.
    pub is_part: bool,
}

impl<'a> Scanned<'a> {
    /// A text of which nothing else is known.
    #[must_use]
    pub fn typed(text: &'a str) -> Self {
        Self {
            text,
            raw: &[],
            identifier: "",
            is_part: false,
        }
    }

    /// What it says without what stands around it: a byte order mark, and blanks.
    fn trimmed(&self) -> &'a str {
        self.text.trim_start_matches('\u{feff}').trim()
    }

    /// Element strings as GS1 means them. They are ASCII, whatever character set the symbol states (GS1 General
    /// Specifications, section 7.11), so the bytes are asked first.
    fn element_strings(&self) -> &'a str {
        match str::from_utf8(self.raw) {
            Ok(raw) if !raw.is_empty() && raw.is_ascii() => raw.trim(),
            _ => self.trimmed(),
        }
    }
}

/// What a symbology identifier tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// No identifier: a text that was typed, or of which only the text is known.
    Unknown,
    /// Another symbol than those below: whatever its digits look like, it is no retail barcode.
    Other,
    /// The text is GS1 element strings.
    Gs1,
    /// The text is the digits of an EAN-13, a UPC-A or a UPC-E.
    Retail,
    /// The text is the digits of an EAN-8, which a UPC-E has as many of.
    Ean8,
}

impl Carrier {
    /// Reads an identifier. None where there is no such.
    fn parse(identifier: &str) -> Option<Self> {
        Some(match identifier {
            "]C1" | "]d2" | "]Q3" | "]e0" => Self::Gs1,
            "]E0" => Self::Retail,
            "]E4" => Self::Ean8,
            "]C0" | "]d1" | "]Q1" | "]Q0" => Self::Other,
            _ => return None,
        })
    }

    /// What the identifier says and the text; without a known one, what the text itself begins with says, as hand-held
    /// scanners send it, and the text behind that.
    pub(crate) fn split<'a>(scanned: &Scanned<'a>) -> (Self, &'a str) {
        let text = scanned.trimmed();
        match Self::parse(scanned.identifier) {
            Some(Self::Gs1) => return (Self::Gs1, scanned.element_strings()),
            Some(carrier) => return (carrier, text),
            None => {}
        }
        let begun = text.get(..3).and_then(Self::parse);
        begun.map_or((Self::Unknown, text), |carrier| (carrier, &text[3..]))
    }
}
