use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::config::{Config, EXAMPLE};

const BEFORE: &str =
    "folder = 'f'\n[cloud]\naddress = 'https://cloud.example'\n[[input]]\nkind = 'stdin'\n";

fn config(rules: &str) -> Result<Config, String> {
    let config = Config::read(&format!("{BEFORE}{rules}"), std::path::Path::new("/etc"));
    config.map_err(|wrong| wrong.to_string())
}

fn who(source: &str) -> Who<'_> {
    Who {
        device: DeviceId(7),
        template: "TMPLsoil00001",
        source,
    }
}

/// What rules say of a payload, in one line.
fn said(rules: &Rules, source: &str, payload: &[u8]) -> String {
    let (decoded, nothing) = rules.decode(&who(source), payload);
    let decoded = decoded
        .iter()
        .map(|(pin, _, reading)| format!("{pin}={}", reading.text()));
    let nothing = nothing.iter().map(|why| format!("({why})"));
    decoded.chain(nothing).collect::<Vec<_>>().join(" ")
}

#[test]
fn payloads_are_decoded_as_rules_say() {
    let bytes =
        |fields: &str| format!("[[rule]]\nnodes = ['*']\ndecode = 'bytes'\nfields = [{fields}]\n");
    let json = |fields: &str| format!("[[rule]]\nnodes = ['*']\nfields = [{fields}]\n");
    let text = |fields: &str| {
        format!("[[rule]]\nnodes = ['*']\ndecode = 'text'\nseparator = ';'\nfields = [{fields}]\n")
    };
    for (rules, payload, expected) in [
        (
            String::new(),
            &br#"{"V1": 21.5, "v2": true, "V3": null, "other": {}}"#[..],
            "V1=21.5 V2=1",
        ),
        (
            String::new(),
            br#"{"V1": "wet", "V2": [13.4, 52.5], "V3": 9007199254740993}"#,
            "V1=wet V2=13.4,52.5 V3=9007199254740993",
        ),
        (
            String::new(),
            br#"{"V1": "NaN", "V2": " -inf", "V3": "nanny", "V4": "1e999"}"#,
            "V3=nanny V4=1e999 (V1: it is no number) (V2: it is no number)",
        ),
        (
            json("{ pin = 'V1', key = 'm', lookup = { NaN = 'broken' } }"),
            br#"{"m": "NaN"}"#,
            "V1=broken",
        ),
        (String::new(), b"21.5", "(the payload is not a JSON object)"),
        (
            String::new(),
            br#"{"V1": {}}"#,
            "(V1: it is neither a number nor a text)",
        ),
        (
            bytes("{ pin = 'V1', at = 0, type = 'u16be', scale = 0.1, offset = -40 }"),
            &[2, 108],
            "V1=22",
        ),
        (
            bytes("{ pin = 'V1', at = 0, type = 'i16le' }, { pin = 'V2', at = 2, type = 'i24be' }"),
            &[0xfe, 0xff, 0xff, 0xff, 0xfd],
            "V1=-2 V2=-3",
        ),
        (
            bytes("{ pin = 'V1', at = 0, type = 'u32be' }"),
            &[255; 4],
            "V1=4294967295",
        ),
        (
            bytes("{ pin = 'V1', at = 1, type = 'u16be' }, { pin = 'V2', at = 0, type = 'u8' }"),
            &[5, 1],
            "V2=5 (V1: the payload is too short for it)",
        ),
        (
            bytes("{ pin = 'V1', at = 18446744073709551615, type = 'u8' }"),
            &[5],
            "(V1: the payload is too short for it)",
        ),
        (
            bytes("{ pin = 'V1', at = 9223372036854775807, type = 'u16be' }"),
            &[5],
            "(V1: the payload is too short for it)",
        ),
        (
            bytes("{ pin = 'V1', at = 0, type = 'f32le' }"),
            &1.5_f32.to_le_bytes(),
            "V1=1.5",
        ),
        (
            bytes("{ pin = 'V1', at = 0, type = 'f64be' }"),
            &f64::NAN.to_be_bytes(),
            "(V1: it is no number)",
        ),
        (
            bytes(
                "{ pin = 'V1', at = 0, type = 'u8', bit = 7, lookup = { 0 = 'closed', 1 = 'open' } }, \
                { pin = 'V2', at = 0, type = 'u8', bits = [1, 3] }",
            ),
            &[0b1000_1010],
            "V1=open V2=5",
        ),
        (
            bytes("{ pin = 'V1', at = 0, type = 'u8', lookup = { 1 = 10, 2 = true } }"),
            &[3],
            "(V1: the lookup has nothing for it)",
        ),
        (
            bytes("{ pin = 'V1', at = 0, type = 'u8', range = [0, 100] }"),
            &[101],
            "(V1: it is out of its range)",
        ),
        (
            json(
                "{ pin = 'V1', key = 'air.t' }, { pin = 'V2', key = 'door', lookup = { open = 1 } }",
            ),
            br#"{"air": {"t": 0.3}, "door": "open"}"#,
            "V1=0.3 V2=1",
        ),
        (
            json("{ pin = 'V1', key = 't', scale = 0.1 }"),
            br#"{"t": "3"}"#,
            "V1=0.3",
        ),
        (
            json("{ pin = 'V1', key = 't', scale = 0.1 }"),
            br#"{"t": "wet"}"#,
            "(V1: it is no number)",
        ),
        (json("{ pin = 'V1', key = 't' }"), b"{}", ""),
        (
            text(
                "{ pin = 'V1', column = 0 }, { pin = 'V2', column = 2, scale = 2 }, { pin = 'V3', column = 1 }",
            ),
            b"21.5;; 4 ",
            "V1=21.5 V2=8",
        ),
        (
            text("{ pin = 'V1', column = 3 }"),
            b"1",
            "(V1: the payload is too short for it)",
        ),
        (
            text("{ pin = 'V1', column = 0 }"),
            &[0xff],
            "(the payload is not text in UTF-8)",
        ),
    ] {
        let said = match config(&rules) {
            Ok(config) => said(&config.rules, "a", payload),
            Err(_) => "wrong".to_owned(),
        };
        assert_eq!(said, expected, "{rules}");
    }
}

