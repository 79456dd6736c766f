//! What devices say that is not as published: it is refused in the published words, and nobody else notices. What is logged of it
//! is in `log_tests`.

use std::time::Duration;

use axum::Router;
use futures_util::future::join_all;
use handover_wire::Role;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;

use crate::connections::{Door, Limits, Lobby, Stop};
use crate::living_tests::{self, value_of};
use crate::mqtt_tests::{self, Version};
use crate::testing::{Ground, Site};

/// Connections with a wrong token.
const GUESSES: usize = 10_000;
/// So many of them at one time.
const AT_ONCE: usize = 50;

/// Another device, which is signed in and is not to notice anything.
struct Neighbour(living_tests::Client, u16);

impl Neighbour {
    async fn of(site: &Site) -> Self {
        Self(
            living_tests::Client::signed_in(site, &site.auth(5)).await,
            1,
        )
    }

    async fn is_not_disturbed(&mut self) {
        self.1 += 1;
        self.0.send(6, self.1, b"").await;
        self.0.hears(self.1, 200).await;
    }
}

#[tokio::test]
async fn frames_that_are_none_end_their_own_connection_alone() {
    let site = Site::demo().await;
    let mut neighbour = Neighbour::of(&site).await;
    for bytes in [
        // Truncated: in the header, and in the body.
        &[20, 0, 2][..],
        &[20, 0, 2, 0, 9, b'v', b'w', 0, b'1'],
        // Oversized: nobody waits for the rest.
        &[20, 0, 2, 0xff, 0xff, b'v', b'w'],
        &[64, 0, 2, 6, 1],
        // The id 0.
        &[20, 0, 0, 0, 0],
        &[6, 0, 0, 0, 0],
        // A length that is less than what comes: the rest is taken for a message, which has the id 0.
        &[20, 0, 2, 0, 2, b'v', b'w', 0, 0, 0, b'1'],
    ] {
        let mut device = living_tests::Client::signed_in(&site, &site.auth(2)).await;
        device.send_bytes(bytes).await;
        device.has_said_all().await;
        // What is a message before that is refused as one.
        while let Some((command, _, status, _)) = device.next().await {
            assert_eq!((command, status), (0, 11), "{bytes:?}");
        }
        neighbour.is_not_disturbed().await;
    }
}

#[tokio::test]
async fn messages_that_are_wrong_are_refused_and_the_connection_stays() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let mut neighbour = Neighbour::of(&site).await;
    let mut device = living_tests::Client::signed_in(&site, &site.auth(2)).await;
    let note = |text: &[u8]| [b"vw\x006\0", text].concat();
    device.send(20, 2, &note(&[b'x'; 1_024])).await;
    for (command, id, body, status) in [
        // A text of 1,025 bytes, in each place that takes one.
        (20, 3, note(&[b'y'; 1_025]), 11),
        (64, 4, [&b"too_dry\0"[..], &[b'y'; 1_025]].concat(), 11),
        (19, 5, [&b"1\0label\0"[..], &[b'y'; 1_025]].concat(), 11),
        // What is not UTF-8.
        (20, 6, note(b"\xff\xfe"), 11),
        (64, 7, b"too_dry\0\xc3".to_vec(), 11),
        (17, 8, b"meta\0set\0Serial Number\0\xff".to_vec(), 11),
        // No pin, and one that there is not.
        (20, 9, b"vw\0one\x001".to_vec(), 11),
        (20, 10, b"vw\x00999\x001".to_vec(), 11),
    ] {
        device.send(command, id, &body).await;
        device.hears(id, status).await;
    }
    assert_eq!(value_of(&customer, 3, "v6").await, "x".repeat(1_024));
    neighbour.is_not_disturbed().await;
    // Signing in once more, though by the right token, is the end.
    device.send(29, 11, site.auth(2).as_bytes()).await;
    device.hears(11, 2).await;
    device.is_cut_off().await;
    neighbour.is_not_disturbed().await;
}

