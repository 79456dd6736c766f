//! Claiming: a claim is kept before it is sent, and forgotten when its answer is known.

use handover_client::{Client, Result, WaitingClaim, is_undecided};
use handover_label::{Reading, explain, mask};
use handover_wire::{ClaimReply, ClaimRequest, ErrorBody, ErrorCode};

use crate::{App, Claim, PendingClaim, Session};

impl App {
    /// What a text can be, best first.
    pub fn explain(&self, text: &str) -> Vec<Reading> {
        explain(text)
    }

    /// Claims what a label says. Whatever happens on the way, the claim is not lost: while its answer is not known
    /// it stands among [`App::pending_claims`].
    ///
    /// # Errors
    /// The cloud's answer (`not_claimable`, `proof_required`, ...), or what kept it from answering.
    pub async fn claim(&self, claim: Claim) -> Result<ClaimReply> {
        let (client, session) = self.signed_in().await?;
        let waiting = WaitingClaim {
            key: claim.key,
            text: claim.text,
            user_id: claim.user_id,
            claim_code: claim.claim_code,
            ask_approval: claim.ask_approval,
            presence: claim.presence,
            reason: claim.reason,
            cloud: cloud(&session),
            claimer: session.profile.user.id,
            since: (self.clock)(),
        };
        // Where the keyring fails the claim waits in memory; only a crash would lose it.
        if let Err(error) = self.pending.keep(waiting.clone()).await {
            tracing::warn!(
                code = error.code.as_str(),
                "a claim could not be kept before sending"
            );
        }
        let answer = self.send(&client, &waiting).await;
        if matches!(&answer, Err(error) if error.code == ErrorCode::RateLimited) {
            self.settle(&waiting.key).await;
        }
        answer
    }

    /// The claims of whoever is signed in that wait for an answer, oldest first.
    ///
    /// # Errors
    /// `signed_out`.
    pub async fn pending_claims(&self) -> Result<Vec<PendingClaim>> {
        let (_, session) = self.signed_in().await?;
        let waiting = self.waiting(&session).await;
        Ok(waiting
            .iter()
            .map(|claim| PendingClaim {
                key: claim.key.clone(),
                label: mask(claim.text.expose()),
                since: claim.since,
            })
            .collect())
    }

    /// Sends a waiting claim again, with the key it had.
    ///
    /// # Errors
    /// As for [`App::claim`]; `not_found` where no such claim waits.
    pub async fn retry_claim(&self, key: &str) -> Result<ClaimReply> {
        let (client, session) = self.signed_in().await?;
        let waiting = self.waiting(&session).await;
        match waiting.into_iter().find(|claim| claim.key == key) {
            Some(claim) => self.send(&client, &claim).await,
            None => Err(ErrorBody::new(ErrorCode::NotFound, "no such claim waits")),
        }
    }

    /// Gives a waiting claim up.
    ///
    /// # Errors
    /// `keyring_unavailable`.
    pub async fn drop_claim(&self, key: &str) -> Result<()> {
        self.pending.settle(key).await
    }

    async fn waiting(&self, session: &Session) -> Vec<WaitingClaim> {
        let mut claims = self.pending.list().await;
        let (cloud, claimer) = (cloud(session), session.profile.user.id);
        claims.retain(|claim| claim.claimer == claimer && claim.cloud == cloud);
        claims
    }

    async fn send(&self, client: &Client, claim: &WaitingClaim) -> Result<ClaimReply> {
        let request = ClaimRequest {
            token: claim.text.clone(),
            user_id: claim.user_id,
            claim_code: claim.claim_code.clone(),
            ask_approval: claim.ask_approval,
            presence: claim.presence,
            reason: claim.reason.clone(),
        };
        let answer = client.claim(&claim.key, &request).await;
        let decided = match &answer {
            Ok(_) => true,
            // What waits already goes on waiting when it was sent again too soon.
            Err(error) => error.code != ErrorCode::RateLimited && !is_undecided(error.code),
        };
        if decided {
            self.settle(&claim.key).await;
        }
        answer
    }

    async fn settle(&self, key: &str) {
        if let Err(error) = self.pending.settle(key).await {
            // It stays listed, and sending it again gets the same answer: untidy, not wrong.
            tracing::warn!(
                code = error.code.as_str(),
                "an answered claim could not be forgotten"
            );
        }
    }
}

/// The cloud of a session, as claims that wait remember it: numbers of users are a cloud's own.
fn cloud(session: &Session) -> Option<String> {
    (!session.bundled).then(|| session.server.clone())
}
