//! Symbols that are no QR codes, made by rxing's writers, and photographed as they would be.

use handover_scan::{Code, Decoder, Frame, Scanner, Symbology};
use image::{GrayImage, Luma, imageops};
use rxing::datamatrix::encoder::SymbolShapeHint;
use rxing::{BarcodeFormat, EncodeHints, Writer};
use rxing::{datamatrix::DataMatrixWriter, oned};

use crate::drawing::{code, wall};
use crate::micro_qr::micro_qr;

/// A symbol's modules, true is dark; a bar is a column of one row.
pub struct Modules {
    rows: Vec<Vec<bool>>,
    /// The height of a row in modules.
    height: f32,
}

fn modules(text: &str, symbology: Symbology) -> Modules {
    if symbology == Symbology::MicroQr {
        return Modules {
            rows: micro_qr(text),
            height: 1.0,
        };
    }
    let format = match symbology {
        Symbology::Code128 => BarcodeFormat::CODE_128,
        Symbology::Ean13 => BarcodeFormat::EAN_13,
        Symbology::Ean8 => BarcodeFormat::EAN_8,
        Symbology::UpcA => BarcodeFormat::UPC_A,
        Symbology::UpcE => BarcodeFormat::UPC_E,
        _ => BarcodeFormat::DATA_MATRIX,
    };
    let bits = match symbology {
        Symbology::Code128 => oned::Code128Writer.encode(text, &format, 1, 1),
        Symbology::Ean13 => oned::EAN13Writer.encode(text, &format, 1, 1),
        Symbology::Ean8 => oned::EAN8Writer.encode(text, &format, 1, 1),
        Symbology::UpcA => oned::UPCAWriter::default().encode(text, &format, 1, 1),
        Symbology::UpcE => oned::UPCEWriter.encode(text, &format, 1, 1),
        _ => {
            let hints = EncodeHints {
                DataMatrixShape: Some(SymbolShapeHint::FORCE_SQUARE),
                Gs1Format: Some(text.contains('\u{1d}')),
                ..EncodeHints::default()
            };
            DataMatrixWriter.encode_with_hints(text, &format, 1, 1, &hints)
        }
    };
    let bits = bits.expect("the text fits the symbol");
    let row = |y| (0..bits.getWidth()).map(|x| bits.get(x, y)).collect();
    Modules {
        rows: (0..bits.getHeight()).map(row).collect(),
        height: if bits.getHeight() == 1 { 30.0 } else { 1.0 },
    }
}

/// How a label lies before the camera.
#[derive(Clone, Copy)]
struct Shot {
    /// Pixels for a module.
    module: f32,
    /// Degrees clockwise.
    turn: f32,
    blur: f32,
    /// The deviation of noise, in grey levels.
    noise: f32,
}

const PLAIN: Shot = Shot {
    module: 3.0,
    turn: 0.0,
    blur: 0.0,
    noise: 0.0,
};
const POOR: Shot = Shot {
    module: 3.0,
    turn: 4.0,
    blur: 0.7,
    noise: 6.0,
};

/// White paper of 640 by 600 pixels with the symbol in its middle.
fn photograph(symbol: &Modules, shot: Shot) -> GrayImage {
    let (sin, cos) = shot.turn.to_radians().sin_cos();
    let (columns, rows) = (symbol.rows[0].len() as f32, symbol.rows.len() as f32);
    let mut random = 1_u64;
    let dark = |x: f32, y: f32| {
        let (x, y) = (x - 320.0, y - 300.0);
        let column = (x * cos + y * sin) / shot.module + columns / 2.0;
        let row = (y * cos - x * sin) / shot.module / symbol.height + rows / 2.0;
        let is_inside = column >= 0.0 && row >= 0.0 && column < columns && row < rows;
        is_inside && symbol.rows[row as usize][column as usize]
    };
    let mut picture = GrayImage::from_fn(640, 600, |x, y| {
        let parts = (0..4).filter(|part| {
            let at = |pixel: u32, part: u32| pixel as f32 + (part as f32 + 0.5) / 2.0;
            dark(at(x, part % 2), at(y, part / 2))
        });
        Luma([230 - 48 * parts.count() as u8])
    });
    if shot.blur > 0.0 {
        picture = imageops::blur(&picture, shot.blur);
    }
    for pixel in picture.pixels_mut() {
        // The sum of four even numbers of a linear congruential generator (Knuth's MMIX): nearly normal.
        let mut even = || {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (random >> 40) as f32 / (1 << 24) as f32 - 0.5
        };
        let sum: f32 = (0..4).map(|_| even()).sum();
        pixel[0] = (f32::from(pixel[0]) + shot.noise * sum * 3.0_f32.sqrt()) as u8;
    }
    picture
}

