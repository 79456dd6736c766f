use futures_util::future::join_all;
use handover_wire::{DeviceId, OrgId, Role};
use serde_json::json;

use super::*;
use crate::clock::Time;
use crate::domain::{DeviceName, Holder};
use crate::secrets::Kept;
use crate::store::listing::assert_plan;
use crate::store::{NewDevice, change};
use crate::testing::{Ground, Site};

/// A page, come by in one way or, where none is said, as on PostgreSQL over many devices.
async fn page_by(
    store: &Store,
    way: Option<Way>,
    scope: Scope,
    (reach, search, page): (Reach, &str, PageQuery),
) -> Page<Device> {
    let text = Text::new(search);
    let mut moment = store.snapshot().await.expect("a moment");
    let search = Search {
        engine: store.engine,
        moment: &mut moment,
        scope,
        reach,
        text: &text,
        page,
    };
    let found = match way {
        Some(way) => search.by(way).await,
        None => search.by_trigrams().await,
    };
    found.expect("found")
}

/// Every way there is, for whoever sees all or a part. Whoever has nothing below, or nobody above, is no special case.
async fn ways(store: &Store, reach: Reach) -> Vec<(Option<Way>, Scope)> {
    let ways: &[Option<Way>] = match store.engine {
        Engine::Sqlite => &[Some(Way::Each), Some(Way::Phrase)],
        Engine::Postgres => &[
            Some(Way::Walk),
            Some(Way::Newest(FEW)),
            Some(Way::Trigrams),
            Some(Way::Stretches(ALL_STRETCHES)),
            None,
        ],
    };
    let mut moment = store.snapshot().await.expect("a moment");
    let (scope, _) = scope(&mut moment, reach).await.expect("a scope");
    let each = ways.iter().map(|way| [(*way, scope), (*way, Scope::Tree)]);
    each.flatten().collect()
}

/// How many devices are found, whichever way is taken.
async fn found(store: &Store, reach: Reach, search: &str) -> u64 {
    let asked = (reach, search, PageQuery::default());
    let page = store
        .find_devices(reach, search, &Listed::default(), asked.2)
        .await;
    let total = page.expect("found").total_elements;
    for (way, scope) in ways(store, reach).await {
        let page = page_by(store, way, scope, asked).await;
        let rows = page.content.len() as u64;
        assert_eq!(
            (page.total_elements, rows),
            (total, total),
            "{search} {way:?}"
        );
    }
    total
}

/// All pages of so many rows, one after the other, as ids; and each page's number of hits, which is the same.
async fn paged(
    store: &Store,
    (way, scope): (Option<Way>, Scope),
    (reach, search, size): (Reach, &str, u32),
) -> (Vec<i64>, u64) {
    let (mut ids, mut totals) = (Vec::new(), Vec::new());
    loop {
        let number = Some(totals.len() as u32);
        let page = PageQuery {
            page: number,
            size: Some(size),
        };
        let page = page_by(store, way, scope, (reach, search, page)).await;
        totals.push(page.total_elements);
        ids.extend(page.content.iter().map(|device| device.id.0));
        if page.content.len() < size as usize {
            break;
        }
    }
    assert!(totals.iter().all(|total| *total == totals[0]), "{search}");
    (ids, totals[0])
}

/// Pages have all hits, once, the newest first, however far their ids are from each other.
#[tokio::test]
async fn pages_are_whole_and_in_order() {
    let site = Site::demo().await;
    // Three stretches of ids and more, with one in between that has no device at all.
    let devices: Vec<(i64, i64, String)> = (0..60)
        .map(|number| {
            let id = 1_000 + number * 1_500 + if number > 40 { 40_000 } else { 0 };
            let kind = ["pump", "weather station", "valve pump"][number as usize % 3];
            (id, 1 + number % 2, format!("{kind} {number}"))
        })
        .collect();
    let database = site.database().await;
    for (id, org, name) in &devices {
        let inserted = sqlx::query(
            "INSERT INTO devices (id, template_id, org_id, name, name_folded, auth_digest, auth_sealed)
             VALUES ($1, 1, $2, $3, $3, $4, $4)",
        )
        .bind(id)
        .bind(org)
        .bind(name)
        .bind(name.as_bytes().to_vec());
        inserted.execute(&database).await.expect("a device");
    }
    database.close().await;
    let store = &site.cloud.core().store;
    let whole = Reach::tree(OrgId(1));
    for reach in [whole, Reach::tree(OrgId(2)), Reach::only(OrgId(2))] {
        for search in [
            "pump",
            "weather station",
            "valve pump 2",
            "ump 5",
            "no such",
        ] {
            let hits = devices.iter().rev().filter(|(_, org, name)| {
                name.contains(search) && (reach == whole || *org == reach.org.0)
            });
            let hits: Vec<i64> = hits.map(|(id, ..)| *id).collect();
            for (way, scope) in ways(store, reach).await {
                for size in [1, 7, 50] {
                    let found = paged(store, (way, scope), (reach, search, size)).await;
                    let expected = (hits.clone(), hits.len() as u64);
                    assert_eq!(found, expected, "{search} {way:?} {scope:?} {size}");
                }
            }
        }
    }
}

