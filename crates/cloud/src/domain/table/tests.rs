use handover_wire::IdentifierKind;
use proptest::prelude::*;

use super::*;

fn mac(column: &str) -> Mapping {
    Mapping {
        identifier: Some((
            column.to_owned(),
            Scheme::parse(IdentifierKind::Eui48, None, "pattern").expect("a scheme"),
        )),
        ..Mapping::default()
    }
}

#[test]
fn rows_become_what_the_headers_say() {
    let text = "Device Name,MAC,Colour\nPump 1,4a:33:54:68:c9:f1,red\n,4A335468C9F2,\n";
    let windows = text.replace('\n', "\r\n").replace(',', ";");
    let marked = format!("\u{feff}{}", text.replace(',', "\t"));
    let trailing = text.replace('\n', ",,\n");
    let ragged = text.replace("red\n", "red,, ,\n");
    for text in [text, &windows, &marked, &trailing, &ragged] {
        let checked = check(text.as_bytes(), &mac("MAC")).expect("a table");
        assert_eq!(checked.columns, ["Device Name", "MAC", "Colour"]);
        assert_eq!(checked.fields, ["Colour"]);
        assert_eq!(checked.rows, 2);
        assert_eq!(checked.faults, []);
        let [(first, pump), (second, other)] = checked.good.try_into().expect("two rows");
        assert_eq!((first, second), (2, 3));
        assert_eq!(pump.name.as_deref(), Some("Pump 1"));
        assert_eq!(pump.identifier.as_deref(), Some("4A335468C9F1"));
        assert_eq!(pump.metadata["Colour"], "red");
        assert_eq!(other.name, None);
        assert!(other.metadata.is_empty());
    }
}

#[test]
fn a_first_line_may_say_what_stands_between_the_cells() {
    for (text, columns, good) in [
        ("sep=;\na;b,c\n1;2\n", &["a", "b,c"][..], &[3][..]),
        (
            "SEP=,\r\na,b;c;d\r\n1,2\r\n\r\n3,4\r\n",
            &["a", "b;c;d"],
            &[3, 5],
        ),
        ("\u{feff}\"sep=|\"\na|b\n1|2\n", &["a", "b"], &[3]),
        ("sep=\t\na\tb;c\n1\t2\n", &["a", "b;c"], &[3]),
        // Those are headers.
        ("sep=;x\n1;2\n", &["sep=", "x"], &[2]),
        ("sep=\n1\n", &["sep="], &[2]),
        ("sep=ü\n1\n", &["sep=ü"], &[2]),
    ] {
        let checked = check(text.as_bytes(), &Mapping::default()).expect("a table");
        assert_eq!(checked.columns, columns, "{text:?}");
        let lines: Vec<_> = checked.good.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, good, "{text:?}");
    }
    let error = check(b"sep=;\na;b\n1;\"2\n", &Mapping::default()).expect_err("no table");
    assert_eq!(error.fact, Some(("line", "3".to_owned())));
}

#[test]
fn columns_are_mapped() {
    let mut mapping = Mapping::default();
    for (column, field) in [
        ("Bezeichnung", "Device Name"),
        ("x", ""),
        ("Farbe", "Colour"),
    ] {
        mapping.fields.insert(column.to_owned(), field.to_owned());
    }
    let text = "Bezeichnung;x;Farbe\nPumpe;1;rot\n";
    let checked = check(text.as_bytes(), &mapping).expect("a table");
    let (_, row) = &checked.good[0];
    assert_eq!(row.name.as_deref(), Some("Pumpe"));
    assert_eq!(
        row.metadata,
        [("Colour".to_owned(), "rot".to_owned())].into()
    );
}

