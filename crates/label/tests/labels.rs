//! What each label is taken for, and what comes out of it.

use handover_label::Advice::{AskFirst, CheckTyping, ClaimNow, NeedsProof, ScanAnother};
use handover_label::Format::{
    AuthToken, ClaimLink, Eui48, Eui64, Gs1DigitalLink, Gs1ElementString, Imei, LorawanTr005,
    QrToken, RetailBarcode, Serial, Text,
};
use handover_label::{
    Advice, Claim, Format, IdentifierKind, MAX_BYTES, Scanned, claim, explain, explain_scanned,
};

const QR: &str = "sqr_abcdefghijklmnopqrstuvwxyzABCD_-";
const AUTH: &str = "abcdefghijklmnopqrstuvwxyzABCD_-";
const TR005: &str =
    "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:OAABBCCDDEEFF:SYYWWNNNNNN:PFOOBAR:CAF2C";
const TR005_PLAIN: &str = "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122";

type Row = (Format, Option<bool>, Advice);

const OURS: Row = (QrToken, Some(true), ClaimNow);
const LINK: Row = (ClaimLink, Some(true), ClaimNow);
const CREDENTIAL: Row = (AuthToken, None, AskFirst);
const MAC: Row = (Eui48, None, NeedsProof);
const DEV_EUI: Row = (Eui64, None, NeedsProof);
const LORAWAN: Row = (LorawanTr005, Some(true), NeedsProof);
const LORAWAN_UNCHECKED: Row = (LorawanTr005, None, NeedsProof);
const PHONE: Row = (Imei, Some(true), NeedsProof);
const RETAIL: Row = (RetailBarcode, Some(true), ScanAnother);
const GS1: Row = (Gs1ElementString, Some(true), NeedsProof);
const NAME: Row = (Serial, None, NeedsProof);
const OTHER: Row = (Text, None, ScanAnother);

/// In a text, `{QR}` and `{AUTH}` stand for tokens.
#[track_caller]
fn check(text: &str, expected: &[Row]) {
    let text = text.replace("{QR}", QR).replace("{AUTH}", AUTH);
    let readings = explain(&text);
    let actual: Vec<Row> = readings
        .iter()
        .map(|reading| (reading.format, reading.valid, reading.advice))
        .collect();
    assert_eq!(actual, expected, "{text}");
    for reading in readings {
        let claims = matches!(reading.advice, ClaimNow | AskFirst | NeedsProof);
        assert_eq!(reading.claimable, claims, "{text}");
        assert_eq!(
            reading.why.is_some(),
            reading.valid == Some(false),
            "{text}"
        );
    }
}

#[test]
fn tokens_and_links_are_claimed_at_once() {
    for text in ["{QR}", "{QR}+1", " {QR}+123456\r\n"] {
        check(text, &[OURS]);
    }
    for text in [
        "https://cloud.example/claim#{QR}",
        "https://cloud.example:8443/claim#{QR}+1",
        "http://127.0.0.1:8080/claim#{QR}",
        "handover://claim#{QR}",
        "handover://claim#{QR}+1",
    ] {
        check(text, &[LINK]);
    }
}

#[test]
fn broken_tokens_and_links_are_not_claimed() {
    for text in ["{QR}x", "{QR} 1", "{QR}%2B1", "{QR}+x", "sqr_"] {
        check(text, &[(QrToken, Some(false), CheckTyping)]);
    }
    for text in [
        "http://cloud.example/claim#{QR}",
        "https://a:b@cloud.example/claim#{QR}",
        "https://cloud.example/elsewhere#{QR}",
        "https://cloud.example/claim#sqr_cut",
    ] {
        check(text, &[(ClaimLink, Some(false), CheckTyping)]);
    }
    // A part of a token is not offered, and so not shown, as a serial number.
    for text in ["\"{QR}\"", "token={QR}", "ftp://cloud.example/claim#{QR}"] {
        check(text, &[OTHER]);
    }
}

