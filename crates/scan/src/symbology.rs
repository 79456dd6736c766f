//! The kinds of symbols that are read.

use serde::{Serialize, Serializer};

/// A kind of symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Symbology {
    /// QR code, model 2 (ISO/IEC 18004).
    Qr,
    /// Micro QR code (ISO/IEC 18004).
    MicroQr,
    /// Data Matrix ECC 200 (ISO/IEC 16022).
    DataMatrix,
    /// Code 128 (ISO/IEC 15417).
    Code128,
    /// EAN-13 (ISO/IEC 15420): 13 digits.
    Ean13,
    /// EAN-8 (ISO/IEC 15420): 8 digits.
    Ean8,
    /// UPC-A (ISO/IEC 15420): 12 digits; the EAN-13 that begins with 0.
    UpcA,
    /// UPC-E (ISO/IEC 15420): a UPC-A with zeros left out, 8 digits.
    UpcE,
}

impl Symbology {
    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Qr => "qr",
            Self::MicroQr => "micro_qr",
            Self::DataMatrix => "data_matrix",
            Self::Code128 => "code_128",
            Self::Ean13 => "ean_13",
            Self::Ean8 => "ean_8",
            Self::UpcA => "upc_a",
            Self::UpcE => "upc_e",
        }
    }

    /// The symbology identifier (ISO/IEC 15424) of such a symbol, with GS1 element strings in it or without.
    #[must_use]
    pub fn identifier(self, gs1: bool) -> &'static str {
        match (self, gs1) {
            (Self::Qr | Self::MicroQr, false) => "]Q1",
            (Self::Qr | Self::MicroQr, true) => "]Q3",
            (Self::DataMatrix, false) => "]d1",
            (Self::DataMatrix, true) => "]d2",
            (Self::Code128, false) => "]C0",
            (Self::Code128, true) => "]C1",
            (Self::Ean13 | Self::UpcA | Self::UpcE, _) => "]E0",
            (Self::Ean8, _) => "]E4",
        }
    }
}

impl Serialize for Symbology {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
