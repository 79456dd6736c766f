use std::cmp::Reverse;

use handover_wire::{DeviceSort, DeviceState, OrgId, PageQuery};

use super::*;
use crate::domain::{Reach, in_order};
use crate::store::Store;
use crate::store::listing::assert_plan;
use crate::testing::Site;

/// A device as the test knows it.
#[derive(Clone, Debug)]
struct Known {
    id: i64,
    org: i64,
    template: i64,
    name: String,
    /// Its state, as its place in the order, and since when.
    seen: (i64, i64),
}

const STATES: [Option<DeviceState>; 4] = [
    None,
    Some(DeviceState::NeverConnected),
    Some(DeviceState::Offline),
    Some(DeviceState::Online),
];

/// Devices of two organizations and kinds, with many that are alike.
fn known() -> Vec<Known> {
    let names = ["Pump 10", "pump 2", "Ärger", "arger", "valve 7", "Pump 02"];
    (0..90)
        .map(|number: i64| Known {
            id: 1_000 + number,
            org: 1 + number % 2,
            template: [1, 1, 77][number as usize % 3],
            name: names[number as usize * 7 % names.len()].to_owned(),
            seen: match number % 5 {
                0 | 1 => (0, 0),
                2 | 3 => (1, 50 + number % 4),
                _ => (2, 50 + number % 3),
            },
        })
        .collect()
}

/// A site that has these devices and no other.
async fn site(devices: &[Known]) -> Site {
    let site = Site::demo().await;
    site.execute("DELETE FROM static_tokens").await;
    site.execute("DELETE FROM devices").await;
    site.execute(
        "INSERT INTO templates (id, template_id, org_id, name, name_folded)
         VALUES (77, 'TMPLpump00077', 1, 'Pump', 'pump')",
    )
    .await;
    let database = site.database().await;
    for device in devices {
        let times = match device.seen {
            (0, _) => [None, None, None],
            (1, since) => [Some(1), Some(40), Some(since)],
            (_, since) => [Some(1), Some(since), None],
        };
        let inserted = sqlx::query(
            "INSERT INTO devices (id, template_id, org_id, name, name_folded, name_sorted, auth_digest,
                                  auth_sealed, first_connect_time, connect_time, disconnect_time)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10)",
        )
        .bind(device.id)
        .bind(device.template)
        .bind(device.org)
        .bind(&device.name)
        .bind(device.name.to_lowercase())
        .bind(in_order(&device.name))
        .bind(device.id.to_be_bytes().to_vec())
        .bind(times[0])
        .bind(times[1])
        .bind(times[2]);
        inserted.execute(&database).await.expect("a device");
    }
    database.close().await;
    site
}

/// The numbers of those that a list is of, in its order, as the test itself sorts them.
fn expected(devices: &[Known], reach: Reach, sort: DeviceSort, filter: DeviceFilter) -> Vec<i64> {
    let whole = reach == Reach::tree(OrgId(1));
    let mut kept: Vec<&Known> = devices
        .iter()
        .filter(|device| whole || device.org == reach.org.0)
        .filter(|device| {
            filter
                .state
                .is_none_or(|state| state_number(state) == device.seen.0)
        })
        .filter(|device| {
            filter
                .template
                .is_none_or(|template| template == device.template)
        })
        .collect();
    match sort {
        DeviceSort::Newest => kept.sort_by_key(|device| Reverse(device.id)),
        DeviceSort::Oldest => kept.sort_by_key(|device| device.id),
        DeviceSort::Name => kept.sort_by_key(|device| (in_order(&device.name), device.id)),
        DeviceSort::NameReversed => {
            kept.sort_by_key(|device| Reverse((in_order(&device.name), device.id)));
        }
        DeviceSort::RecentlySeen => kept.sort_by_key(|device| Reverse((device.seen, device.id))),
        DeviceSort::LongUnseen => kept.sort_by_key(|device| (device.seen, device.id)),
    }
    kept.into_iter().map(|device| device.id).collect()
}

/// Every filter there is.
fn filters() -> Vec<DeviceFilter> {
    let templates = [None, Some(1), Some(77), Some(5)];
    let each = templates
        .into_iter()
        .map(|template| STATES.map(|state| DeviceFilter { state, template }));
    each.flatten().collect()
}

