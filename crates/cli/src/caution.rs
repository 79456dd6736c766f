//! Which claims a person should look at before they are sent.

use handover_label::{Advice, Reading, explain};
use url::Url;

/// What speaks against claiming this label at this cloud without a person's word, as a sentence. None for a label of
/// ours that names this cloud or none, nor for a device's name where something `proves` that the device is there.
pub fn caution(text: &str, server: &Url, proves: bool) -> Option<String> {
    let reading = explain(text)
        .into_iter()
        .find(|reading| reading.claimable)?;
    match reading.advice {
        Advice::ClaimNow => another_server(&reading, server),
        Advice::NeedsProof if proves => None,
        Advice::NeedsProof => Some(
            "It names a device. Whether that alone claims depends on what its maker asks for: a claim code, its button, support's word, or nothing.".to_owned(),
        ),
        Advice::AskFirst | Advice::ScanAnother | Advice::CheckTyping => {
            Some("It can be claimed, but other things look the same.".to_owned())
        }
    }
}

fn another_server(reading: &Reading, server: &Url) -> Option<String> {
    let named = reading.identity.get("cloud")?;
    let is_same = Url::parse(&format!("https://{named}")).is_ok_and(|url| is_same(&url, server));
    let own = server.host_str().unwrap_or_default();
    (!is_same).then(|| format!("The link names the server {named}, and {own} was asked for."))
}

/// Whether two addresses are of one cloud. Plain HTTP is for this machine alone, where the bundled cloud takes any free
/// port: a label that was printed yesterday names another one.
fn is_same(named: &Url, server: &Url) -> bool {
    let ports_differ = named.port_or_known_default() != server.port_or_known_default();
    named.host() == server.host() && (server.scheme() == "http" || !ports_differ)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "sqr_0123456789abcdefghijklmnopqrstu-";

    #[track_caller]
    fn check(text: &str, server: &str, said: Option<&str>) {
        let server = Url::parse(server).expect("an address");
        let text = text.replace("{QR}", TOKEN);
        let why = caution(&text, &server, false);
        assert_eq!(why.is_some(), said.is_some(), "{text} at {server}: {why:?}");
        if let Some((why, said)) = why.zip(said) {
            assert!(why.contains(said), "{text} at {server}: {why}");
        }
    }

    #[test]
    fn labels_of_ours_are_claimed_at_once() {
        for text in ["{QR}", "{QR}+1", "handover://claim#{QR}"] {
            check(text, "https://cloud.example", None);
        }
        check(
            "https://cloud.example/claim#{QR}",
            "https://cloud.example",
            None,
        );
        check(
            "https://cloud.example:8443/claim#{QR}",
            "https://cloud.example:8443",
            None,
        );
        check(
            "http://127.0.0.1:40123/claim#{QR}",
            "http://127.0.0.1:8080",
            None,
        );
    }

    #[test]
    fn a_proof_answers_for_a_name_and_for_nothing_else() {
        let server = Url::parse("https://cloud.example").expect("an address");
        assert_eq!(caution("SN-1", &server, true), None);
        let elsewhere = format!("https://other.example/claim#{TOKEN}");
        assert!(caution(&elsewhere, &server, true).is_some());
    }

    #[test]
    fn other_servers_and_doubtful_labels_are_not() {
        let other = Some("names the server");
        check(
            "https://other.example/claim#{QR}",
            "https://cloud.example",
            other,
        );
        check(
            "https://cloud.example:8443/claim#{QR}",
            "https://cloud.example",
            other,
        );
        check(
            "https://other.example/claim#{QR}",
            "http://127.0.0.1:8080",
            other,
        );
        check(
            "http://127.0.0.1:8080/claim#{QR}",
            "https://cloud.example",
            other,
        );
        check(&TOKEN[4..], "https://cloud.example", Some("look the same"));
        for text in [
            "352656106118683",
            "352656106118684",
            "SN-1",
            "PW=hunter22secret",
        ] {
            check(
                text,
                "https://cloud.example",
                Some("depends on what its maker asks for"),
            );
        }
    }
}