#[test]
fn the_first_rule_that_is_for_it_decodes_it() {
    let rule = |nodes: &str, more: &str, pin: u8| {
        format!(
            "[[rule]]\nnodes = [{nodes}]\ndecode = 'bytes'\n{more}\nfields = [{{ pin = 'V{pin}', at = 0, type = 'u8' }}]\n"
        )
    };
    let rules = [
        rule("'a'", "length = 2", 1),
        rule("'a', 'b'", "starts = '01 ff'", 2),
        rule("'TMPLother0001'", "", 3),
        rule("'7'", "length = 4", 4),
        rule("'TMPLsoil00001'", "length = 5", 5),
        rule("'*'", "length = 6", 6),
    ];
    let rules = config(&rules.concat()).expect("rules").rules;
    for (source, payload, expected) in [
        ("a", &[1, 255][..], "V1=1"),
        ("b", &[1, 255], "V2=1"),
        ("a", &[1, 255, 0], "V2=1"),
        ("c", &[9; 4], "V4=9"),
        ("c", &[9; 5], "V5=9"),
        ("c", &[9; 6], "V6=9"),
        ("c", &[1, 255], "(no rule is for it)"),
    ] {
        assert_eq!(
            said(&rules, source, payload),
            expected,
            "{source} {payload:?}"
        );
    }
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let field = |field: &str| {
        format!("[[rule]]\nnodes = ['*']\ndecode = 'bytes'\nfields = [\n{{ {field} }},\n]\n")
    };
    for (rules, expected) in [
        (
            "[[rule]]\nnodes = []\n".to_owned(),
            "line 6: `nodes` is empty: name templates, device numbers or sources, or \"*\"",
        ),
        (
            "[[rule]]\nnodes = ['*']\ndecode = 'text'\n".to_owned(),
            "line 6: `fields` is missing: what the payload says is not known without",
        ),
        (
            "[[rule]]\nnodes = ['*']\nmore = 1\n".to_owned(),
            "line 8: unknown field `more`",
        ),
        ("[[rule]\n".to_owned(), "line 6: "),
        (
            field("pin = 'V256', at = 0, type = 'u8'"),
            "line 10: `V256` is no pin: V0 to V255",
        ),
        (
            field("pin = 'V1', at = 0, type = 'u9'"),
            "line 10: `type` is u8 or i8, or i16be, u24le, f32be and so on",
        ),
        (field("pin = 'V1', type = 'u8'"), "line 10: `at` is missing"),
        (
            field("pin = 'V1', at = 0, type = 'u8', bit = 8"),
            "line 10: bits are counted from the lowest",
        ),
        (
            field("pin = 'V1', at = 0, type = 'f32be', bit = 1"),
            "line 10: bits are taken from unsigned types",
        ),
        (
            field("pin = 'V1', at = 0, type = 'u8', key = 'x'"),
            "line 10: `key` belongs to decode = \"json\"",
        ),
        (
            field("pin = 'V1', at = 0, type = 'u8', aggregate = 'mean'"),
            "line 10: `aggregate` needs `seconds` or `messages`",
        ),
        (
            field("pin = 'V1', at = 0, type = 'u8', aggregate = 'mean', seconds = 0"),
            "line 10: an aggregate is over 1",
        ),
        (
            field("pin = 'V1', at = 0, type = 'u8', range = [2, 1]"),
            "line 10: `range` is [least, most]",
        ),
        (
            field("pin = 'V1', at = 0, type = 'u8', scale = inf"),
            "line 10: `scale` is no number",
        ),
        (
            field("pin = 'V1', at = 0, type = 'u8', min-change = 0"),
            "line 10: `min-change` is a number above 0",
        ),
        (
            field("pin = 'V1', at = 0, type = 'u8', lookup = { 1 = [] }"),
            "line 10: `lookup` has texts",
        ),
    ] {
        let told = config(&rules).expect_err("it is wrong");
        assert!(told.starts_with(expected), "{told} and not {expected}");
    }
}

