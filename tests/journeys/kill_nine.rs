//! kill -9 in the middle of a thousand claims: what was answered is there, nothing is there twice, and the same keys
//! finish the rest.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use handover_client::Client;
use handover_journeys::cloud::{CloudProcess, all_pages};
use handover_wire::{
    ClaimOutcome, ClaimRequest, DeviceId, DeviceView, GenerateTokens, Role, Secret, TokenStatus,
};
use tokio::sync::Notify;
use tokio::task::JoinSet;

const CLAIMS: usize = 1_000;
/// Claims under way at a time.
const AT_ONCE: usize = 64;
/// So many answers, then the kill: in the middle, however fast the machine is.
const ANSWERS: usize = 400;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Which label became which device, as it was answered.
type Answered = BTreeMap<usize, DeviceId>;

/// Claims everything once, `AT_ONCE` at a time, each under its own key, and stops at the first call without answer.
struct Sweep {
    client: Client,
    labels: Arc<Vec<Secret>>,
    next: AtomicUsize,
    answered: Mutex<Answered>,
    /// Told when there are `ANSWERS` answers.
    half_way: Notify,
}

impl Sweep {
    fn new(client: Client, labels: &Arc<Vec<Secret>>) -> Arc<Self> {
        Arc::new(Self {
            client,
            labels: labels.clone(),
            next: AtomicUsize::new(0),
            answered: Mutex::new(Answered::new()),
            half_way: Notify::new(),
        })
    }

    fn start(self: &Arc<Self>) -> JoinSet<()> {
        let mut workers = JoinSet::new();
        for _ in 0..AT_ONCE {
            workers.spawn(self.clone().work());
        }
        workers
    }

    async fn work(self: Arc<Self>) {
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(label) = self.labels.get(index) else {
                return;
            };
            let request = ClaimRequest::of_label(label.clone());
            let Ok(answer) = self.client.claim(&format!("label {index}"), &request).await else {
                return;
            };
            let answer = answer.device().expect("a device");
            assert_eq!(answer.outcome, ClaimOutcome::Claimed, "label {index}");
            let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
            answered.insert(index, answer.device.id);
            if answered.len() == ANSWERS {
                self.half_way.notify_one();
            }
        }
    }

    fn answered(&self) -> Answered {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.clone()
    }
}

async fn make_labels(staff: &Client) -> Outcome<Arc<Vec<Secret>>> {
    let template = staff.templates().await?.content.remove(0);
    let request = GenerateTokens {
        template_id: template.template_id,
        org_id: None,
        count: u32::try_from(CLAIMS)?,
    };
    let made = staff.generate(&request).await?.content;
    let labels = made.into_iter().filter_map(|token| token.token);
    Ok(Arc::new(labels.collect()))
}

/// The devices that the customer has, and those that the tokens say were claimed.
async fn devices(customer: &Client, staff: &Client) -> Outcome<BTreeSet<DeviceId>> {
    let view = DeviceView::default();
    let listed = all_pages(|page| customer.devices("", None, &view, page)).await?;
    let ids: BTreeSet<_> = listed.iter().map(|device| device.id).collect();
    assert_eq!(ids.len(), listed.len(), "a device is listed twice");
    let tokens = all_pages(|page| staff.static_tokens(page)).await?;
    let claimed = tokens
        .iter()
        .filter(|token| token.status == TokenStatus::Claimed);
    let of_tokens: Vec<_> = claimed.filter_map(|token| token.device_id).collect();
    let distinct: BTreeSet<_> = of_tokens.iter().copied().collect();
    assert_eq!(distinct.len(), of_tokens.len(), "two tokens, one device");
    assert_eq!(distinct, ids, "a device without its token, or the reverse");
    Ok(ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn answered_claims_survive_and_none_is_made_twice() -> Outcome {
    let folder = tempfile::tempdir()?;
    let data = folder.path();
    let cloud = CloudProcess::demo(data)?;
    let staff = cloud.sign_in(data, Role::Staff).await?;
    let labels = make_labels(&staff).await?;
    assert_eq!(labels.len(), CLAIMS);
    let before = devices(&cloud.sign_in(data, Role::User).await?, &staff).await?;

    let sweep = Sweep::new(cloud.sign_in(data, Role::User).await?, &labels);
    let workers = sweep.start();
    sweep.half_way.notified().await;
    cloud.kill()?;
    workers.join_all().await;
    let answered = sweep.answered();
    assert!(answered.len() >= ANSWERS);
    assert!(
        answered.len() < CLAIMS,
        "the kill came too late to prove anything"
    );

    let cloud = CloudProcess::demo(data)?;
    let staff = cloud.sign_in(data, Role::Staff).await?;
    let customer = cloud.sign_in(data, Role::User).await?;
    let there = devices(&customer, &staff).await?;
    for (index, device) in &answered {
        assert!(
            there.contains(device),
            "label {index} was answered and is gone"
        );
    }

    let again = Sweep::new(cloud.sign_in(data, Role::User).await?, &labels);
    again.start().join_all().await;
    let finished = again.answered();
    assert_eq!(finished.len(), CLAIMS);
    for (index, device) in &answered {
        assert_eq!(
            finished[index], *device,
            "label {index} has another answer now"
        );
    }
    let distinct: BTreeSet<_> = finished.values().collect();
    assert_eq!(distinct.len(), CLAIMS);
    let after = devices(&customer, &staff).await?;
    assert_eq!(after.len(), before.len() + CLAIMS);
    assert_eq!(cloud.stop()?, Some(0));
    Ok(())
}