#[test]
fn auth_tokens_are_asked_about() {
    check("{AUTH}", &[CREDENTIAL, NAME]);
    // An MD5, and a UUID without dashes.
    check("d41d8cd98f00b204e9800998ecf8427e", &[CREDENTIAL, NAME]);
    check("123E4567E89B12D3A456426614174000", &[CREDENTIAL, NAME]);
    // By chance, or a QR token that was cut off.
    check(
        "sqr_abcdefghijklmnopqrstuvwxyzAB",
        &[(QrToken, Some(false), CheckTyping), CREDENTIAL],
    );
    check("123e4567-e89b-12d3-a456-426614174000", &[NAME]);
}

#[test]
fn identifiers_need_proof() {
    check("4A:33:54:68:C9:F1", &[MAC]);
    check("4a-33-54-68-c9-f1", &[MAC]);
    check("4a33.5468.c9f1", &[MAC]);
    check("MAC: 4A335468C9F1", &[MAC]);
    check("4A335468C9F1", &[MAC, NAME]);
    // Serial numbers are written like this, too.
    check("4a 33 54 68 c9 f1", &[MAC, NAME]);
    check("4a3354-68c9f1", &[MAC, NAME]);
    check("SN 00 12 34 56 78", &[NAME]);
    check("123456789013", &[MAC, NAME]);
    check("4A:33:54:68:K9:F1", &[(Eui48, Some(false), CheckTyping)]);
    check("70-B3-D5-7E-D0-00-00-01", &[DEV_EUI]);
    check("70B3D57ED0000001", &[DEV_EUI, NAME]);
    check(
        "70:B3:D5:7E:D0:00:OO:01",
        &[(Eui64, Some(false), CheckTyping)],
    );
    check("352656106118683", &[PHONE, NAME]);
    check("490154203237518", &[PHONE, NAME]);
    check("49-015420-323751-8", &[PHONE, NAME]);
    check("IMEI: 490154203237518", &[PHONE]);
    check("352656106118684", &[(Imei, Some(false), CheckTyping), NAME]);
    check("SN-0012345", &[NAME]);
    check("Gerät 7/ä", &[NAME]);
    check("ABCD-EFGH-IJKL", &[NAME]);
    check("ab-cd-ef-gh-ij-kl", &[NAME]);
    check("SN:12345", &[OTHER, NAME]);
}

#[test]
fn lorawan_labels_are_checked() {
    check(TR005, &[LORAWAN]);
    check(TR005_PLAIN, &[LORAWAN_UNCHECKED]);
    check(&format!("{TR005_PLAIN}:Xnew:SN1"), &[LORAWAN_UNCHECKED]);
    let wrong = (LorawanTr005, Some(false), CheckTyping);
    check(&TR005.replace("FOOBAR", "FOOBAZ"), &[wrong]);
    check(&TR005.replace(":AABB1122", ":AABB112"), &[wrong]);
    check("LW:D0:", &[wrong]);
    check(&TR005.replace("LW:D0", "lw:d0"), &[OTHER]);
}

#[test]
fn gs1_labels_name_a_device_by_their_serial_number() {
    let link = |valid, advice| [(Gs1DigitalLink, Some(valid), advice)];
    let check_link = |text, valid, advice| check(text, &link(valid, advice));
    check_link(
        "https://id.gs1.org/01/09521234543213/10/ABC123/21/12345",
        true,
        NeedsProof,
    );
    check_link(
        "https://example.com/resolve/01/09506000134352/21/SN001",
        true,
        NeedsProof,
    );
    check_link("https://example.com/01/09506000134352", true, ScanAnother);
    check_link(
        "https://example.com/01/09506000134353/21/SN001",
        false,
        CheckTyping,
    );
    check("(01)09521234543213(21)12345", &[GS1]);
    check("0109521234543213\u{1d}2112345", &[GS1]);
    check("]C101095212345432132112345", &[GS1]);
    check("01095212345432132112345", &[GS1, NAME]);
    check(
        "(01)09521234543213",
        &[(Gs1ElementString, Some(true), ScanAnother)],
    );
    check(
        "(01)09521234543214(21)12345",
        &[(Gs1ElementString, Some(false), CheckTyping)],
    );
    // Two plain texts that look a little like it.
    check("(a) sensor", &[NAME]);
    check("01095212345432142112345", &[NAME]);
}

