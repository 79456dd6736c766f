use handover_wire::Severity;
use proptest::prelude::*;

use super::*;
use TemplateProblem as Problem;

fn stream(pin: u8, name: &str, data_type: DataType) -> Datastream {
    Datastream {
        pin,
        name: name.to_owned(),
        data_type,
        unit: None,
        writable: false,
        queued: false,
    }
}

fn integer(min: Option<i64>, max: Option<i64>, default: Option<i64>) -> DataType {
    DataType::Integer { min, max, default }
}

fn double(min: Option<f64>, max: Option<f64>, default: Option<f64>) -> DataType {
    DataType::Double { min, max, default }
}

fn choices(values: &[&str], default: Option<u32>) -> DataType {
    let values = values.iter().map(|&name| name.to_owned()).collect();
    DataType::Enum { values, default }
}

fn text(default: &str) -> DataType {
    let default = Some(default.to_owned());
    DataType::String { default }
}

fn with_datastreams(datastreams: Vec<Datastream>) -> TemplateParts {
    TemplateParts {
        datastreams,
        ..TemplateParts::default()
    }
}

#[test]
fn what_a_datastream_may_be() {
    let place = |default| DataType::Location {
        default: Some(default),
    };
    let long = "x".repeat(MOST_TEXT);
    let too_long = "x".repeat(MOST_TEXT + 1);
    for (name, data_type, want) in [
        ("Moisture", integer(Some(0), Some(100), Some(0)), None),
        ("Moisture", integer(None, None, None), None),
        ("Moisture", integer(Some(5), Some(5), Some(5)), None),
        (
            "Moisture",
            integer(Some(1), Some(0), None),
            Some(Problem::BadRange),
        ),
        (
            "Moisture",
            integer(Some(0), None, Some(-1)),
            Some(Problem::BadDefault),
        ),
        (
            "Moisture",
            integer(None, Some(9), Some(10)),
            Some(Problem::BadDefault),
        ),
        ("Heat", double(Some(-40.0), Some(85.0), Some(20.5)), None),
        (
            "Heat",
            double(Some(f64::NAN), None, None),
            Some(Problem::BadRange),
        ),
        (
            "Heat",
            double(None, Some(f64::INFINITY), None),
            Some(Problem::BadRange),
        ),
        ("Note", text(&long), None),
        ("Note", text(&too_long), Some(Problem::BadDefault)),
        ("Note", text("a\0"), Some(Problem::BadDefault)),
        ("Valve", choices(&["shut", "open"], Some(1)), None),
        (
            "Valve",
            choices(&["shut", "open"], Some(2)),
            Some(Problem::BadDefault),
        ),
        ("Valve", choices(&[], None), Some(Problem::BadValues)),
        (
            "Valve",
            choices(&["open", " Open"], None),
            Some(Problem::BadValues),
        ),
        ("Valve", choices(&[" "], None), Some(Problem::BadValues)),
        ("Place", place([13.4, 52.5]), None),
        ("Place", place([52.5, 113.4]), Some(Problem::BadDefault)),
        ("", integer(None, None, None), Some(Problem::BadName)),
        ("a/b", integer(None, None, None), Some(Problem::BadName)),
    ] {
        let shown = format!("{name:?} {data_type:?}");
        let parsed = Blueprint::parse(with_datastreams(vec![stream(3, name, data_type)]));
        assert_eq!(parsed.err().map(|fault| fault.problem), want, "{shown}");
    }
}

#[test]
fn nothing_is_there_twice() {
    let plain = || integer(None, None, None);
    for (second, want) in [
        (stream(1, "b", plain()), Problem::DoublePin),
        (stream(2, " A ", plain()), Problem::DoubleName),
    ] {
        let parts = with_datastreams(vec![stream(1, "a", plain()), second]);
        let fault = Blueprint::parse(parts).expect_err("refused");
        assert_eq!((fault.problem, fault.index), (want, 1));
    }
}

#[test]
fn units_are_short_and_empty_ones_are_none() {
    for (unit, want) in [
        (" °C ", Ok(Some("°C"))),
        ("  ", Ok(None)),
        ("a very long unit indeed", Err(Problem::BadUnit)),
        ("\n%", Ok(Some("%"))),
        ("a\nb", Err(Problem::BadUnit)),
    ] {
        let mut one = stream(0, "a", integer(None, None, None));
        one.unit = Some(unit.to_owned());
        let parsed = Blueprint::parse(with_datastreams(vec![one]));
        let parsed = parsed.map(|good| good.parts().datastreams[0].unit.clone());
        let parsed = parsed.map_err(|fault| fault.problem);
        assert_eq!(parsed, want.map(|unit| unit.map(str::to_owned)), "{unit:?}");
    }
}

