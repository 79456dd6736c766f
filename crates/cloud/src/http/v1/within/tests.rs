//! An organization that is closed, and a template that is deleted, between the moment in which it was found and that in which
//! something is made in it, or of it.

use handover_wire::{CreateBatch, CreateDevice, OrgId, Role, SecretsShown, UserId};
use serde_json::json;

use super::*;
use crate::domain::{Acting, Actor, Mapping};
use crate::http::v1::ORG_NOT_FOUND;
use crate::service::batches::{self, BatchError, Heading};
use crate::service::devices::{self, DeviceError};
use crate::service::import::{self, Import, ImportError};
use crate::service::many::{self, ManyError, Wanted};
use crate::service::mint;
use crate::testing::Site;

const SOIL: &str = "TMPLsoil00001";

/// Of somebody who found all of it in time.
struct Found {
    acting: Acting,
    org: OrgId,
    template: Template,
    owner: UserId,
}

async fn closed_meanwhile(site: &Site) -> Found {
    let admin = site.sign_in(Role::Admin).await;
    let made = admin.post("/create", json!({ "name": "Brief" })).await;
    let org = OrgId(made.json()["id"].as_i64().expect("a number"));
    let core = site.cloud.core();
    let template = template(core, org, &TemplateId(SOIL.to_owned())).await;
    let me = admin.get("/me").await.json();
    let owner = UserId(me["user"]["id"].as_i64().expect("a number"));
    let found = Found {
        acting: Acting {
            actor: Actor::User(owner),
            role: Role::Admin,
            org: OrgId(1),
        },
        org,
        template: template.expect("the maker's"),
        owner,
    };
    assert!(
        check_owner(core, found.acting.reach(), owner, org)
            .await
            .is_ok()
    );
    assert_eq!(admin.delete(&format!("?orgId={org}")).await.status, 204);
    found
}

#[tokio::test]
async fn what_is_not_found_in_it_is_the_organization() {
    let site = Site::demo().await;
    let core = site.cloud.core();
    let Found {
        acting, org, owner, ..
    } = closed_meanwhile(&site).await;
    let template_of = template(core, org, &TemplateId(SOIL.to_owned())).await;
    let owned = check_owner(core, acting.reach(), owner, org).await;
    for told in [template_of.map(drop), owned] {
        let told = told.expect_err("nothing is there");
        assert_eq!(told.outcome(), (404, ORG_NOT_FOUND));
    }
    // What is not there in one that is open is said to be not there.
    let missing = template(core, OrgId(1), &TemplateId("TMPLnone00000".to_owned())).await;
    let missing = missing.expect_err("there is none");
    assert_eq!(missing.outcome(), (404, "Template is not found."));
}

/// A template that nothing is of, found and then deleted.
async fn deleted_meanwhile(site: &Site) -> Found {
    let admin = site.sign_in(Role::Admin).await;
    let made = admin.post("/template", json!({ "name": "Brief" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.json()["templateId"]
        .as_str()
        .expect("an id")
        .to_owned();
    let core = site.cloud.core();
    let template = template(core, OrgId(1), &TemplateId(id.clone())).await;
    let me = admin.get("/me").await.json();
    let owner = UserId(me["user"]["id"].as_i64().expect("a number"));
    let gone = admin.delete(&format!("/template?templateId={id}")).await;
    assert_eq!(gone.status, 204, "{gone:?}");
    Found {
        acting: Acting {
            actor: Actor::User(owner),
            role: Role::Admin,
            org: OrgId(1),
        },
        org: OrgId(1),
        template: template.expect("it was there"),
        owner,
    }
}

#[tokio::test]
async fn nothing_is_made_in_it() {
    let site = Site::demo().await;
    let found = closed_meanwhile(&site).await;
    nothing_is_made(&site, found, Gone::Organization, ORG_NOT_FOUND).await;
}

#[tokio::test]
async fn nothing_is_made_of_it() {
    let site = Site::demo().await;
    let found = deleted_meanwhile(&site).await;
    nothing_is_made(&site, found, Gone::Template, "Template is not found.").await;
}

/// Tries all that makes something in an organization, of a template.
async fn nothing_is_made(site: &Site, found: Found, want: Gone, told: &str) {
    let core = site.cloud.core();
    let Found {
        acting,
        org,
        template,
        owner,
    } = found;
    let before = counts(site).await;
    let one = CreateDevice {
        template_id: template.template_id.clone(),
        org_id: org,
        name: None,
        owner_id: Some(owner),
    };
    let one = devices::create(core, &acting.actor, &one, &template, owner, None).await;
    assert!(
        matches!(one, Err(DeviceError::Gone(gone)) if gone == want),
        "{one:?}"
    );
    let wanted = Wanted {
        template: &template,
        org,
        owner,
        key: None,
    };
    let several = many::create(core, &acting, &wanted, ("Pump {n}", 1, 2)).await;
    assert!(
        matches!(several, Err(ManyError::Gone(gone)) if gone == want),
        "{several:?}"
    );
    let table = many::Import {
        mapping: Mapping::default(),
        good_rows: false,
        dry_run: false,
    };
    let table = many::import(core, &acting, &wanted, "Device Name\nPump\n", table).await;
    assert!(
        matches!(table, Err(ManyError::Gone(gone)) if gone == want),
        "{table:?}"
    );
    let batch = json!({ "templateId": template.template_id, "name": "Spring", "count": 1 });
    let batch: CreateBatch = serde_json::from_value(batch).expect("a request");
    let batch = batches::generate(core, &acting, &template, org, &batch).await;
    assert!(
        matches!(batch, Err(BatchError::Gone(gone)) if gone == want),
        "{batch:?}"
    );
    let import = Import {
        org,
        template: &template,
        mapping: Mapping::default(),
        proof: Default::default(),
        secrets: SecretsShown::Kept,
        heading: Some(Heading::parse("Spring", None).expect("a name")),
        good_rows: false,
    };
    let import = import::import(core, &acting, "Device Name\nPump\n", &import).await;
    assert!(
        matches!(import, Err(ImportError::Gone(gone)) if gone == want),
        "{import:?}"
    );
    let labels = mint::generate(core, &acting.actor, org, template.id, 1).await;
    assert_eq!(labels.expect("the database").err(), Some(want));
    assert_eq!(ApiFailure::from(want).outcome(), (404, told));
    assert_eq!(counts(site).await, before);
}

/// How much there is of all that can be made.
async fn counts(site: &Site) -> [i64; 3] {
    [
        site.count("SELECT COUNT(*) FROM devices").await,
        site.count("SELECT COUNT(*) FROM static_tokens").await,
        site.count("SELECT COUNT(*) FROM batches").await,
    ]
}