fn decode(picture: &GrayImage) -> Vec<Code> {
    let (width, height) = picture.dimensions();
    let frame = Frame::new(picture.as_raw(), width, height, width as usize).expect("it is whole");
    Scanner::default().decode(frame)
}

#[track_caller]
fn check(text: &str, symbology: Symbology, shots: &[Shot]) {
    for &shot in shots {
        let codes = decode(&photograph(&modules(text, symbology), shot));
        let found: Vec<_> = codes
            .iter()
            .map(|code| (code.symbology, &*code.text))
            .collect();
        assert_eq!(
            found,
            [(symbology, text)],
            "{symbology:?} turned by {}",
            shot.turn
        );
        assert!(!codes[0].gs1);
    }
}

#[test]
fn bars_are_read_in_every_direction_and_in_poor_pictures() {
    let turned = |turn| Shot { turn, ..PLAIN };
    let all = [
        PLAIN,
        turned(90.0),
        turned(180.0),
        turned(-20.0),
        turned(50.0),
        POOR,
    ];
    check(
        "SN-0012345/a",
        Symbology::Code128,
        &[PLAIN, turned(90.0), POOR],
    );
    check("352656106118683", Symbology::Code128, &[PLAIN, POOR]);
    check("5901234123457", Symbology::Ean13, &all);
    check("96385074", Symbology::Ean8, &[PLAIN, POOR]);
    check("012345678905", Symbology::UpcA, &[PLAIN, POOR]);
    check("01234565", Symbology::UpcE, &[PLAIN, POOR]);
    let small = Shot {
        module: 2.0,
        ..PLAIN
    };
    check("SN-0012345/a", Symbology::Code128, &[small]);
    // Their check character is the one that separates GS1 element strings elsewhere.
    check("1522230007293629", Symbology::Code128, &[PLAIN]);
}

#[test]
fn bars_of_two_pixels_for_a_module_are_read_whatever_they_say() {
    let small = Shot {
        module: 2.0,
        ..PLAIN
    };
    for text in [
        "Oc%ebk4kPLW<1",
        "1SGoB3;8K&iFu",
        "%sF>wJ=0BRSLGTV",
        "j<NYvpVSS!hGu.H",
        "a1YlAS 5Y",
        "k<F#",
    ] {
        check(text, Symbology::Code128, &[small]);
    }
    for text in [
        "3667656607778",
        "8267753540838",
        "3393242312688",
        "9928303607867",
    ] {
        check(text, Symbology::Ean13, &[small]);
    }
    check("654660607378", Symbology::UpcA, &[small]);
}

#[test]
fn high_bars_are_one_symbol_to_their_ends() {
    for (text, symbology) in [
        ("01234565", Symbology::UpcE),
        ("96385074", Symbology::Ean8),
        ("SN-0012345/a", Symbology::Code128),
    ] {
        let mut symbol = modules(text, symbology);
        symbol.height = 260.0;
        let small = Shot {
            module: 2.0,
            ..PLAIN
        };
        let codes = decode(&photograph(&symbol, small));
        let texts: Vec<&str> = codes.iter().map(|code| code.text.as_str()).collect();
        assert_eq!(texts, [text], "{symbology:?}");
        let [top, bottom] = [codes[0].corners[0][1], codes[0].corners[3][1]];
        assert!(
            top < 50.0 && bottom > 550.0,
            "{symbology:?}: {top} {bottom}"
        );
    }
}