#[test]
fn retail_barcodes_are_not_claimed() {
    check("5901234123457", &[RETAIL, NAME]);
    check("036000291452", &[RETAIL, MAC, NAME]);
    check("96385074", &[NAME, RETAIL]);
    check("]E05901234123457", &[RETAIL]);
    check("5901234123458", &[NAME]);
}

#[test]
fn the_symbol_settles_what_digits_leave_open() {
    let formats = |text: &str, identifier: &str| -> Vec<Format> {
        let readings = explain_scanned(&Scanned {
            identifier,
            ..Scanned::typed(text)
        });
        readings.iter().map(|reading| reading.format).collect()
    };
    let rows: &[(&str, &str, &[Format])] = &[
        ("036000291452", "]E0", &[RetailBarcode]),
        ("96385074", "]E4", &[RetailBarcode]),
        ("01234565", "]E0", &[RetailBarcode]),
        ("036000291452", "]C0", &[Eui48, Serial]),
        // One serial number of ten has the check digit of a retail barcode.
        ("5901234123457", "]Q1", &[Serial]),
        ("96385074", "]C0", &[Serial]),
        ("01095212345432132112345", "]d2", &[Gs1ElementString]),
        (
            "01095212345432132112345",
            "]d1",
            &[Gs1ElementString, Serial],
        ),
        ("SN-1", "]C1", &[Serial]),
        ("]C1", "", &[Text]),
    ];
    for (text, identifier, expected) in rows {
        assert_eq!(&formats(text, identifier), expected, "{identifier}{text}");
    }
}

#[test]
fn bytes_say_what_element_strings_are() {
    let element_strings = "01095212345432132112345";
    // The text of a symbol that states UTF-16 and means ASCII.
    let readings = explain_scanned(&Scanned {
        text: "〱〹㔲ㄲ",
        raw: element_strings.as_bytes(),
        identifier: "]Q3",
        is_part: false,
    });
    assert_eq!(readings[0].format, Gs1ElementString);
    assert_eq!(readings[0].identity["serial"], "12345");
    // Bytes that are not ASCII are no element strings: the text counts.
    let readings = explain_scanned(&Scanned {
        text: element_strings,
        raw: b"\xff",
        identifier: "]Q3",
        is_part: false,
    });
    assert_eq!(readings[0].identity["serial"], "12345");
}

