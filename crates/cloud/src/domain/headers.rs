//! What columns of a table are by their headers, as people write them in English and German.

use handover_wire::IdentifierKind;

/// Headers of columns with devices' names, in small letters and without what stands between them; the likeliest first.
const NAMES: [&str; 8] = [
    "devicename",
    "gerätename",
    "name",
    "device",
    "gerät",
    "label",
    "bezeichnung",
    "etikett",
];

/// Headers of columns that identify devices, written in the same way.
const IDENTIFIERS: [(&str, IdentifierKind); 17] = [
    ("mac", IdentifierKind::Eui48),
    ("macaddress", IdentifierKind::Eui48),
    ("macadresse", IdentifierKind::Eui48),
    ("eui48", IdentifierKind::Eui48),
    ("deveui", IdentifierKind::Eui64),
    ("deviceeui", IdentifierKind::Eui64),
    ("eui64", IdentifierKind::Eui64),
    ("eui", IdentifierKind::Eui64),
    ("imei", IdentifierKind::Imei),
    ("imeinummer", IdentifierKind::Imei),
    ("serial", IdentifierKind::Serial),
    ("serialnumber", IdentifierKind::Serial),
    ("serialno", IdentifierKind::Serial),
    ("sn", IdentifierKind::Serial),
    ("seriennummer", IdentifierKind::Serial),
    ("seriennr", IdentifierKind::Serial),
    ("snr", IdentifierKind::Serial),
];

/// The column that seems to have the devices' names.
pub fn name_column<'a>(headers: impl Iterator<Item = &'a String> + Clone) -> Option<&'a String> {
    NAMES
        .iter()
        .find_map(|name| headers.clone().find(|header| plain(header) == *name))
}

/// The kind of identifier that a column of this header seems to have.
pub fn kind_by_header(header: &str) -> Option<IdentifierKind> {
    let header = plain(header);
    let mut known = IDENTIFIERS.iter();
    known
        .find(|(name, _)| *name == header)
        .map(|&(_, kind)| kind)
}

/// A header in small letters, without spaces and signs.
fn plain(header: &str) -> String {
    let letters = header.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_told_by_their_headers_in_any_case_and_language() {
        for (header, want) in [
            ("mac", Some(IdentifierKind::Eui48)),
            ("MAC-Adresse", Some(IdentifierKind::Eui48)),
            ("DevEUI", Some(IdentifierKind::Eui64)),
            ("dev_eui", Some(IdentifierKind::Eui64)),
            ("IMEI", Some(IdentifierKind::Imei)),
            ("Serial Number", Some(IdentifierKind::Serial)),
            ("Seriennummer", Some(IdentifierKind::Serial)),
            ("Colour", None),
            ("Machine", None),
            ("", None),
        ] {
            assert_eq!(kind_by_header(header), want, "{header}");
        }
    }

    #[test]
    fn of_several_names_the_likeliest_is_taken() {
        for (headers, want) in [
            (&["mac", "name"][..], Some("name")),
            (&["Label", "NAME"][..], Some("NAME")),
            (&["Name", "Device Name"][..], Some("Device Name")),
            (&["Gerätename"][..], Some("Gerätename")),
            (&["label", "serial"][..], Some("label")),
            (&["No", "MAC"][..], None),
        ] {
            let headers: Vec<String> = headers.iter().map(|one| (*one).to_owned()).collect();
            let told = name_column(headers.iter()).map(String::as_str);
            assert_eq!(told, want, "{headers:?}");
        }
    }
}