#[test]
fn data_matrix_codes_are_read() {
    let shots = [
        PLAIN,
        Shot {
            turn: 30.0,
            module: 5.0,
            ..PLAIN
        },
        Shot {
            module: 6.0,
            ..POOR
        },
    ];
    check("SN-0012345/a", Symbology::DataMatrix, &shots);
}

/// In a picture of the label alone, which is small enough to be looked at at twice its size.
#[test]
fn matrix_symbols_of_hardly_more_than_two_pixels_for_a_module_are_read() {
    let (data_matrix, micro_qr) = ("SN-0012345/a", "SN-001/a");
    for (module, turn) in [(2.2, 3.0), (2.3, 0.0), (2.5, 2.0)] {
        let shot = Shot {
            module,
            turn,
            ..PLAIN
        };
        check(data_matrix, Symbology::DataMatrix, &[shot]);
        check(micro_qr, Symbology::MicroQr, &[shot]);
    }
}

#[test]
fn light_matrix_symbols_on_dark_are_read() {
    for (text, symbology) in [
        ("SN-0012345/a", Symbology::DataMatrix),
        ("SN-001/a", Symbology::MicroQr),
    ] {
        let mut picture = photograph(&modules(text, symbology), PLAIN);
        imageops::invert(&mut picture);
        let codes = decode(&picture);
        let texts: Vec<&str> = codes.iter().map(|code| code.text.as_str()).collect();
        assert_eq!(texts, [text], "{symbology:?}");
    }
}

#[test]
fn micro_qr_codes_are_read() {
    let turned = Shot {
        turn: 200.0,
        module: 5.0,
        ..PLAIN
    };
    check("SN-001/a", Symbology::MicroQr, &[PLAIN, turned]);
    let poor = Shot {
        module: 6.0,
        ..POOR
    };
    check("0123456789abcde", Symbology::MicroQr, &[poor]);
}

#[test]
fn a_micro_qr_code_with_a_mark_in_its_fixed_modules_is_not_believed() {
    let mut symbol = modules("SN-001/a", Symbology::MicroQr);
    for x in 9..17 {
        symbol.rows[0][x] = false;
    }
    assert_eq!(decode(&photograph(&symbol, PLAIN)), []);
}

#[test]
fn gs1_symbols_say_so_and_keep_their_separators() {
    // FNC1, as rxing's writer is told of it.
    let text = "\u{f1}010952123454321310ABC\u{f1}21SN1";
    let codes = decode(&photograph(
        &modules(text, Symbology::Code128),
        Shot {
            module: 2.0,
            ..PLAIN
        },
    ));
    let [code] = <[Code; 1]>::try_from(codes).expect("there is one code");
    assert_eq!(code.text, "010952123454321310ABC\u{1d}21SN1");
    assert_eq!(code.raw, code.text.as_bytes());
    assert_eq!((code.gs1, code.identifier()), (true, "]C1"));
}

#[test]
fn corners_lie_where_the_symbol_is_read() {
    let near = |code: &Code, expected: [[f32; 2]; 4], away: f32| {
        for (corner, expected) in code.corners.iter().zip(expected) {
            let distance = (corner[0] - expected[0]).hypot(corner[1] - expected[1]);
            assert!(
                distance < away,
                "{:?} at {:?}",
                code.symbology,
                code.corners
            );
        }
    };
    let at = |[x, y]: [f32; 2]| [320.0 + x, 300.0 + y];
    let upside_down = Shot {
        turn: 180.0,
        ..PLAIN
    };
    let check = |text, symbology, [half, high]: [f32; 2], away| {
        let symbol = modules(text, symbology);
        let corners = [[-half, -high], [half, -high], [half, high], [-half, high]];
        let turned = corners.map(|[x, y]| at([-x, -y]));
        near(
            &decode(&photograph(&symbol, PLAIN))[0],
            corners.map(at),
            away,
        );
        near(&decode(&photograph(&symbol, upside_down))[0], turned, away);
    };
    // A retail barcode has 95 modules; they are drawn 30 high.
    check("5901234123457", Symbology::Ean13, [142.5, 45.0], 8.0);
    check("SN-001/a", Symbology::MicroQr, [25.5, 25.5], 3.0);
    check("SN-001/ab", Symbology::DataMatrix, [21.0, 21.0], 3.0);
}