#[test]
fn metadata_fields() {
    let field = |name: &str, kind, default: Option<&str>| MetaField {
        name: name.to_owned(),
        kind,
        default: default.map(str::to_owned),
    };
    for (fields, want) in [
        (
            vec![field("Serial Number", MetaKind::Text, Some("none yet"))],
            None,
        ),
        (vec![field("Floor", MetaKind::Number, Some("-1.5"))], None),
        (
            vec![field("Floor", MetaKind::Number, Some("first"))],
            Some(Problem::BadDefault),
        ),
        (
            vec![field("Floor", MetaKind::Number, Some("inf"))],
            Some(Problem::BadDefault),
        ),
        (
            vec![field("", MetaKind::Text, None)],
            Some(Problem::BadName),
        ),
        (
            vec![field("Device Name", MetaKind::Text, None)],
            Some(Problem::BadName),
        ),
        (
            vec![
                field("Line", MetaKind::Text, None),
                field("line", MetaKind::Number, None),
            ],
            Some(Problem::DoubleName),
        ),
        (
            (0..=MOST)
                .map(|n| field(&n.to_string(), MetaKind::Text, None))
                .collect(),
            Some(Problem::TooMany),
        ),
    ] {
        let parsed = Blueprint::parse(TemplateParts {
            meta_fields: fields,
            ..TemplateParts::default()
        });
        assert_eq!(parsed.err().map(|fault| fault.problem), want);
    }
}

#[test]
fn events() {
    let event = |code: &str, name: &str| TemplateEvent {
        code: code.to_owned(),
        name: name.to_owned(),
        severity: Severity::Warning,
    };
    for (events, want) in [
        (vec![event("too_dry", "Too dry")], None),
        (vec![event("too dry", "Too dry")], Some(Problem::BadCode)),
        (vec![event("", "Too dry")], Some(Problem::BadCode)),
        (vec![event("dry", " ")], Some(Problem::BadName)),
        (
            vec![event("dry", "Too dry"), event("dry", "Far too dry")],
            Some(Problem::DoubleName),
        ),
    ] {
        let parsed = Blueprint::parse(TemplateParts {
            events,
            ..TemplateParts::default()
        });
        assert_eq!(parsed.err().map(|fault| fault.problem), want);
    }
}

fn any_type() -> impl Strategy<Value = DataType> {
    let number = || proptest::option::of(-9..9_i64);
    let real = || proptest::option::of((-9..9).prop_map(|halves| f64::from(halves) / 2.0));
    prop_oneof![
        (number(), number(), number()).prop_map(|(min, max, default)| integer(min, max, default)),
        (real(), real(), real()).prop_map(|(min, max, default)| double(min, max, default)),
        proptest::option::of(".{0,8}").prop_map(|default| DataType::String { default }),
        (
            proptest::collection::vec("[ a-c]{0,2}", 0..4),
            proptest::option::of(0..5_u32)
        )
            .prop_map(|(values, default)| DataType::Enum { values, default }),
        proptest::option::of([-190.0..190.0, -95.0..95.0]).prop_map(|place| DataType::Location {
            default: place.map(|at| at.map(f64::round))
        }),
    ]
}

proptest! {
    #[test]
    fn what_is_good_stays_as_it_is(
        datastreams in proptest::collection::vec((0..6_u8, "[ a-cA-C]{0,3}", any_type()), 0..5)
    ) {
        let datastreams = datastreams.into_iter();
        let parts = with_datastreams(
            datastreams.map(|(pin, name, data_type)| stream(pin, &name, data_type)).collect(),
        );
        let Ok(good) = Blueprint::parse(parts) else {
            return Ok(());
        };
        let pins: Vec<u8> = good.parts().datastreams.iter().map(|one| one.pin).collect();
        prop_assert!(pins.is_sorted_by(|one, next| one < next));
        let again = Blueprint::parse(good.parts().clone());
        prop_assert_eq!(again.as_ref(), Ok(&good));
        // What is kept is read again as it was.
        let json = serde_json::to_string(good.parts()).expect("serializes");
        let read: TemplateParts = serde_json::from_str(&json).expect("reads");
        prop_assert_eq!(&read, good.parts());
    }
}
