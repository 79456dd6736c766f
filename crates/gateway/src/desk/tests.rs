use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::config::Config;

const FIRST: i64 = 1_730_000_000_000;

/// A desk that can be opened again, and a clock that is set by hand.
struct Site {
    folder: TempDir,
    now: Arc<AtomicI64>,
    keep: usize,
    rules: &'static str,
}

impl Site {
    fn new(rules: &'static str) -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            now: Arc::new(AtomicI64::new(FIRST)),
            keep: 4,
            rules,
        }
    }

    fn open(&self) -> Desk {
        let before =
            "folder = 'f'\n[cloud]\naddress = 'https://cloud.example'\n[[input]]\nkind = 'stdin'\n";
        let config = Config::read(&format!("{before}{}", self.rules), Path::new("/"))
            .expect("a configuration");
        let now = self.now.clone();
        let desk = DeskConfig {
            rules: Arc::new(config.rules),
            sources: [("radio".to_owned(), 1)].into(),
            keep: self.keep,
            orders: None,
            clock: Arc::new(move || now.load(Ordering::Relaxed)),
        };
        // The one before may still be closing its file.
        loop {
            match Desk::open(self.folder.path(), desk_again(&desk)) {
                Ok((desk, _)) => return desk,
                Err(_) => std::thread::yield_now(),
            }
        }
    }
}

fn desk_again(desk: &DeskConfig) -> DeskConfig {
    DeskConfig {
        rules: desk.rules.clone(),
        sources: desk.sources.clone(),
        keep: desk.keep,
        orders: desk.orders.clone(),
        clock: desk.clock.clone(),
    }
}

fn node(device: i64, name: &str) -> Known {
    Known {
        device: DeviceId(device),
        name: name.to_owned(),
        template: "TMPLsoil00001".to_owned(),
        is_of_mesh: device == 9,
    }
}

fn nodes() -> Vec<Known> {
    vec![
        node(1, "Probe"),
        node(2, "Twin"),
        node(3, "Twin"),
        node(9, "Far"),
    ]
}

async fn say(desk: &Desk, source: &str, payload: &str) -> Result<(), NotKept> {
    let (lines, _) = mpsc::channel(1);
    say_by(desk, source, payload, Route::Line(lines)).await
}

async fn say_by(desk: &Desk, source: &str, payload: &str, route: Route) -> Result<(), NotKept> {
    desk.heard(Heard {
        source: source.to_owned(),
        payload: payload.as_bytes().to_vec(),
        at: None,
        route,
    })
    .await
}

async fn waiting(desk: &Desk) -> Vec<String> {
    let all = desk.batch(100).await.expect("it runs");
    all.iter()
        .map(|one| {
            format!(
                "{} V{} {} {}",
                one.device,
                one.pin,
                one.at - FIRST,
                one.text
            )
        })
        .collect()
}

