use proptest::prelude::*;

use super::*;

fn types() -> [DataType; 5] {
    [
        DataType::Integer {
            min: Some(-5),
            max: Some(100),
            default: None,
        },
        DataType::Double {
            min: Some(0.0),
            max: Some(50.0),
            default: None,
        },
        DataType::String { default: None },
        DataType::Enum {
            values: vec!["off".to_owned(), "on".to_owned()],
            default: Some(0),
        },
        DataType::Location { default: None },
    ]
}

#[test]
fn values_are_what_their_type_says() {
    let [integer, double, string, switch, location] = types();
    let long = "x".repeat(1_025);
    let rows: [(&DataType, &[&str], Option<Value>); 24] = [
        (&integer, &["7"], Some(Value::Whole(7))),
        (&integer, &["7.000"], Some(Value::Whole(7))),
        (&integer, &["7.5"], None),
        (&integer, &["900"], Some(Value::Whole(100))),
        (&integer, &["-900"], Some(Value::Whole(-5))),
        (&integer, &["a"], None),
        (&integer, &[""], None),
        (&integer, &["1", "2"], None),
        (&double, &["23.5"], Some(Value::Number(23.5))),
        (&double, &["1e9"], Some(Value::Number(50.0))),
        (&double, &["-0"], Some(Value::Number(0.0))),
        (&double, &["NaN"], None),
        (&double, &["inf"], None),
        (&string, &["text"], Some(Value::Text("text".to_owned()))),
        (&string, &[""], Some(Value::Text(String::new()))),
        (&string, &[&long], None),
        (&string, &["a\0b"], None),
        (&switch, &["1"], Some(Value::Whole(1))),
        (&switch, &["2"], None),
        (&switch, &["-1"], None),
        (
            &location,
            &["13.4", "52.5"],
            Some(Value::Place([13.4, 52.5])),
        ),
        (&location, &["13.4,52.5"], Some(Value::Place([13.4, 52.5]))),
        (&location, &["13.4"], None),
        (&location, &["190", "0"], None),
    ];
    for (of, written, want) in rows {
        assert_eq!(Value::read(of, written).ok(), want, "{written:?}");
    }
}

#[test]
fn points_are_at_most_a_month_old() {
    let now = Time(100_000_000_000);
    let month = OLDEST_SECONDS * 1_000;
    for (said, want) in [
        (now.0, Some(now.0)),
        (now.0 - month, Some(now.0 - month)),
        (now.0 - month - 1, None),
        (now.0 + 60_000, Some(now.0)),
        (now.0 + 400_000, None),
        (i64::MIN, None),
    ] {
        assert_eq!(point_time(said, now), want.map(Time), "{said}");
    }
}

#[test]
fn charts_have_the_finest_rows_that_there_are() {
    let now = Time(1_800_000_000_000);
    let hours = |hours: i64| hours * 3_600_000;
    for (back, want) in [
        (hours(1), 60_000),
        (hours(24), 60_000),
        (hours(60), 3_600_000),
    ] {
        let from = Time(now.0 - back);
        assert_eq!(step_for(from, back, 1_500, now), want, "{back}");
    }
    let [minute, hour]: [(i64, i64); 2] = rows_of(now, now)
        .collect::<Vec<_>>()
        .try_into()
        .expect("both");
    assert_eq!((minute.0, hour.0), (60_000, 3_600_000));
    assert_eq!(rows_of(Time(now.0 - hours(72)), now).count(), 1);
    assert_eq!(rows_of(Time(now.0 - hours(24 * 500)), now).count(), 0);
}

proptest! {
    #[test]
    fn what_a_device_is_told_is_read_as_the_same(which in 0_usize..5, written in "[-0-9.,e]{1,8}") {
        let of = &types()[which];
        if let Ok(value) = Value::read(of, &[&written]) {
            let fields = value.fields();
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            prop_assert_eq!(Value::read(of, &fields), Ok(value.clone()));
            let kept = Value::from_json(&value.json()).expect("a value");
            prop_assert_eq!(kept.raw(), value.raw());
        }
    }

    #[test]
    fn numbers_are_within_their_range(number in any::<f64>(), whole in any::<i64>()) {
        let [integer, double, ..] = types();
        if let Ok(Value::Number(found)) = Value::read(&double, &[&number.to_string()]) {
            prop_assert!((0.0..=50.0).contains(&found));
        }
        let found = Value::read(&integer, &[&whole.to_string()]);
        prop_assert!(matches!(found, Ok(Value::Whole(found)) if (-5..=100).contains(&found)));
    }

    #[test]
    fn gathering_does_not_mind_the_order(a in -1e6..1e6, b in -1e6..1e6) {
        let (one, two) = (Gathered::of(a), Gathered::of(b));
        prop_assert_eq!(one.and(two), two.and(one));
        prop_assert_eq!(one.and(two).amount, 2);
    }
}
