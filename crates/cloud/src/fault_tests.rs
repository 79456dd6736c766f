//! Faults that devices meet that stay connected, and whoever speaks TLS.

use handover_wire::Role;
use reqwest::{Certificate, Method};
use serde_json::{Value, json};

use crate::living_tests::Client as Binary;
use crate::mqtt_tests::{BOTH, Client, Version};
use crate::testing::{Answer, Ground, Person, Site, send};

/// The devices that the demo's customer has from the start.
const ONE: i64 = 1;
const TWO: i64 = 2;

/// A demo that was started with an empty file of faults, and speaks TLS.
async fn for_tests() -> Site {
    let ground = Ground::fresh().await;
    let file = ground.folder.path().join("faults.json");
    std::fs::write(&file, "").expect("a file");
    let mut config = ground.config(true);
    config.faults = Some(file);
    config.tls = Some(([127, 0, 0, 1], 0).into());
    Site::with(ground, config).await
}

async fn switch(site: &Site, rules: Value) -> Answer {
    let admin = site.sign_in(Role::Admin).await;
    let body = json!({ "seed": 1, "rules": rules });
    send(admin.request(Method::PUT, "/faults").json(&body)).await
}

async fn switched(site: &Site, rules: Value) {
    let answer = switch(site, rules).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

async fn moisture(person: &Person<'_>, device: i64) -> Value {
    crate::living_tests::value_of(person, device, "v1").await
}

#[tokio::test]
async fn a_message_over_mqtt_is_lost_or_its_answer_or_the_connection() {
    for version in BOTH {
        let site = for_tests().await;
        let customer = site.sign_in(Role::User).await;
        let mut device = Client::signed_in(&site, version, &site.auth(0)).await;
        let rule = |fault: &str| json!([{"endpoint": "MQTT message", "device": ONE, "next": 1, "fault": {"kind": fault}}]);
        // The next message says that nothing came of the one before it, or that something did.
        switched(&site, rule("lost_request")).await;
        device.publish(1, 1, "ds/Moisture", b"11").await;
        device.publish(1, 2, "get/ds", b"Nothing").await;
        device.hears(0x40, 2, 0).await;
        assert_ne!(moisture(&customer, ONE).await, 11.0);
        switched(&site, rule("lost_answer")).await;
        device.publish(1, 3, "ds/Moisture", b"12").await;
        device.publish(1, 4, "get/ds", b"Nothing").await;
        device.hears(0x40, 4, 0).await;
        assert_eq!(moisture(&customer, ONE).await, 12.0);
        switched(&site, rule("too_much")).await;
        device.publish(1, 5, "ds/Moisture", b"13").await;
        device.is_cut_off(0x96).await;
        let mut device = Client::signed_in(&site, version, &site.auth(0)).await;
        switched(&site, rule("disconnect")).await;
        device.publish(1, 6, "ds/Moisture", b"14").await;
        assert_eq!(device.next().await, None);
        assert_eq!(moisture(&customer, ONE).await, 12.0);
        // Another device meets nothing of it.
        switched(&site, rule("disconnect")).await;
        let mut other = Client::signed_in(&site, version, &site.auth(1)).await;
        other.publish(1, 7, "ds/Moisture", b"15").await;
        other.hears(0x40, 7, 0).await;
    }
}

#[tokio::test]
async fn a_login_is_refused_as_a_real_one() {
    let site = for_tests().await;
    let owner = "customer@greenfarm.example";
    for (why, three, five) in [("wrong_token", 4, 0x86), ("server_full", 3, 0x89)] {
        let fault = json!({"kind": "refused", "login": why});
        for (version, code) in [(Version::Three, three), (Version::Five, five)] {
            switched(
                &site,
                json!([{"account": owner, "next": 1, "fault": fault}]),
            )
            .await;
            let mut device = Client::new(&site, version).await;
            let login = version.connect("device", &site.auth(0), 45);
            device.send(&login).await;
            let (first, body) = device.next().await.expect("an answer");
            assert_eq!((first, body[1]), (0x20, code), "{why} {version:?}");
            Client::signed_in(&site, version, &site.auth(0)).await;
        }
        switched(
            &site,
            json!([{"endpoint": "binary login", "next": 1, "fault": fault}]),
        )
        .await;
        let mut device = Binary::connect(&site).await;
        device.send(29, 1, site.auth(0).as_bytes()).await;
        if why == "wrong_token" {
            device.hears(1, 9).await;
        }
        device.is_cut_off().await;
        Binary::signed_in(&site, &site.auth(0)).await;
    }
}

#[tokio::test]
async fn a_message_of_the_binary_protocol_is_lost_or_its_answer_or_the_connection() {
    let site = for_tests().await;
    let customer = site.sign_in(Role::User).await;
    let mut device = Binary::signed_in(&site, &site.auth(0)).await;
    let rule =
        |fault: &str| json!([{"endpoint": "binary message", "next": 1, "fault": {"kind": fault}}]);
    switched(&site, rule("lost_request")).await;
    device.send(20, 1, b"vw\x001\x0011").await;
    device.send(6, 2, b"").await;
    device.hears(2, 200).await;
    switched(&site, rule("lost_answer")).await;
    device.send(20, 3, b"vw\x001\x0012").await;
    device.send(64, 4, b"too_dry").await;
    device.hears(4, 200).await;
    assert_eq!(moisture(&customer, ONE).await, 12.0);
    // What asks is not answered.
    switched(&site, rule("lost_answer")).await;
    device.send(16, 5, b"vr\x001").await;
    device.send(6, 6, b"").await;
    device.hears(6, 200).await;
    switched(&site, rule("too_much")).await;
    device.send(20, 7, b"vw\x001\x0013").await;
    device.hears(7, 1).await;
    switched(&site, rule("disconnect")).await;
    device.send(20, 8, b"vw\x001\x0014").await;
    device.is_cut_off().await;
    assert_eq!(moisture(&customer, ONE).await, 12.0);
}

/// Which of twelve messages of each of two devices are acknowledged.
async fn heard(site: &Site) -> Vec<Vec<u16>> {
    let mut all = Vec::new();
    let mut devices = Vec::new();
    for index in [0, 1] {
        devices.push(Client::signed_in(site, Version::Five, &site.auth(index)).await);
    }
    for id in 1..=12 {
        for device in &mut devices {
            device.publish(1, id, "ds/Moisture", b"20").await;
        }
    }
    for mut device in devices {
        let mut heard = Vec::new();
        // What ends the connection ends what comes.
        device.send(&[0xe0, 0]).await;
        while let Some((first, body)) = device.next().await {
            assert_eq!(first, 0x40);
            heard.push(u16::from_be_bytes([body[0], body[1]]));
        }
        all.push(heard);
    }
    all
}

#[tokio::test]
async fn each_device_meets_the_same_again_by_the_seed_and_by_the_recording() {
    let site = for_tests().await;
    let admin = site.sign_in(Role::Admin).await;
    let rules =
        json!([{"percent": 50, "endpoint": "mqtt message", "fault": {"kind": "lost_answer"}}]);
    switched(&site, rules.clone()).await;
    let first = heard(&site).await;
    assert!(
        first.iter().all(|one| (1..12).contains(&one.len())),
        "{first:?}"
    );
    assert_ne!(first[0], first[1]);
    let recorded = admin.get("/faults/recorded").await.json();
    let devices = recorded["recorded"].as_array().expect("a list");
    let of = |device: i64| devices.iter().filter(|one| one["device"] == device).count();
    assert_eq!(
        (of(ONE), of(TWO)),
        (12 - first[0].len(), 12 - first[1].len())
    );
    switched(&site, rules).await;
    assert_eq!(heard(&site).await, first, "by the seed");
    let played = send(admin.request(Method::PUT, "/faults").json(&recorded)).await;
    assert_eq!(played.json()["toPlay"], devices.len());
    assert_eq!(heard(&site).await, first, "by the recording");
}

#[tokio::test]
async fn a_wrong_certificate_is_known_by_what_is_wrong_with_it() {
    let site = for_tests().await;
    let own = site.cloud.identity().expect("TLS").certificate.clone();
    // Its own certificate, and beside it an authority, for libraries that take none for one that says that it is none.
    let beside = std::fs::read(own.with_file_name("tls-faults-ca.pem")).expect("a file");
    let beside = Certificate::from_pem_bundle(&beside).expect("PEM");
    assert_eq!(beside.len(), 2);
    let own = Certificate::from_pem(&std::fs::read(own).expect("a file")).expect("PEM");
    let authority = beside.into_iter().next_back().expect("an authority");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ask_as = async |trusts: &Certificate| {
        // Each has a connection of its own.
        let client = reqwest::Client::builder().tls_certs_only([trusts.clone()]);
        let client = client.build().expect("a client");
        let port = site.cloud.url().port().expect("a port");
        let url = format!("https://localhost:{port}/api/info");
        match client.get(url).send().await {
            Ok(answer) => answer.status().to_string(),
            Err(error) => format!("{error:?}"),
        }
    };
    for trusts in [&own, &authority] {
        for (wrong, said) in [
            ("other_name", "NotValidForName"),
            ("expired", "Expired"),
            ("unknown_authority", "UnknownIssuer"),
        ] {
            let fault = json!({"kind": "certificate", "wrong": wrong});
            switched(&site, json!([{"next": 1, "fault": fault}])).await;
            let refused = ask_as(trusts).await;
            assert!(refused.contains(said), "{wrong}: {refused}");
            assert_eq!(ask_as(trusts).await, "200 OK");
        }
    }
    let ask = async || ask_as(&own).await;
    switched(
        &site,
        json!([{"endpoint": "tls handshake", "next": 1, "fault": {"kind": "disconnect"}}]),
    )
    .await;
    assert!(!ask().await.contains("200"));
    assert_eq!(ask().await, "200 OK");
}

#[tokio::test]
async fn rules_that_cannot_be_are_refused() {
    let site = for_tests().await;
    for (rule, said) in [
        (
            json!({"endpoint": "mqtt message", "fault": {"kind": "status", "status": 503}}),
            "cannot happen",
        ),
        (
            json!({"endpoint": "GET /devices", "fault": {"kind": "disconnect"}}),
            "cannot happen",
        ),
        (
            json!({"endpoint": "mqtt message", "fault": {"kind": "refused", "login": "wrong_token"}}),
            "cannot happen",
        ),
        (
            json!({"device": 1, "fault": {"kind": "certificate", "wrong": "expired"}}),
            "before anybody says",
        ),
        (
            json!({"endpoint": "mqtt", "fault": {"kind": "latency", "ms": 1}}),
            "no endpoint",
        ),
    ] {
        let refused = switch(&site, json!([rule])).await;
        assert_eq!(refused.status, 400, "{refused:?}");
        assert!(refused.text.contains(said), "{refused:?}");
    }
}