#[test]
fn the_example_is_one() {
    let config = Config::read(EXAMPLE, std::path::Path::new("/etc")).expect("an example");
    assert_eq!(config.inputs.len(), 2);
    let soil = &[1, 2, 108, 0b1000_0101, 150];
    assert_eq!(
        said(&config.rules, "a84041000181c061", soil),
        "V1=22 V2=5 V4=open V3=3"
    );
    assert_eq!(
        said(&config.rules, "greenhouse-door", b"21.5;47;ok"),
        "V1=21.5 V2=47"
    );
    let json = br#"{"air": {"temperature": 21.5}}"#;
    assert_eq!(said(&config.rules, "another", json), "V1=21.5");
    let order = config
        .rules
        .encode(&who("a84041000181c061"), "Interval", "30");
    assert_eq!(order, Ok(vec![2, 1, 44]));
    let order = config.rules.encode(&who("x"), "Light", "7");
    assert_eq!(order.as_deref(), Ok(&br#"{"Light":7}"#[..]));
    // What is commented out in it is right as well.
    let keys = [
        "certificate =",
        "orders =",
        "[[input]]",
        "kind =",
        "[mesh]",
        "listen =",
        "neighbours =",
    ];
    let uncommented = |line: &'static str| {
        let rest = line.strip_prefix("# ");
        rest.filter(|rest| keys.iter().any(|key| rest.starts_with(key)))
            .unwrap_or(line)
    };
    let whole = EXAMPLE
        .lines()
        .map(uncommented)
        .collect::<Vec<_>>()
        .join("\n");
    let config = Config::read(&whole, std::path::Path::new("/etc")).expect("all of the example");
    assert_eq!((config.inputs.len(), config.mesh.is_some()), (3, true));
}

#[test]
fn orders_become_bytes() {
    let down =
        |down: &str| format!("[[rule]]\nnodes = ['*']\ndown = [{{ datastream = 'V5', {down} }}]\n");
    for (rule, value, expected) in [
        (down("prefix = '02', type = 'u8'"), "7", Ok(vec![2, 7])),
        (
            down("type = 'i16le', scale = 0.1, offset = -40"),
            "-45",
            Ok(vec![0xce, 0xff]),
        ),
        (
            down("prefix = '02', lookup = { open = 1 }, type = 'u8'"),
            "open",
            Ok(vec![2, 1]),
        ),
        (down("prefix = '02'"), "on", Ok(vec![2, b'o', b'n'])),
        (down("type = 'u8'"), "256", Err(Unsayable::DoesNotFit)),
        (down("type = 'u8'"), "-1", Err(Unsayable::DoesNotFit)),
        (down("type = 'f32be'"), "1e300", Err(Unsayable::DoesNotFit)),
        (down("type = 'u8'"), "on", Err(Unsayable::NoNumber)),
    ] {
        let rules = config(&rule).expect("a rule").rules;
        assert_eq!(rules.encode(&who("a"), "V5", value), expected, "{rule}");
    }
    // Several at once, as a mesh has them.
    let rules = "[[rule]]\nnodes = ['*']\ndown = [{ datastream = 'V5', prefix = '05' }, { datastream = 'V6', type = 'u8' }]\n";
    let rules = config(rules).expect("a rule").rules;
    for (values, expected) in [
        (json!({ "V5": "on", "V6": 7 }), Ok(vec![5, b'o', b'n', 7])),
        (json!({ "V6": 7 }), Ok(vec![7])),
        (
            json!({ "V1": 2.5, "V2": "x" }),
            Ok(br#"{"V1":2.5,"V2":"x"}"#.to_vec()),
        ),
        (json!({ "V1": 2.5, "V6": 7 }), Err(Unsayable::Mixed)),
    ] {
        let values = serde_json::from_value(values).expect("values");
        assert_eq!(rules.encode_all(&who("a"), &values), expected);
    }
    let rules = Rules::default();
    let place = rules.encode(&who("a"), "V5", "13.4\x0052.5");
    assert_eq!(place.as_deref(), Ok(&br#"{"V5":[13.4,52.5]}"#[..]));
}

/// Readings that come one after another, as (measured, came, value), and what goes up.
fn refined(more: &str, readings: &[(i64, i64, f64)]) -> Vec<(i64, String)> {
    let rule = format!("[[rule]]\nnodes = ['*']\nfields = [{{ pin = 'V1', {more} }}]\n");
    let rules = config(&rule).expect("a rule").rules;
    let mut memory = Memory::default();
    let mut all = Vec::new();
    for (at, now, value) in readings {
        if memory.is_due(*now) {
            all.extend(memory.close());
        }
        let payload = format!("{{\"V1\": {value}}}");
        let (decoded, _) = rules.decode(&who("a"), payload.as_bytes());
        for (_, refine, reading) in decoded {
            all.extend(refine.take(&mut memory, (*at, *now), reading));
        }
        // What is remembered outlives a restart as it is.
        let kept = serde_json::to_vec(&memory).expect("JSON");
        assert_eq!(
            serde_json::from_slice::<Memory>(&kept).expect("JSON"),
            memory
        );
    }
    all.into_iter()
        .map(|(at, reading)| (at, reading.text()))
        .collect()
}

#[test]
fn readings_are_filtered_and_gathered() {
    let at = |readings: &[(i64, f64)]| {
        readings
            .iter()
            .map(|(at, value)| (*at, *at, *value))
            .collect::<Vec<_>>()
    };
    let minute = at(&[
        (1_000, 1.0),
        (2_000, 2.0),
        (9_000, 6.0),
        (10_000, 4.0),
        (21_000, 5.0),
    ]);
    for (more, readings, expected) in [
        (
            "min-change = 2",
            minute.clone(),
            vec![(1_000, "1"), (9_000, "6"), (10_000, "4")],
        ),
        (
            "every = 5",
            minute.clone(),
            vec![(1_000, "1"), (9_000, "6"), (21_000, "5")],
        ),
        (
            "aggregate = 'mean', seconds = 10",
            minute.clone(),
            vec![(9_000, "3"), (10_000, "4")],
        ),
        (
            "aggregate = 'sum', seconds = 10",
            minute.clone(),
            vec![(9_000, "9"), (10_000, "4")],
        ),
        (
            "aggregate = 'min', seconds = 10",
            minute.clone(),
            vec![(9_000, "1"), (10_000, "4")],
        ),
        (
            "aggregate = 'max', messages = 3",
            minute.clone(),
            vec![(9_000, "6")],
        ),
        (
            "aggregate = 'count', messages = 2",
            minute.clone(),
            vec![(2_000, "2"), (10_000, "2")],
        ),
        (
            "aggregate = 'last', messages = 5",
            minute.clone(),
            vec![(21_000, "5")],
        ),
        (
            "aggregate = 'mean', seconds = 10, min-change = 2",
            minute,
            vec![(9_000, "3")],
        ),
        // What comes late is not lost; a window that is over waits a little for it.
        (
            "aggregate = 'sum', seconds = 10",
            vec![
                (9_000, 9_000, 1.0),
                (10_500, 10_500, 2.0),
                (9_500, 10_600, 4.0),
                (20_000, 20_000, 8.0),
            ],
            vec![(9_000, "1"), (10_500, "6")],
        ),
        (
            "aggregate = 'sum', seconds = 10",
            vec![
                (1_000, 50_000, 1.0),
                (2_000, 50_500, 2.0),
                (3_000, 60_000, 4.0),
            ],
            vec![(2_000, "3")],
        ),
    ] {
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(at, text)| (at, text.to_owned()))
            .collect();
        assert_eq!(refined(more, &readings), expected, "{more}");
    }
}

proptest! {
    #[test]
    fn no_payload_panics(payload in proptest::collection::vec(any::<u8>(), 0..40), source in "[a-z0-9-]{1,20}") {
        let config = Config::read(EXAMPLE, std::path::Path::new("/etc")).expect("an example");
        for source in ["a84041000181c061", "greenhouse-door", &source] {
            let (decoded, _) = config.rules.decode(&who(source), &payload);
            for (_, refine, reading) in decoded {
                let mut memory = Memory::default();
                let _ = refine.take(&mut memory, (i64::MAX, i64::MIN), reading.clone());
                let _ = refine.take(&mut memory, (i64::MIN, i64::MAX), reading);
                let _ = memory.close();
            }
        }
    }

    #[test]
    fn no_configuration_panics(text in "\\PC{0,200}", cut in 0_usize..EXAMPLE.len(), with in "\\PC{0,5}") {
        let _ = Config::read(&text, std::path::Path::new("/etc"));
        let mut altered: String = EXAMPLE.chars().take(cut).collect();
        altered.push_str(&with);
        altered.extend(EXAMPLE.chars().skip(cut + with.len()));
        if let Err(wrong) = Config::read(&altered, std::path::Path::new("/etc")) {
            prop_assert!((1..=altered.lines().count() + 1).contains(&wrong.line), "{wrong}");
        }
    }

    #[test]
    fn numbers_are_read_as_they_are_written(number in any::<i32>(), at in 0_usize..4) {
        use number::NumberType::{F32be, F64le, I16le, I24be, I32be, I32le, U8, U24le, U32be};
        for kind in [U8, I16le, I24be, U24le, U32be, I32be, I32le, F64le, F32be] {
            let number = f64::from(number % 10_000);
            if let Some(bytes) = kind.write(number) {
                prop_assert_eq!(bytes.len(), kind.length());
                let payload = [&vec![0xaa; at][..], &bytes].concat();
                prop_assert_eq!(kind.read(&payload, at), Some(number));
                prop_assert_eq!(kind.read(&payload, at + 1), None);
            }
        }
    }
}
