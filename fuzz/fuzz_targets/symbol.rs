//! The modules of a code with segments that no encoder makes, and damage: `[version, damage, ...]`.

#![no_main]

use handover_hostile::{Random, Symbol};
use handover_scan::read_modules;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let [version, damage, segments @ ..] = bytes else {
        return;
    };
    let Some(symbol) = Symbol::of_segments(version % 41, segments) else {
        return;
    };
    let side = symbol.side();
    let mut random = Random::new(u64::from(*damage));
    let modules = (0..side * side).map(|index| {
        let dark = symbol.at((index % side) as i64, (index / side) as i64) == Some(true);
        let sure = random.next(128) as i8;
        let wrong = random.next(256) < u32::from(damage / 4);
        if dark == wrong { -sure } else { sure }
    });
    read_modules(side, modules.collect());
});
