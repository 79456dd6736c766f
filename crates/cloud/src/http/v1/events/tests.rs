//! What listeners hear of what changes, and what they do not.

use handover_wire::{Changes, Role, Topic};
use reqwest::{Method, Response};

use crate::testing::{Person, Site};

const EVENTS: &str = "/api/v1/organization/events?seconds=300";

/// An open stream.
struct Ear {
    response: Response,
    heard: String,
}

impl Ear {
    async fn open(site: &Site, person: &Person<'_>) -> Self {
        let request = site
            .request(Method::GET, EVENTS)
            .bearer_auth(&person.access);
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut ear = Self {
            response,
            heard: String::new(),
        };
        // The first event says where it begins.
        ear.next().await.expect("an event");
        ear
    }

    /// The next event's topics; none at the end of the stream.
    async fn next(&mut self) -> Option<Vec<Topic>> {
        loop {
            if let Some((event, rest)) = self.heard.split_once("\n\n") {
                let data = event.strip_prefix("event: changed\ndata: ");
                let changes = data.map(serde_json::from_str::<Changes>);
                self.heard = rest.to_owned();
                match changes {
                    Some(changes) => return Some(changes.expect("an event").topics),
                    // A sign of life.
                    None => continue,
                }
            }
            let piece = self.response.chunk().await.expect("not cut off")?;
            self.heard += std::str::from_utf8(&piece).expect("text");
        }
    }
}

#[tokio::test]
async fn changes_are_heard_where_they_can_be_seen() {
    let site = Site::demo().await;
    let (neighbour, ..) = site.client("Meadow", "m@meadow.example").await;
    let customer = site.sign_in(Role::User).await;
    let support = site.sign_in(Role::Staff).await;
    // What made them is told before anybody listens.
    site.sealed().await;
    let mut at_home = Ear::open(&site, &customer).await;
    let mut at_work = Ear::open(&site, &support).await;
    // What happens elsewhere is not heard, so that the first thing heard is what comes after it.
    assert_eq!(neighbour.claim(&site.qr(4)).await.status, 201);
    let heard = at_work.next().await.expect("an event");
    assert!(heard.contains(&Topic::Devices), "{heard:?}");
    assert_eq!(customer.claim(&site.qr(3)).await.status, 201);
    assert_eq!(at_home.next().await, Some(vec![Topic::Devices]));
}

#[tokio::test]
async fn everybody_hears_of_what_they_may_see() {
    let site = Site::demo().await;
    let theirs = [Topic::Devices, Topic::Values, Topic::Organizations];
    for (role, sees_all) in [(Role::User, false), (Role::Admin, true)] {
        let person = site.sign_in(role).await;
        let request = site
            .request(Method::GET, EVENTS)
            .bearer_auth(&person.access);
        let response = request.send().await.expect("an answer");
        let mut ear = Ear {
            response,
            heard: String::new(),
        };
        let want = if sees_all {
            &Topic::ALL[..]
        } else {
            &theirs[..]
        };
        assert_eq!(ear.next().await.as_deref(), Some(want), "{role:?}");
    }
}

#[tokio::test]
async fn whoever_a_device_is_moved_to_hears_of_it() {
    let site = Site::demo().await;
    let (neighbour, org, _) = site.client("Meadow", "m@meadow.example").await;
    let support = site.sign_in(Role::Staff).await;
    site.sealed().await;
    let mut ear = Ear::open(&site, &neighbour).await;
    let body = serde_json::json!({ "deviceId": 1, "newOrgId": org });
    assert_eq!(support.post("/device/transfer", body).await.status, 204);
    let heard = ear.next().await.expect("an event");
    assert!(heard.contains(&Topic::Devices), "{heard:?}");
}

#[tokio::test]
async fn streams_end_with_the_cloud_and_after_their_time() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    for (seconds, want) in [(0, 200), (301, 400)] {
        let path = format!("/events?seconds={seconds}");
        assert_eq!(customer.get(&path).await.status, want, "{seconds}");
    }
    let mut ear = Ear::open(&site, &customer).await;
    let (_site, last) = tokio::join!(site.restart(false), ear.next());
    assert_eq!(last, None, "the stream ends as it should");
}

#[tokio::test]
async fn one_account_leaves_seats_for_others() {
    let site = Site::demo().await;
    let customer = site.sign_in(Role::User).await;
    let mut ears = Vec::new();
    for _ in 0..16 {
        ears.push(Ear::open(&site, &customer).await);
    }
    let request = customer.request(Method::GET, "/events?seconds=300");
    assert_eq!(request.send().await.expect("an answer").status(), 503);
    let support = site.sign_in(Role::Staff).await;
    Ear::open(&site, &support).await;
}
