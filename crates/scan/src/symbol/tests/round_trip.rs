use fast_qr::{ECL, QRBuilder};
use proptest::prelude::*;
use qrcodegen::{Mask, QrCode, QrSegment, Version};

use super::super::blocks::Blocks;
use super::super::layout::{Layout, side};
use super::super::{Modules, alignment_positions, fixed, read, remake};
use super::{LEVELS, Numbers, certain, ecc, modules, sampled};

#[test]
fn every_version_level_and_mask_is_read_and_remade() {
    for version in 1..=40 {
        for level in LEVELS {
            for mask in 0..8 {
                let what = (version, level, mask);
                let text = format!("{}", u32::from(version) * 100 + u32::from(mask));
                let code = QrCode::encode_segments_advanced(
                    &QrSegment::make_segments(&text),
                    ecc(level),
                    Version::new(version),
                    Version::new(version),
                    Some(Mask::new(mask)),
                    false,
                )
                .expect("four digits fit");
                let modules = sampled(&code);
                let payload = read(&modules).expect("it is without damage");
                assert_eq!((payload.version, payload.level, payload.mask), what);
                assert_eq!(
                    (payload.corrected, payload.mirrored),
                    (0, false),
                    "{what:?}"
                );
                assert!(
                    payload.content.text().0 == text && payload.content.bytes == text.as_bytes(),
                    "{what:?}"
                );
                assert!(is_remade(&modules), "{what:?}");
            }
        }
    }
}

/// Whether what is remade of a reading is what was read.
fn is_remade(modules: &Modules) -> bool {
    let payload = read(modules).expect("it is without damage");
    let side = modules.side();
    let remade = remake(&payload);
    (0..side * side).all(|place| remade[place] == (modules.at(place % side, place / side) > 0))
}

#[test]
fn fixed_modules_are_the_same_in_all_symbols_and_others_are_not() {
    for version in 1..=40 {
        let side = side(version);
        let mut numbers = Numbers(version.into());
        let codes: Vec<QrCode> = (0..32)
            .map(|number| {
                let (level, mask) = (LEVELS[number / 8], Mask::new(number as u8 % 8));
                let blocks = Blocks::of(version, level);
                let data = (blocks.ec * blocks.count..blocks.total).map(|_| numbers.next() as u8);
                let data: Vec<u8> = data.collect();
                QrCode::encode_codewords(Version::new(version), ecc(level), &data, Some(mask))
            })
            .collect();
        // The remainder bits are always zeros, and at some places all masks agree.
        let layout = Layout::of(version);
        let remainder = &layout.order[layout.codewords() * 8..];
        for place in 0..side * side {
            if remainder.contains(&[(place % side) as u8, (place / side) as u8]) {
                continue;
            }
            let (x, y) = (place % side, place / side);
            let mut seen = codes.iter().map(|code| code.get_module(x as i32, y as i32));
            let first = seen.next().expect("there are codes");
            let same = seen.all(|dark| dark == first).then_some(first);
            assert_eq!(fixed(version, x, y), same, "version {version}, {x}, {y}");
        }
    }
}

#[test]
fn alignment_patterns_are_dark_in_the_centre_and_light_around_it() {
    for version in 1..=40 {
        let positions = alignment_positions(version);
        // Annex E: the last one is seven modules from the edge.
        let last = positions.last().map(|&at| usize::from(at) + 7);
        assert_eq!(last, (version > 1).then_some(side(version)));
        for &at in positions.iter().skip(1) {
            let (x, y) = (usize::from(at), usize::from(positions[positions.len() - 1]));
            assert_eq!(fixed(version, x, y), Some(true), "version {version}");
            assert_eq!(fixed(version, x - 1, y), Some(false), "version {version}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn bytes_come_back_from_either_encoder_and_mirrored(
        bytes in prop::collection::vec(any::<u8>(), 1..400),
        level in 0..4_usize,
    ) {
        let code = QrCode::encode_binary(&bytes, ecc(LEVELS[level])).expect("it fits");
        let ecl = [ECL::L, ECL::M, ECL::Q, ECL::H][level];
        let other = QRBuilder::new(bytes.clone()).ecl(ecl).build().expect("it fits");
        let other = modules(other.size, |x, y| certain(other[y][x].value()));
        for modules in [sampled(&code), other] {
            for mirrored in [false, true] {
                let modules = if mirrored { modules.transposed() } else { modules.clone() };
                let payload = read(&modules).expect("it is without damage");
                prop_assert!(payload.content.bytes == bytes);
                prop_assert_eq!(payload.mirrored, mirrored);
                prop_assert!(is_remade(&modules));
            }
        }
    }

    #[test]
    fn text_comes_back_in_the_mode_that_fits(text in "[0-9]{1,60}|[0-9A-Z $%*+./:-]{1,60}|\\PC{1,40}") {
        let code = QrCode::encode_text(&text, ecc(LEVELS[1])).expect("it fits");
        let payload = read(&sampled(&code)).expect("it is without damage");
        prop_assert!(payload.content.text().0 == text);
    }
}