#[test]
fn several_symbols_of_a_label_are_each_read_once() {
    let crop = |text, symbology| {
        let picture = photograph(
            &modules(text, symbology),
            Shot {
                module: 2.0,
                ..PLAIN
            },
        );
        imageops::crop_imm(&picture, 90, 260, 460, 80).to_image()
    };
    let serial = crop("SN-0012345", Symbology::Code128);
    let imei = crop("352656106118683", Symbology::Code128);
    let retail = crop("5901234123457", Symbology::Ean13);
    let label = wall(
        (640, 480),
        &[
            (&serial, (90, 40)),
            (&imei, (90, 180)),
            (&retail, (90, 320)),
        ],
    );
    let mut texts: Vec<_> = decode(&label).into_iter().map(|code| code.text).collect();
    texts.sort();
    assert_eq!(texts, ["352656106118683", "5901234123457", "SN-0012345"]);
}

#[test]
fn beside_a_qr_code_nothing_else_is_looked_for() {
    let bars = imageops::crop_imm(
        &photograph(&modules("SN-0012345", Symbology::Code128), PLAIN),
        200,
        200,
        500,
        200,
    )
    .to_image();
    let label = wall(
        (900, 480),
        &[(&code("sqr_0", 4), (20, 20)), (&bars, (300, 200))],
    );
    let texts: Vec<_> = decode(&label).into_iter().map(|code| code.text).collect();
    assert_eq!(texts, ["sqr_0"]);
}

#[test]
fn bars_without_quiet_zones_or_height_are_not_believed() {
    let mut bars = modules("5901234123457", Symbology::Ean13);
    bars.height = 1.0;
    assert_eq!(decode(&photograph(&bars, PLAIN)), []);
    let picture = photograph(&modules("5901234123457", Symbology::Ean13), PLAIN);
    // Dark up to a module beside the bars.
    let close = GrayImage::from_fn(640, 600, |x, y| match x {
        174..=464 => *picture.get_pixel(x, y),
        _ => Luma([50]),
    });
    assert_eq!(decode(&close), []);
}

/// A Data Matrix that states UTF-8 (ECI 26) for its text, which rxing gives twice over.
const STATES_UTF8: [&str; 16] = [
    "#.#.#.#.#.#.#.#.",
    "#..###.#.###..##",
    "#.#######.##..#.",
    "#.##.#.#.###.###",
    "#....#.#.#..###.",
    "##.##..#.#...###",
    "#...###.##..###.",
    "####...#..#.#..#",
    "#.#....#.#..#.#.",
    "####..#.....#.##",
    "#.##.##.#.#...#.",
    "######...#..##.#",
    "##.##.#.#.#.###.",
    "#.######..####.#",
    "#.#.##...#.#..#.",
    "################",
];

#[test]
fn a_data_matrix_that_states_a_character_set_is_read_as_it_says() {
    let rows = STATES_UTF8.map(|row| row.chars().map(|module| module == '#').collect());
    let symbol = Modules {
        rows: rows.to_vec(),
        height: 1.0,
    };
    let codes = decode(&photograph(&symbol, PLAIN));
    let texts: Vec<&str> = codes.iter().map(|code| code.text.as_str()).collect();
    assert_eq!(texts, ["日本é"]);
}
