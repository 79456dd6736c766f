//! Numbers as devices write them into bytes.

use serde::Deserialize;

/// How a number stands in a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberType {
    /// One byte.
    U8,
    /// One byte with a sign.
    I8,
    /// Two bytes, the higher one first.
    U16be,
    /// Two bytes, the lower one first.
    U16le,
    /// Two bytes with a sign, the higher one first.
    I16be,
    /// Two bytes with a sign, the lower one first.
    I16le,
    /// Three bytes, the highest one first.
    U24be,
    /// Three bytes, the lowest one first.
    U24le,
    /// Three bytes with a sign, the highest one first.
    I24be,
    /// Three bytes with a sign, the lowest one first.
    I24le,
    /// Four bytes, the highest one first.
    U32be,
    /// Four bytes, the lowest one first.
    U32le,
    /// Four bytes with a sign, the highest one first.
    I32be,
    /// Four bytes with a sign, the lowest one first.
    I32le,
    /// IEEE 754 in four bytes, the highest one first.
    F32be,
    /// IEEE 754 in four bytes, the lowest one first.
    F32le,
    /// IEEE 754 in eight bytes, the highest one first.
    F64be,
    /// IEEE 754 in eight bytes, the lowest one first.
    F64le,
}

/// What a number is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unsigned,
    Signed,
    Float,
}

impl NumberType {
    fn parts(self) -> (Kind, usize, bool) {
        use Kind::{Float, Signed, Unsigned};
        match self {
            Self::U8 => (Unsigned, 1, false),
            Self::I8 => (Signed, 1, false),
            Self::U16be => (Unsigned, 2, false),
            Self::U16le => (Unsigned, 2, true),
            Self::I16be => (Signed, 2, false),
            Self::I16le => (Signed, 2, true),
            Self::U24be => (Unsigned, 3, false),
            Self::U24le => (Unsigned, 3, true),
            Self::I24be => (Signed, 3, false),
            Self::I24le => (Signed, 3, true),
            Self::U32be => (Unsigned, 4, false),
            Self::U32le => (Unsigned, 4, true),
            Self::I32be => (Signed, 4, false),
            Self::I32le => (Signed, 4, true),
            Self::F32be => (Float, 4, false),
            Self::F32le => (Float, 4, true),
            Self::F64be => (Float, 8, false),
            Self::F64le => (Float, 8, true),
        }
    }

    /// Its bytes.
    pub fn length(self) -> usize {
        self.parts().1
    }

    /// Whether it has bits that stand for something by themselves.
    pub fn has_bits(self) -> bool {
        self.parts().0 == Kind::Unsigned
    }

    /// The number that begins there. None where the payload ends before it does.
    pub fn read(self, payload: &[u8], at: usize) -> Option<f64> {
        let (kind, length, is_little) = self.parts();
        let bytes = payload.get(at..at.checked_add(length)?)?;
        let mut wide = [0; 8];
        let (_, low) = wide.split_at_mut(8 - length);
        low.copy_from_slice(bytes);
        if is_little {
            low.reverse();
        }
        let raw = u64::from_be_bytes(wide);
        Some(match (kind, length) {
            (Kind::Float, 4) => f64::from(f32::from_bits(u32::try_from(raw).ok()?)),
            (Kind::Float, _) => f64::from_bits(raw),
            // Four bytes at the most, which such a number holds exactly.
            (Kind::Unsigned, _) => f64::from(u32::try_from(raw).ok()?),
            (Kind::Signed, _) => {
                let unused = 64 - 8 * u32::try_from(length).ok()?;
                let signed = raw.cast_signed() << unused >> unused;
                f64::from(i32::try_from(signed).ok()?)
            }
        })
    }

    /// The number as bytes. None where it does not fit; what is no whole number becomes the nearest one.
    pub fn write(self, number: f64) -> Option<Vec<u8>> {
        let (kind, length, is_little) = self.parts();
        let bits = 8 * u32::try_from(length).ok()?;
        let whole = number.round();
        let raw = match (kind, length) {
            (Kind::Float, 4) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "that is what this type holds"
                )]
                let short = number as f32;
                short.is_finite().then_some(short.to_bits().into())?
            }
            (Kind::Float, _) => number.to_bits(),
            (Kind::Unsigned, _) => {
                let most = f64::from(u32::MAX >> (32 - bits));
                (0.0..=most).contains(&whole).then_some(())?;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "it is whole, and within these bounds"
                )]
                let raw = whole as u64;
                raw
            }
            (Kind::Signed, _) => {
                let most = f64::from(i32::MAX >> (32 - bits));
                (-most - 1.0..=most).contains(&whole).then_some(())?;
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "it is whole, and within these bounds"
                )]
                let raw = whole as i64;
                raw.cast_unsigned()
            }
        };
        let mut bytes = raw.to_be_bytes()[8 - length..].to_vec();
        if is_little {
            bytes.reverse();
        }
        Some(bytes)
    }
}

/// Bytes that are written as hexadecimal digits; blanks between them are passed over. None where it is something else.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|character| !character.is_ascii_whitespace())
        .map(|character| character.to_digit(16))
        .collect::<Option<_>>()?;
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    });
    pairs.collect()
}

/// The same in the other direction.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