#[tokio::test]
async fn who_does_not_come_to_the_point_is_cut_off_and_keeps_nobody_out() {
    let site = Site::demo().await;
    let mut neighbour = Neighbour::of(&site).await;
    let slow = [
        (Door::Web, &b""[..]),
        (Door::Web, b"\x1d"),
        (Door::Web, b"\x1d\x00\x01\x00\x20x"),
        (Door::Web, b"\x02\x00"),
        (Door::Mqtt, b""),
        (Door::Mqtt, b"\x10"),
        (Door::Mqtt, b"\x10\x40\x00\x04MQTT\x04"),
    ];
    // Every place is taken by somebody who is slow.
    let limits = Limits {
        at_once: slow.len(),
        header: Duration::from_secs(1),
        ..Limits::default()
    };
    let (stop, tasks) = (Stop::default(), TaskTracker::new());
    let lobby = Lobby::new(
        Router::new(),
        Some(site.cloud.core().clone()),
        limits,
        (stop.clone(), tasks.clone()),
    );
    let mut addresses = Vec::new();
    for door in [Door::Web, Door::Mqtt] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        addresses.push((door, listener.local_addr().expect("an address")));
        tasks.spawn(lobby.clone().answer(listener, door, false));
    }
    tasks.close();
    let mqtt = addresses[1].1;
    let waits = slow.map(|(door, bytes)| {
        let to = addresses.iter().find(|(other, _)| *other == door);
        let to = to.expect("a door").1;
        async move {
            let mut stream = TcpStream::connect(to).await.expect("connected");
            stream.write_all(bytes).await.expect("sent");
            let mut rest = Vec::new();
            // Being cut off may be seen as an error rather than as an end.
            let _ = stream.read_to_end(&mut rest).await;
            assert_eq!(rest, b"", "{bytes:?}");
        }
    });
    let (_, ()) = tokio::join!(join_all(waits), neighbour.is_not_disturbed());
    let mut good = mqtt_tests::Client::at(mqtt, Version::Three).await;
    let token = site.auth(2);
    good.send(&Version::Three.connect("device", &token, 45))
        .await;
    assert_eq!(good.next().await, Some((0x20, vec![0, 0])));
    neighbour.is_not_disturbed().await;
    stop.gracefully.cancel();
    tasks.wait().await;
}

#[tokio::test]
async fn ten_thousand_wrong_tokens_disturb_nobody() {
    // What is counted of them is counted on either database alike; this is about their number.
    let ground = Ground::on_sqlite();
    let config = ground.config(true);
    let site = Site::with(ground, config).await;
    let mut neighbour = Neighbour::of(&site).await;
    let rows = "SELECT COUNT(*) FROM limits";
    let before = site.count(rows).await;
    for round in 0..GUESSES / AT_ONCE {
        let guesses = (0..AT_ONCE).map(|number| {
            let site = &site;
            async move {
                let token = format!("{:032}", round * AT_ONCE + number);
                let mut client = mqtt_tests::Client::new(site, Version::Three).await;
                client
                    .send(&Version::Three.connect("device", &token, 45))
                    .await;
                let (kind, answer) = client.next().await.expect("an answer");
                // That the token is wrong; or, where there were too many of them, that this is no time to ask.
                assert_eq!((kind, answer[0]), (0x20, 0));
                assert!([3, 4].contains(&answer[1]), "{answer:?}");
                assert_eq!(client.next().await, None);
            }
        });
        tokio::join!(join_all(guesses), neighbour.is_not_disturbed());
    }
    assert!(
        site.count(rows).await <= before + 1,
        "one address was counted"
    );
    let devices = site.count("SELECT COUNT(*) FROM devices").await;
    let right = mqtt_tests::Client::signed_in(&site, Version::Three, &site.auth(2)).await;
    drop(right);
    assert_eq!(site.count("SELECT COUNT(*) FROM devices").await, devices);
    neighbour.is_not_disturbed().await;
}