#[tokio::test]
async fn what_was_taken_is_there_after_a_crash_and_gone_once_the_cloud_has_it() {
    let site = Site::new("");
    let desk = site.open();
    assert_eq!(
        say(&desk, "radio", r#"{"V1": 1}"#).await,
        Err(NotKept::NoNodes)
    );
    desk.nodes(nodes()).await.expect("it runs");
    for (source, expected) in [
        ("radio", Ok(())),
        ("1", Ok(())),
        ("Probe", Ok(())),
        ("Twin", Err(NotKept::Ambiguous)),
        ("9", Err(NotKept::OfMesh)),
        ("4", Err(NotKept::Unknown)),
        ("nobody", Err(NotKept::Unknown)),
        ("2", Ok(())),
        // Four wait.
        ("3", Err(NotKept::Full)),
    ] {
        assert_eq!(
            say(&desk, source, r#"{"V1": 1}"#).await,
            expected,
            "{source}"
        );
    }
    site.now.fetch_add(5, Ordering::Relaxed);
    let all = ["1 V1 0 1", "1 V1 0 1", "1 V1 0 1", "2 V1 0 1"];
    assert_eq!(waiting(&desk).await, all);
    drop(desk);
    let desk = site.open();
    assert_eq!(waiting(&desk).await, all);
    desk.gone(vec![1, 3]).await.expect("it runs");
    assert_eq!(waiting(&desk).await, ["1 V1 0 1", "2 V1 0 1"]);
    assert_eq!(say(&desk, "2", r#"{"V2": "x", "V1": 2}"#).await, Ok(()));
    drop(desk);
    let desk = site.open();
    assert_eq!(
        waiting(&desk).await,
        ["1 V1 0 1", "2 V1 0 1", "2 V1 5 2", "2 V2 5 x"]
    );
}

#[tokio::test]
async fn what_is_gathered_outlives_a_crash_and_ends_by_time() {
    let site = Site::new(
        "[[rule]]\nnodes = ['*']\nfields = [{ pin = 'V1', aggregate = 'sum', seconds = 10 }]\n",
    );
    let desk = site.open();
    desk.nodes(nodes()).await.expect("it runs");
    for _ in 0..2 {
        assert_eq!(say(&desk, "1", r#"{"V1": 1}"#).await, Ok(()));
    }
    drop(desk);
    let desk = site.open();
    assert_eq!(say(&desk, "1", r#"{"V1": 4}"#).await, Ok(()));
    desk.tick().await.expect("it runs");
    assert_eq!(waiting(&desk).await, [""; 0]);
    site.now.fetch_add(60_000, Ordering::Relaxed);
    desk.tick().await.expect("it runs");
    assert_eq!(waiting(&desk).await, ["1 V1 0 6"]);
    // A message of a mesh says the same however often it is asked, and its windows end with its next message.
    let heard = |sequence, at: i64| MeshHeard {
        id: (DeviceId(9), 5, sequence),
        at: FIRST + at,
        payload: br#"{"V1": 3}"#.to_vec(),
    };
    for _ in 0..2 {
        let said = desk.mesh(vec![heard(1, 0)]).await;
        assert_eq!(said, Ok(vec![vec![]]));
    }
    desk.tick().await.expect("it runs");
    drop(desk);
    let desk = site.open();
    for _ in 0..2 {
        let said = desk.mesh(vec![heard(1, 0), heard(2, 60_000)]).await;
        assert_eq!(said, Ok(vec![vec![], vec![(1, "3".to_owned())]]));
    }
    desk.mesh_gone(vec![heard(1, 0).id, heard(2, 0).id])
        .await
        .expect("it runs");
    assert_eq!(waiting(&desk).await, ["1 V1 0 6"]);
}

#[tokio::test]
async fn orders_wait_for_their_node_and_the_last_one_counts() {
    let site = Site::new("");
    let desk = site.open();
    desk.nodes(nodes()).await.expect("it runs");
    for (name, value) in [("Light", "1"), ("Interval", "30"), ("Light", "0")] {
        let kept = desk
            .order(DeviceId(1), name.to_owned(), value.to_owned())
            .await;
        assert_eq!(kept, Ok(Ok(())));
    }
    drop(desk);
    let desk = site.open();
    let (lines, mut told) = mpsc::channel(4);
    assert_eq!(
        say_by(&desk, "2", r#"{"V1": 1}"#, Route::Line(lines.clone())).await,
        Ok(())
    );
    assert_eq!(
        say_by(&desk, "radio", r#"{"V1": 1}"#, Route::Line(lines)).await,
        Ok(())
    );
    for payload in [json!({ "Interval": 30 }), json!({ "Light": 0 })] {
        let line = told.recv().await.expect("told");
        let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(line, json!({ "to": "radio", "payload": payload }));
    }
    // It was told once.
    let kept = desk
        .order(DeviceId(1), "Light".to_owned(), "7".to_owned())
        .await;
    assert_eq!(kept, Ok(Ok(())));
    let line = told.recv().await.expect("told");
    assert!(line.contains(r#"{"Light":7}"#), "{line}");
}

#[tokio::test]
async fn a_value_whose_time_the_cloud_would_refuse_is_not_kept_and_the_answer_says_what_to_do() {
    const DAY: i64 = 24 * 3_600 * 1_000;
    let site = Site::new("");
    let desk = site.open();
    desk.nodes(nodes()).await.expect("it runs");
    let say_at = async |at: Option<i64>| {
        let (lines, _) = mpsc::channel(1);
        let payload = br#"{"V1": 1}"#.to_vec();
        let heard = Heard {
            source: "1".to_owned(),
            payload,
            at,
            route: Route::Line(lines),
        };
        desk.heard(heard).await
    };
    for (at, expected) in [
        (FIRST + 300_000, Ok(())),
        (FIRST + 300_001, Err(NotKept::Ahead)),
        (i64::MAX, Err(NotKept::Ahead)),
        (FIRST - 30 * DAY, Ok(())),
        (FIRST - 30 * DAY - 1, Err(NotKept::Old)),
        // Seconds where there should be milliseconds, and a clock that nobody has set.
        (FIRST / 1_000, Err(NotKept::Old)),
        (i64::MIN, Err(NotKept::Old)),
    ] {
        assert_eq!(say_at(Some(at)).await, expected, "{at}");
    }
    let words = [NotKept::Ahead, NotKept::Old, NotKept::OwnClock].map(|why| why.to_string());
    assert!(words.iter().all(|why| why.contains("set ")), "{words:?}");
    // It is the cloud's clock that judges: this machine's is a year behind, and a node that knows better is believed.
    let cloud = FIRST + 365 * DAY;
    desk.cloud_time(cloud).await.expect("it runs");
    assert_eq!(say_at(None).await, Err(NotKept::OwnClock));
    assert_eq!(say_at(Some(FIRST)).await, Err(NotKept::Old));
    assert_eq!(say_at(Some(cloud)).await, Ok(()));
    let kept: Vec<i64> = desk
        .batch(9)
        .await
        .expect("it runs")
        .iter()
        .map(|one| one.at)
        .collect();
    assert_eq!(kept, [FIRST + 300_000, FIRST - 30 * DAY, cloud]);
}
