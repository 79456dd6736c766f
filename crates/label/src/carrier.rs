//! What the symbol says about the text that it carries: symbology identifiers (ISO/IEC 15424), such as `]C1`.

/// What a symbology identifier tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    /// Nothing that matters here.
    Any,
    /// The text is GS1 element strings.
    Gs1,
    /// The text is an EAN's or UPC's digits.
    Retail,
}

impl Carrier {
    /// Reads an identifier. None where there is no such.
    fn parse(identifier: &str) -> Option<Self> {
        Some(match identifier {
            "]C1" | "]d2" | "]Q3" | "]e0" => Self::Gs1,
            "]E0" | "]E4" => Self::Retail,
            "]C0" | "]d1" | "]Q1" | "]Q0" => Self::Any,
            _ => return None,
        })
    }

    /// Takes the identifier away that a hand-held scanner puts before the text, or takes it from the one given.
    pub(crate) fn split<'a>(text: &'a str, identifier: &str) -> (Self, &'a str) {
        if let Some(carrier) = Self::parse(identifier) {
            return (carrier, text);
        }
        let begun = text.get(..3).and_then(Self::parse);
        begun.map_or((Self::Any, text), |carrier| (carrier, &text[3..]))
    }
}
