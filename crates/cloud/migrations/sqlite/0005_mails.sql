-- Mails that wait, were sent, are kept where no mail server is configured, or could not be sent. What a mail says, and
-- to whom, is sealed; it is erased once the mail was sent or given up.
CREATE TABLE mails (
    id         INTEGER PRIMARY KEY,
    created_at BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    language   TEXT NOT NULL,
    state      TEXT NOT NULL,
    -- Tries that have begun.
    attempts   BIGINT NOT NULL,
    -- Of a queued mail: when it is to be tried next. While it is being tried: when another process may.
    next_try   BIGINT,
    ended_at   BIGINT,
    -- What the last try failed of; never an address.
    trouble    TEXT,
    sealed     BLOB
);
CREATE INDEX mails_by_turn ON mails (state, next_try);
CREATE INDEX mails_by_age ON mails (state, id);