/// A list from its start to its end, once by what each page says is next, and once by the numbers of its pages.
async fn listed(store: &Store, reach: Reach, mut listed: Listed, size: u32) -> [Vec<i64>; 2] {
    let page = |page| PageQuery {
        page: Some(page),
        size: Some(size),
    };
    let (mut by_next, mut by_page) = (Vec::new(), Vec::new());
    for number in 0.. {
        let found = store.devices(reach, &listed, page(number)).await;
        let found = found.expect("a page").content;
        by_page.extend(found.iter().map(|device| device.id.0));
        if found.len() < size as usize {
            break;
        }
    }
    loop {
        let found = store
            .devices(reach, &listed, page(0))
            .await
            .expect("a page");
        by_next.extend(found.content.iter().map(|device| device.id.0));
        let Some(next) = found.next else {
            return [by_next, by_page];
        };
        listed.after = Some(Cursor::read(&next, listed.sort).expect("a place in this order"));
    }
}

#[tokio::test]
async fn every_order_with_every_filter_is_whole() {
    let devices = known();
    let site = site(&devices).await;
    let store = &site.cloud.core().store;
    for reach in [
        Reach::tree(OrgId(1)),
        // One organization of which others are below, and one without.
        Reach::only(OrgId(1)),
        Reach::only(OrgId(2)),
    ] {
        for sort in DeviceSort::ALL {
            for filter in filters() {
                let want = expected(&devices, reach, sort, filter);
                let asked = Listed {
                    sort,
                    filter,
                    after: None,
                };
                let page = PageQuery::default();
                let counted = store.devices(reach, &asked, page).await.expect("a page");
                assert_eq!(counted.total_elements, want.len() as u64, "{filter:?}");
                let found = listed(store, reach, asked, 7).await;
                assert_eq!(found, [want.clone(), want], "{reach:?} {sort:?} {filter:?}");
            }
        }
    }
}

/// What an order goes by follows every change.
#[tokio::test]
async fn devices_move_in_the_order() {
    let devices = known();
    let site = site(&devices).await;
    let store = &site.cloud.core().store;
    let whole = Reach::tree(OrgId(1));
    let first = async |sort, state| {
        let listed = Listed {
            sort,
            filter: DeviceFilter {
                state,
                template: None,
            },
            after: None,
        };
        let page = store.devices(whole, &listed, PageQuery::default()).await;
        page.expect("a page").content[0].id.0
    };
    site.execute("UPDATE devices SET name_folded = '0', name_sorted = '0' WHERE id = 1040")
        .await;
    assert_eq!(first(DeviceSort::Name, None).await, 1040);
    site.execute("UPDATE devices SET first_connect_time = 9, connect_time = 99 WHERE id = 1040")
        .await;
    assert_eq!(first(DeviceSort::RecentlySeen, None).await, 1040);
    site.execute("UPDATE devices SET connect_time = 120 WHERE id = 1004")
        .await;
    assert_eq!(first(DeviceSort::RecentlySeen, None).await, 1004);
    site.execute("UPDATE devices SET disconnect_time = 130 WHERE id = 1004")
        .await;
    let (away, there) = (Some(DeviceState::Offline), Some(DeviceState::Online));
    assert_eq!(first(DeviceSort::RecentlySeen, away).await, 1004);
    assert_eq!(first(DeviceSort::RecentlySeen, there).await, 1040);
    site.execute("UPDATE devices SET org_id = 2 WHERE id = 1040")
        .await;
    assert_eq!(first(DeviceSort::Name, there).await, 1040);
    site.execute("UPDATE devices SET template_id = 77 WHERE id = 1004")
        .await;
    let differ = "SELECT COUNT(*) FROM device_reach r JOIN devices d ON d.id = r.device_id
         WHERE r.template_id <> d.template_id OR r.name_key <> d.name_sorted
         OR r.state <> CASE WHEN d.first_connect_time IS NULL OR d.connect_time IS NULL THEN 0
                            WHEN d.disconnect_time IS NULL THEN 2 ELSE 1 END
         OR r.seen <> COALESCE(d.disconnect_time, d.connect_time, 0)";
    assert_eq!(site.count(differ).await, 0);
}