#[test]
fn what_is_no_table_says_why() {
    for (bytes, mapping, problem, fact) in [
        (b"" as &[u8], Mapping::default(), TableProblem::Empty, None),
        (
            b"\xef\xbb\xbf\n \n",
            Mapping::default(),
            TableProblem::Empty,
            None,
        ),
        (
            b"\xff\xfea\0",
            Mapping::default(),
            TableProblem::Encoding,
            Some("UTF-16"),
        ),
        (
            b"a\0,\0",
            Mapping::default(),
            TableProblem::Encoding,
            Some("UTF-16"),
        ),
        (
            b"Gr\xf6\xdfe\n1\n",
            Mapping::default(),
            TableProblem::Encoding,
            Some("Windows-1252"),
        ),
        (
            b"PK\x03\x04rest",
            Mapping::default(),
            TableProblem::Encoding,
            Some("spreadsheet"),
        ),
        (
            b"a,b\n1,\"2\n3,4\n",
            Mapping::default(),
            TableProblem::OpenQuote,
            Some("2"),
        ),
        (
            b"a,b\n1,\"two \"\" of\nthem\"\n3,\"\"\"\n",
            Mapping::default(),
            TableProblem::OpenQuote,
            Some("4"),
        ),
        (
            b"a,a\n1,2\n",
            Mapping::default(),
            TableProblem::DoubleHeader,
            Some("a"),
        ),
        (
            b"a,,b\n1,2,3\n",
            Mapping::default(),
            TableProblem::NoHeader,
            Some("2"),
        ),
        (
            b"mac\n1\n",
            mac("MAC"),
            TableProblem::NoSuchColumn,
            Some("MAC"),
        ),
        (b"a,b\n,\n", Mapping::default(), TableProblem::NoRows, None),
        (b"sep=;\n", Mapping::default(), TableProblem::NoRows, None),
        (
            b",,\n1,2,3\n",
            Mapping::default(),
            TableProblem::NoHeader,
            Some("1"),
        ),
    ] {
        let error = check(bytes, &mapping).expect_err("no table");
        assert_eq!(error.problem, problem, "{bytes:?}");
        let found = error.fact.as_ref().map(|(_, value)| value.as_str());
        assert_eq!(found, fact, "{bytes:?}");
    }
    let long = "x\n".repeat(MOST_TOKENS as usize + 2);
    let error = check(long.as_bytes(), &Mapping::default()).expect_err("too long");
    assert_eq!(error.problem, TableProblem::TooManyRows);
}

#[test]
fn each_fault_names_its_line_and_column() {
    let text = "Device Name,MAC\n\
                a,4a:33:54:68:c9:f1\n\
                \"two\nlines\",4a:33:54:68:c9:f2\n\
                c,4a:33:54:68:c9\n\
                d,\n\
                e,4A33.5468.C9F1\n\
                f\n\
                \n\
                g,4a:33:54:68:c9:f7\n\
                h,4a:33:54:68:c9:f8,,x\n";
    let checked = check(text.as_bytes(), &mac("MAC")).expect("a table");
    let faults: Vec<_> = checked
        .faults
        .iter()
        .map(|fault| {
            (
                fault.line,
                fault.problem,
                fault.column.as_deref(),
                fault.other,
            )
        })
        .collect();
    assert_eq!(
        faults,
        [
            (3, RowProblem::BadName, Some("Device Name"), None),
            (5, RowProblem::BadIdentifier, Some("MAC"), None),
            (6, RowProblem::NoIdentifier, Some("MAC"), None),
            (7, RowProblem::DoubleInFile, Some("MAC"), Some(2)),
            (8, RowProblem::CellCount, None, None),
            (11, RowProblem::CellCount, None, None),
        ]
    );
    let good: Vec<_> = checked.good.iter().map(|(line, _)| *line).collect();
    assert_eq!(good, [2, 10]);
    assert_eq!(checked.rows, 8);
}

proptest! {
    /// Whatever is uploaded, every row is either good or at fault.
    #[test]
    fn no_row_is_lost(text in "[a-c,;\"\t\n\r ]{0,80}") {
        if let Ok(checked) = check(text.as_bytes(), &Mapping::default()) {
            let counted = checked.good.len() + checked.faults.len();
            prop_assert_eq!(u64::try_from(counted), Ok(checked.rows));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = check(&bytes, &mac("a"));
    }
}