#[test]
fn a_part_of_a_text_claims_nothing() {
    for text in ["SN-1", "352656106118683", "{QR}"] {
        let text = text.replace("{QR}", "sqr_0123456789abcdefghijklmnopqrstu-");
        let readings = explain_scanned(&Scanned {
            is_part: true,
            ..Scanned::typed(&text)
        });
        assert_eq!(readings.len(), 1, "{text}");
        assert_eq!((readings[0].format, readings[0].claimable), (Text, false));
        assert_eq!(readings[0].advice, ScanAnother);
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_label() {
    let plain = explain("sqr_0123456789abcdefghijklmnopqrstu-");
    assert_eq!(
        explain("\u{feff}sqr_0123456789abcdefghijklmnopqrstu-"),
        plain
    );
}

/// Later formats take these over, row by row.
#[test]
fn foreign_codes_are_text() {
    for text in [
        "MT:M5L90MP500K64J00000",
        "MT:-24J042C00KA0648G00",
        "X-HM://0023ISYWY8H2B",
        "900132782003515253545541424344453132333435212223242500100435301537022065520001000000300578",
        "Z:0123456789ABCDEF$I:83FED3407A939723A5C639B26916D505C3B5",
        r#"{"ver":"v1","name":"PROV_CE03C0","pop":"abcd1234","transport":"softap"}"#,
        "DPP:C:81/1;M:000102030405;K:MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACDmtXD1Sz6/5B4YRdmTkbkkFLDwk8f0yRnfm1Gokpx/0=;;",
        "URN:DEV:LW:70B3D57ED0000000_0004A31000FFFFFF_00000000_VD53FFFFF",
        "ABV:IB01;SERNUM:1;PID:2;PUK:3;PIN:4;",
        "https://m.smart321.com/abcdef",
        "WIFI:T:WPA;S:Home;P:secret;;",
        "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP",
        "BEGIN:VCARD",
        "http://example.com",
        "mailto:someone@example.com",
        "",
        " \t",
        "two\nlines",
        "zero\u{200b}width",
        "A text of more than sixty-four characters is no serial number at all.",
    ] {
        check(text, &[OTHER]);
        assert_eq!(claim(text), None, "{text}");
    }
    for text in ["34970112332", "3497-011-2332"] {
        check(text, &[NAME]);
    }
}

#[test]
fn long_texts_are_not_looked_at() {
    let longest = format!(
        "{TR005_PLAIN}:X{}",
        "x".repeat(MAX_BYTES - TR005_PLAIN.len() - 2)
    );
    check(&longest, &[LORAWAN_UNCHECKED]);
    check(&format!("{longest}x"), &[OTHER]);
    check(&" ".repeat(1 << 20), &[OTHER]);
    assert!(explain(&format!("{longest}x"))[0].reason.contains("4 KiB"));
}

#[test]
fn the_identity_is_canonical_and_masked() {
    let rows: &[(&str, &[(&str, &str)])] = &[
        ("{QR}", &[("token", "sqr_…_-")]),
        ("{QR}+7", &[("org_id", "7"), ("token", "sqr_…_-")]),
        (
            "https://Cloud.example:8443/claim#{QR}+7",
            &[
                ("cloud", "cloud.example:8443"),
                ("org_id", "7"),
                ("token", "sqr_…_-"),
            ],
        ),
        ("handover://claim#{QR}", &[("token", "sqr_…_-")]),
        ("{AUTH}", &[("token", "…_-")]),
        ("4a-33-54-68-c9-f1", &[("eui48", "4A335468C9F1")]),
        ("70b3d57ed0000001", &[("eui64", "70B3D57ED0000001")]),
        ("49 015420 323751 8", &[("imei", "490154203237518")]),
        (" SN 001 ", &[("serial", "SN 001")]),
        (
            "(01)09521234543213(10)ABC123(21)12345",
            &[
                ("gtin", "09521234543213"),
                ("lot", "ABC123"),
                ("serial", "12345"),
            ],
        ),
        ("5901234123457", &[("gtin", "05901234123457")]),
        ("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP", &[]),
        (
            TR005,
            &[
                ("dev_eui", "AABBCCDDEEFF0011"),
                ("join_eui", "1122334455667788"),
                ("owner_token", "AAB…F"),
                ("profile_id", "AABB1122"),
                ("proprietary", "F…"),
                ("serial", "YYWWNNNNNN"),
                ("vendor_id", "AABB"),
            ],
        ),
    ];
    for (text, expected) in rows {
        let text = text.replace("{QR}", QR).replace("{AUTH}", AUTH);
        let identity = &explain(&text)[0].identity;
        let identity: Vec<_> = identity
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        assert_eq!(&identity, expected, "{text}");
    }
    let second = &explain(AUTH)[1];
    assert_eq!(second.identity["serial"], "…_-");
}

#[test]
fn what_may_be_a_foreign_secret_is_masked_as_a_serial_number() {
    let rows = [
        // A Zigbee install code, alone and behind its device's address.
        ("83FED3407A939723A5C639B26916D505C3B5", "83FE…B5"),
        (
            "0123456789ABCDEF|83FED3407A939723A5C639B26916D505C3B5",
            "0123…B5",
        ),
        ("key 83fed3407a939723a5c639b26916d505", "key …05"),
        // Matter's manual pairing code and HomeKit's set-up code.
        ("3497-011-2332", "349…2"),
        ("123-45-678", "12…8"),
        ("PW=hunter22secret", "PW=h…et"),
        // Serial numbers that only look a little like those.
        (
            "83FED3407A939723A5C639B26916D50",
            "83FED3407A939723A5C639B26916D50",
        ),
        (
            "123E4567-E89B-12D3-A456-426614174000",
            "123E4567-E89B-12D3-A456-426614174000",
        ),
        ("3497-0112-332", "3497-0112-332"),
        ("ABC-45-678", "ABC-45-678"),
        ("SN-123-45-678", "SN-123-45-678"),
    ];
    for (text, shown) in rows {
        let readings = explain(text);
        let serial = readings.iter().find(|reading| reading.format == Serial);
        assert_eq!(
            serial.map(|reading| &*reading.identity["serial"]),
            Some(shown),
            "{text}"
        );
    }
}

#[test]
fn the_best_claimable_reading_is_claimed() {
    let described = |text: &str| match claim(text)? {
        Claim::QrToken { token, org } => Some(format!("{} {org:?}", token.expose())),
        Claim::AuthToken(token) => Some(token.expose().to_owned()),
        Claim::Identifier(name) => Some(format!("{} {}", name.kind.as_str(), name.canonical)),
    };
    let rows = [
        (QR.to_owned(), Some(format!("{QR} None"))),
        (format!("{QR}+7"), Some(format!("{QR} Some(7)"))),
        (
            format!("https://cloud.example/claim#{QR}+7"),
            Some(format!("{QR} Some(7)")),
        ),
        (format!("handover://claim#{QR}"), Some(format!("{QR} None"))),
        (format!("http://cloud.example/claim#{QR}"), None),
        (AUTH.to_owned(), Some(AUTH.to_owned())),
        (TR005.to_owned(), Some("eui64 AABBCCDDEEFF0011".to_owned())),
        (TR005.replace("AF2C", "AF2D"), None),
        (
            "4A:33:54:68:c9:f1".to_owned(),
            Some("eui48 4A335468C9F1".to_owned()),
        ),
        ("4A:33:54:68:K9:F1".to_owned(), None),
        (
            "https://example.com/01/09506000134352/21/SN001".to_owned(),
            Some("serial SN001".to_owned()),
        ),
        (
            "352656106118683".to_owned(),
            Some("imei 352656106118683".to_owned()),
        ),
        (
            "352656106118684".to_owned(),
            Some("serial 352656106118684".to_owned()),
        ),
        (" SN 001 ".to_owned(), Some("serial SN 001".to_owned())),
        ("x".repeat(MAX_BYTES + 1), None),
    ];
    for (text, expected) in rows {
        assert_eq!(described(&text), expected, "{text}");
    }
}

#[test]
fn the_wrong_character_is_named() {
    let why = explain("4A:33:54:68:K9:F1")[0].why.clone();
    assert_eq!(
        why.as_deref(),
        Some("The character 'K' is no hex digit: those are 0 to 9 and A to F.")
    );
}

#[test]
fn a_reading_crosses_the_wire_in_the_published_shape() {
    let json = serde_json::to_value(explain("352656106118684")).expect("readings serialize");
    assert_eq!(
        json,
        serde_json::json!([
            {
                "format": "imei",
                "valid": false,
                "why": "The last digit does not fit the 14 before it.",
                "claimable": false,
                "identity": {},
                "reason": "It has 15 digits, like an IMEI.",
                "advice": "check_typing",
            },
            {
                "format": "serial",
                "valid": null,
                "claimable": true,
                "identity": {"serial": "352656106118684"},
                "reason": "It could be a serial number: nothing in it can be checked.",
                "advice": "needs_proof",
            },
        ])
    );
}

#[test]
fn kinds_of_identifiers_are_named_like_their_formats() {
    let rows = [
        (IdentifierKind::Serial, Serial),
        (IdentifierKind::Eui48, Eui48),
        (IdentifierKind::Eui64, Eui64),
        (IdentifierKind::Imei, Imei),
    ];
    for (kind, format) in rows {
        assert_eq!(kind.as_str(), format.as_str());
    }
}
