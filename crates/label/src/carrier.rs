//! What the symbol says about the text that it carries: symbology identifiers (ISO/IEC 15424), such as `]C1`.

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
    pub(crate) fn split<'a>(text: &'a str, identifier: &str) -> (Self, &'a str) {
        if let Some(carrier) = Self::parse(identifier) {
            return (carrier, text);
        }
        let begun = text.get(..3).and_then(Self::parse);
        begun.map_or((Self::Unknown, text), |carrier| (carrier, &text[3..]))
    }
}