/// A search has the same orders and filters, whichever way the hits are come by.
#[tokio::test]
async fn hits_are_sorted_and_filtered() {
    let devices = known();
    let site = site(&devices).await;
    let store = &site.cloud.core().store;
    let pumps: Vec<Known> = devices
        .iter()
        .filter(|device| device.name.to_lowercase().contains("pump"))
        .cloned()
        .collect();
    for reach in [
        Reach::tree(OrgId(1)),
        Reach::only(OrgId(1)),
        Reach::only(OrgId(2)),
    ] {
        for sort in DeviceSort::ALL {
            for filter in filters() {
                let want = expected(&pumps, reach, sort, filter);
                let listed = Listed {
                    sort,
                    filter,
                    after: None,
                };
                let page = PageQuery {
                    page: None,
                    size: Some(100),
                };
                let found = store.find_devices(reach, "PUMP", &listed, page).await;
                let found = found.expect("found");
                let ids: Vec<i64> = found.content.iter().map(|device| device.id.0).collect();
                assert_eq!(
                    (ids, found.total_elements),
                    (want.clone(), want.len() as u64)
                );
            }
        }
    }
}

/// Each list is a stretch of an index on SQLite.
#[tokio::test]
async fn orders_are_read_from_indexes() {
    let named = Place::Name("pump".to_owned());
    for (sort, state, template, place, index) in [
        (
            DeviceSort::Newest,
            false,
            false,
            Place::Number,
            "USING PRIMARY KEY (ancestor_id=? AND device_id<?)",
        ),
        (
            DeviceSort::Oldest,
            true,
            false,
            Place::Number,
            "device_reach_by_state (ancestor_id=? AND state=? AND device_id>?)",
        ),
        (
            DeviceSort::Newest,
            true,
            true,
            Place::Number,
            "device_reach_by_kind (ancestor_id=? AND template_id=? AND state=? AND device_id<?)",
        ),
        (
            DeviceSort::Newest,
            false,
            true,
            Place::Number,
            "device_reach_by_kind (ancestor_id=? AND template_id=? AND state=? AND device_id<?)",
        ),
        (
            DeviceSort::Name,
            false,
            false,
            named.clone(),
            "device_reach_by_name (ancestor_id=? AND state=? AND (name_key,device_id)>(?,?))",
        ),
        (
            DeviceSort::NameReversed,
            true,
            false,
            named.clone(),
            "device_reach_by_name (ancestor_id=? AND state=? AND (name_key,device_id)<(?,?))",
        ),
        (
            DeviceSort::Name,
            false,
            true,
            named,
            "device_reach_by_kind_name (ancestor_id=? AND template_id=? AND state=? AND (name_key,device_id)>(?,?))",
        ),
        (
            DeviceSort::RecentlySeen,
            false,
            false,
            Place::Seen(1, 2),
            "device_reach_by_seen (ancestor_id=? AND (state,seen,device_id)<(?,?,?))",
        ),
        (
            DeviceSort::LongUnseen,
            true,
            false,
            Place::Seen(1, 2),
            "device_reach_by_seen (ancestor_id=? AND state=? AND (seen,device_id)>(?,?))",
        ),
        (
            DeviceSort::RecentlySeen,
            false,
            true,
            Place::Seen(1, 2),
            "device_reach_by_kind_seen (ancestor_id=? AND template_id=? AND (state,seen,device_id)<(?,?,?))",
        ),
        (
            DeviceSort::RecentlySeen,
            true,
            true,
            Place::Seen(1, 2),
            "device_reach_by_kind_seen (ancestor_id=? AND template_id=? AND state=? AND (seen,device_id)<(?,?))",
        ),
    ] {
        let filter = DeviceFilter {
            state: state.then_some(DeviceState::Offline),
            template: template.then_some(1),
        };
        let listed = Listed {
            sort,
            filter,
            after: Some(Cursor { sort, place, id: 1 }),
        };
        let (sql, _) = numbers(Source::reach(1), &listed, (51, 0));
        assert_plan(&[(&sql, index)]).await;
        if !filter.is_all() {
            let source = Source::reach(1);
            let (sql, _) = first(&source, filter, 1_001);
            let kind = if template {
                "device_reach_by_kind"
            } else {
                "device_reach_by_state"
            };
            assert_plan(&[(&sql, kind)]).await;
        }
    }
}
