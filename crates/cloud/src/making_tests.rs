//! Works that stand in line: how much each asks the database, whose turn it is, and who may still have one done.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use handover_wire::{OrgId, TemplateId, UserId};
use tokio_util::sync::CancellationToken;

use crate::connections::Stop;
use crate::domain::{Acting, Actor};
use crate::entropy::SystemEntropy;
use crate::service::Core;
use crate::service::making::round;
use crate::service::many::{Wanted, create};
use crate::start;
use crate::testing::Ground;

/// A demo that is open and does nothing by itself.
struct Quiet {
    ground: Ground,
    core: Arc<Core>,
}

impl Quiet {
    async fn open() -> Self {
        let ground = Ground::fresh().await;
        let world = (
            Box::new(ground.clock.clone()) as _,
            Box::new(SystemEntropy) as _,
        );
        let opened = start::open(&ground.config(true), world).await;
        let core = opened.expect("it opens").core;
        Self { ground, core }
    }

    /// The demo's support asks for devices by hand.
    async fn ask(&self, org: i64, name: &str, count: u32) {
        let acting = self.support().await;
        let template = TemplateId("TMPLsoil00001".to_owned());
        let template = self.core.store.template(OrgId(org), &template).await;
        let template = template.expect("the database").expect("the demo's");
        let wanted = Wanted {
            template: &template,
            org: OrgId(org),
            owner: UserId(1),
            key: None,
        };
        let asked = create(&self.core, &acting, &wanted, (name, 1, count)).await;
        asked.expect("it is asked for");
    }

    async fn support(&self) -> Acting {
        let id = self
            .ground
            .count("SELECT id FROM users WHERE role = 2")
            .await;
        Acting {
            actor: Actor::User(UserId(id)),
            role: handover_wire::Role::Staff,
            org: OrgId(1),
        }
    }

    async fn work(&self) {
        let stop = Stop {
            gracefully: CancellationToken::new(),
            at_once: CancellationToken::new(),
        };
        round(&self.core, &stop).await.expect("the database");
    }
}

#[tokio::test]
async fn a_thousand_devices_are_asked_for_in_few_words() {
    let quiet = Quiet::open().await;
    quiet.ask(2, "Pump {n}", 3_000).await;
    let before = quiet.core.store.calls.load(Ordering::Relaxed);
    quiet.work().await;
    let calls = quiet.core.store.calls.load(Ordering::Relaxed) - before;
    // SQLite takes fewer values in a statement than PostgreSQL does.
    let few = if quiet.core.store.is_grouped() {
        300
    } else {
        100
    };
    assert!(calls < few, "{calls} statements for 3,000 devices");
    let numbered = "SELECT COUNT(*) FROM devices d JOIN devices f ON f.name = 'Pump 1'
                    WHERE d.name = 'Pump 3000' AND d.id = f.id + 2999";
    assert_eq!(quiet.ground.count(numbered).await, 1, "in their order");
    quiet.ask(2, "Well {n}", 2).await;
    quiet.work().await;
    let all =
        "SELECT COUNT(DISTINCT id) FROM devices WHERE name LIKE 'Well %' OR name LIKE 'Pump %'";
    assert_eq!(quiet.ground.count(all).await, 3_002);
}

#[tokio::test]
async fn organizations_take_turns() {
    let quiet = Quiet::open().await;
    quiet.ask(2, "Pump {n}", 3_000).await;
    quiet.ask(2, "Later {n}", 2).await;
    quiet.ask(1, "Valve {n}", 2).await;
    quiet.work().await;
    let order = "SELECT COUNT(*) FROM devices a, devices b, devices c
                 WHERE a.name = 'Valve 2' AND b.name = 'Pump 1' AND c.name = 'Later 1'
                 AND a.id < b.id AND b.id < c.id";
    assert_eq!(quiet.ground.count(order).await, 1);
}

#[tokio::test]
async fn a_work_is_whose_who_asked_for_it_until_its_end() {
    for (taken, want) in [
        (
            "UPDATE users SET status = 'Suspended' WHERE role = 2",
            "not_allowed",
        ),
        ("UPDATE users SET role = 3 WHERE role = 2", "not_allowed"),
        ("UPDATE users SET org_id = 2 WHERE role = 2", "not_allowed"),
        ("UPDATE users SET role = 1 WHERE role = 2", ""),
    ] {
        let quiet = Quiet::open().await;
        let before = quiet.ground.count("SELECT COUNT(*) FROM devices").await;
        quiet.ask(1, "Pump {n}", 700).await;
        quiet.ground.execute(taken).await;
        quiet.work().await;
        let made = quiet.ground.count("SELECT COUNT(*) FROM devices").await - before;
        let failed =
            "SELECT COUNT(*) FROM batches WHERE state = 'failed' AND failure LIKE '%not_allowed%'";
        let failed = quiet.ground.count(failed).await;
        let left = "SELECT COUNT(*) FROM static_tokens WHERE batch_id IS NOT NULL";
        assert_eq!(quiet.ground.count(left).await, 0, "{taken}");
        match want {
            "" => assert_eq!((made, failed), (700, 0), "{taken}"),
            _ => assert_eq!((made, failed), (0, 1), "{taken}"),
        }
    }
}
