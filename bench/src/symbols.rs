//! Generated labels of every symbology that is read, one in each picture: what is read, what is wrong, and what is told twice?

use handover_hostile::Random;
use handover_scan::{Picture, Symbology};

use crate::cartons::Carton;
use crate::options::Scan;
use crate::peers::modules;

/// How many labels of each kind, of each size and shown in each way.
const LABELS: u32 = 50;

/// Pixels for a module.
const MODULES: [u32; 3] = [2, 3, 4];

/// What is drawn where no other seed is asked for.
const SEED: u64 = 11;

/// Draws a text that a symbol of a kind can say.
type Draw = fn(&mut Random) -> String;

/// What is drawn, with what it says.
const KINDS: [(Symbology, Draw); 8] = [
    (Symbology::Qr, serial),
    (Symbology::MicroQr, |random| any_of(SERIAL, 4..=13, random)),
    (Symbology::DataMatrix, serial),
    (Symbology::Code128, |random| match random.next(2) {
        0 => any_of(PRINTABLE, 4..=16, random),
        _ => any_of(DIGITS, 6..=20, random),
    }),
    (Symbology::Ean13, |random| {
        checked(any_of(b"123456789", 1..=1, random) + &digits(11, random))
    }),
    (Symbology::Ean8, |random| checked(digits(7, random))),
    (Symbology::UpcA, |random| checked(digits(11, random))),
    (Symbology::UpcE, |random| {
        compressed(digits(1, random).replace(|digit| digit > '1', "0"), random)
    }),
];

const DIGITS: &[u8] = b"0123456789";
const SERIAL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-./";
const PRINTABLE: &[u8] =
    b" !#$%&()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

/// How a label is shown.
#[derive(Clone, Copy, PartialEq)]
enum Look {
    /// Every module of whole pixels, black on white.
    Clean,
    /// Between the pixels, grey, and with a little noise.
    Grey,
}

/// The labels, one in each picture. None without the decoder that draws them.
pub fn labels(options: &Scan) -> impl Iterator<Item = Carton> {
    let seed = options.seed.unwrap_or(SEED);
    let of_kind = move |(symbology, text): (Symbology, fn(&mut Random) -> String)| {
        let of_size = move |module: u32| {
            let of_look = move |(look, name): (Look, &'static str)| {
                let mut random = Random::new(seed + u64::from(module));
                (0..LABELS).filter_map(move |_| {
                    let text = text(&mut random);
                    Some(Carton {
                        name: format!("{} of {module} pixels, {name}", symbology.name()),
                        picture: draw(&modules(symbology, &text)?, module, look, &mut random),
                        texts: [text].into(),
                    })
                })
            };
            [(Look::Clean, "clean"), (Look::Grey, "grey")]
                .into_iter()
                .flat_map(of_look)
        };
        MODULES.into_iter().flat_map(of_size)
    };
    KINDS.into_iter().flat_map(of_kind)
}

fn any_of(letters: &[u8], count: std::ops::RangeInclusive<u32>, random: &mut Random) -> String {
    let (least, most) = count.into_inner();
    let count = least + random.next(most - least + 1);
    let letter = |_| char::from(letters[random.next(letters.len() as u32) as usize]);
    (0..count).map(letter).collect()
}

fn digits(count: u32, random: &mut Random) -> String {
    any_of(DIGITS, count..=count, random)
}

fn serial(random: &mut Random) -> String {
    any_of(SERIAL, 4..=32, random)
}

/// With the check digit of EAN and UPC behind it (GS1 General Specifications, 7.9).
fn checked(digits: String) -> String {
    let weighted = digits.bytes().rev().zip([3, 1].into_iter().cycle());
    let sum: u32 = weighted
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// A UPC-E of this number system: its check digit is that of the UPC-A that it stands for, which its last digit tells how to
/// write out.
fn compressed(system: String, random: &mut Random) -> String {
    let six = digits(6, random);
    let (head, last) = six.split_at(5);
    let whole = match last {
        "0" | "1" | "2" => format!("{}{last}0000{}", &head[..2], &head[2..]),
        "3" => format!("{}00000{}", &head[..3], &head[3..]),
        "4" => format!("{}00000{}", &head[..4], &head[4..]),
        _ => format!("{head}0000{last}"),
    };
    let check = checked(format!("{system}{whole}")).split_off(11);
    format!("{system}{six}{check}")
}

/// White paper with the symbol in it, whose quiet zones are those of its standard and somewhat more.
fn draw(symbol: &[Vec<bool>], module: u32, look: Look, random: &mut Random) -> Picture {
    /// Modules beside the symbol.
    const RIM: f32 = 12.0;
    /// Parts of a pixel, to a side.
    const PARTS: u32 = 4;
    let columns = symbol[0].len();
    // Of bars in modules: as low as on a small label, and as high as on a carton.
    let height = if symbol.len() == 1 {
        (15 + random.next(105)) as f32
    } else {
        1.0
    };
    let size = module as f32;
    let pixels = |modules: f32| (size * (modules + 2.0 * RIM)).ceil() as u32;
    let (width, rows) = (pixels(columns as f32), pixels(symbol.len() as f32 * height));
    let mut part = || random.next(1000) as f32 / 1000.0;
    let (ink, paper, rim) = match look {
        Look::Clean => (0.0, 255.0, [RIM * size; 2]),
        Look::Grey => (
            20.0 + 60.0 * part(),
            150.0 + 90.0 * part(),
            [RIM * size + part(), RIM * size + part()],
        ),
    };
    let is_dark = |x: f32, y: f32| {
        let (x, y) = ((x - rim[0]) / size, (y - rim[1]) / size / height);
        let row = (y >= 0.0).then(|| symbol.get(y as usize)).flatten();
        x >= 0.0 && row.is_some_and(|row| row.get(x as usize).copied().unwrap_or(false))
    };
    let mut grey = Vec::with_capacity((width * rows) as usize);
    for (y, x) in (0..rows).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let at = |pixel: u32, part: u32| pixel as f32 + (part as f32 + 0.5) / PARTS as f32;
        let dark =
            (0..PARTS * PARTS).filter(|part| is_dark(at(x, part % PARTS), at(y, part / PARTS)));
        let dark = dark.count() as f32 / (PARTS * PARTS) as f32;
        let noise = if look == Look::Grey {
            random.next(9) as f32 - 4.0
        } else {
            0.0
        };
        grey.push((paper + (ink - paper) * dark + noise) as u8);
    }
    Picture {
        width,
        height: rows,
        grey,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_the_standard() {
        assert_eq!(checked("590123412345".into()), "5901234123457");
        assert_eq!(checked("9638507".into()), "96385074");
        for seed in 0..50 {
            let text = compressed("0".into(), &mut Random::new(seed));
            assert_eq!(text.len(), 8);
        }
    }

    #[test]
    fn a_symbol_is_drawn_with_modules_of_so_many_pixels() {
        let symbol = [vec![true, false], vec![false, true]];
        let picture = draw(&symbol, 3, Look::Clean, &mut Random::new(1));
        assert_eq!((picture.width, picture.height), (78, 78));
        let at = |x: usize, y: usize| picture.grey[y * 78 + x];
        assert_eq!(
            [at(36, 36), at(38, 38), at(39, 38), at(39, 39), at(35, 36)],
            [0, 0, 255, 0, 255]
        );
    }
}