#[tokio::test]
async fn all_ways_find_the_same() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    for name in ["Tomato Bett", "Ärger's Pumpe", "Pump_10 -"] {
        let id = customer.claim(&site.qr(3)).await.json()["id"].clone();
        let path = format!("/device?deviceId={id}");
        let renamed = customer.put(&path, json!({ "name": name })).await;
        assert_eq!(renamed.status, 200, "{name}");
    }
    customer.delete("/device?deviceId=3").await;
    let store = &site.cloud.core().store;
    for (search, hits) in [
        ("tomato", 1),
        ("ATO", 1),
        ("orchard", 0),
        ("pump", 1),
        ("p_1", 1),
        ("ärg", 0),
        ("%%%", 0),
        ("\"or\"", 0),
        ("' OR", 0),
        ("a\0b", 0),
    ] {
        for reach in [
            Reach::tree(OrgId(1)),
            Reach::tree(OrgId(2)),
            Reach::only(OrgId(2)),
        ] {
            assert_eq!(found(store, reach, search).await, hits, "{search}");
        }
    }
}

/// Changes that share a commit take back what they did to the index, too, and nothing but that.
#[tokio::test]
async fn who_fails_leaves_the_index_as_it_was() {
    let site = Site::on(Ground::on_sqlite(), true).await;
    let store = &site.cloud.core().store;
    let name = |text: String| DeviceName::parse(&text).expect("a name");
    // Every third fails, after it has written into the index, changed what is there and taken away from it.
    let changes = (1..=12_u8).map(|number| async move {
        let auth = Kept {
            digest: [number; 32],
            sealed: Vec::new(),
        };
        change!(store, |write| {
            let device = NewDevice {
                template: 1,
                holder: Holder {
                    org: OrgId(2),
                    owner: None,
                },
                name: &name(format!("Added {number}")),
                auth: &auth,
                metadata: None,
                since: None,
            };
            let added = write.insert_device(device, Time(1)).await?.device.id;
            let again = name(format!("Again {number}"));
            write.rename_device(added, &again).await?;
            let other = name(format!("Other {number}"));
            write.rename_device(DeviceId(1), &other).await?;
            if number % 2 == 0 {
                write.delete_device(added).await?;
            }
            match number % 3 {
                0 => Err(StoreError::Corrupt("as was asked for")),
                _ => Ok(()),
            }
        })
    });
    let outcomes = join_all(changes).await;
    assert_eq!(
        outcomes.iter().filter(|outcome| outcome.is_err()).count(),
        4
    );
    // SQLite's own look at the index, beside the names that there are.
    site.execute("INSERT INTO device_names (device_names, rank) VALUES ('integrity-check', 1)")
        .await;
    let reach = Reach::tree(OrgId(1));
    for (search, hits) in [("added", 0), ("again", 4), ("again 3", 0), ("other", 1)] {
        assert_eq!(found(store, reach, search).await, hits, "{search}");
    }
}

/// A page is a stretch of an index on SQLite; nothing goes through all devices.
#[tokio::test]
async fn hits_are_read_from_indexes() {
    assert_plan(&[
        (
            rows(Way::Each, Scope::One),
            "SEARCH devices USING COVERING INDEX devices_by_org (org_id=?)",
        ),
        (
            rows(Way::Phrase, Scope::Tree),
            "SEARCH r USING PRIMARY KEY (ancestor_id=? AND device_id=?)",
        ),
        (
            count(Way::Phrase, Scope::All),
            "SCAN device_names VIRTUAL TABLE INDEX",
        ),
    ])
    .await;
}
