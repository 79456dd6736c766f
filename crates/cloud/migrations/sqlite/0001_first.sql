-- Times are milliseconds since the Unix epoch, UTC. Digests are keyed (HMAC-SHA256); sealed columns are encrypted
-- (XChaCha20-Poly1305); the key for both is not in this database.

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
);

CREATE TABLE organizations (
    id               INTEGER PRIMARY KEY,
    name             TEXT NOT NULL,
    description      TEXT,
    parent_id        BIGINT REFERENCES organizations (id),
    tz               TEXT NOT NULL,
    closed_at        BIGINT,
    last_modified_ts BIGINT NOT NULL
);

-- Every organization with all that stand above it and itself, so that "in this organization or below" is one lookup.
CREATE TABLE org_tree (
    ancestor_id BIGINT NOT NULL REFERENCES organizations (id),
    org_id      BIGINT NOT NULL REFERENCES organizations (id),
    depth       BIGINT NOT NULL,
    PRIMARY KEY (ancestor_id, org_id)
);
CREATE INDEX org_tree_by_org ON org_tree (org_id);

CREATE TABLE users (
    id            INTEGER PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    role          BIGINT NOT NULL,
    org_id        BIGINT NOT NULL REFERENCES organizations (id),
    status        TEXT NOT NULL,
    locale        TEXT NOT NULL,
    password_hash TEXT,
    created_at    BIGINT NOT NULL
);
CREATE INDEX users_by_org ON users (org_id);

CREATE TABLE oauth_clients (
    client_id     TEXT PRIMARY KEY,
    secret_digest BLOB NOT NULL,
    name          TEXT NOT NULL,
    org_id        BIGINT NOT NULL REFERENCES organizations (id),
    created_at    BIGINT NOT NULL
);

-- One sign-in, with all tokens that came of it. Revoking it ends them all.
CREATE TABLE sessions (
    id         INTEGER PRIMARY KEY,
    user_id    BIGINT REFERENCES users (id),
    client_id  TEXT REFERENCES oauth_clients (client_id),
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE access_tokens (
    digest     BLOB PRIMARY KEY,
    session_id BIGINT NOT NULL REFERENCES sessions (id),
    expires_at BIGINT NOT NULL
);
CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_at);

CREATE TABLE refresh_tokens (
    digest     BLOB PRIMARY KEY,
    session_id BIGINT NOT NULL REFERENCES sessions (id),
    expires_at BIGINT NOT NULL,
    spent_at   BIGINT
);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);

CREATE TABLE templates (
    id          INTEGER PRIMARY KEY,
    template_id TEXT NOT NULL UNIQUE,
    org_id      BIGINT NOT NULL REFERENCES organizations (id),
    name        TEXT NOT NULL,
    description TEXT
);

-- The last running number that a device's name got, for each organization and template.
CREATE TABLE device_numbers (
    org_id      BIGINT NOT NULL REFERENCES organizations (id),
    template_id BIGINT NOT NULL REFERENCES templates (id),
    last_number BIGINT NOT NULL,
    PRIMARY KEY (org_id, template_id)
);

CREATE TABLE devices (
    id                 INTEGER PRIMARY KEY,
    template_id        BIGINT NOT NULL REFERENCES templates (id),
    org_id             BIGINT NOT NULL REFERENCES organizations (id),
    name               TEXT NOT NULL,
    -- The name in lower case by Unicode's rules, which databases differ about.
    name_folded        TEXT NOT NULL,
    owner_id           BIGINT REFERENCES users (id),
    auth_digest        BLOB NOT NULL UNIQUE,
    auth_sealed        BLOB NOT NULL,
    activated_at       BIGINT,
    first_connect_time BIGINT,
    connect_time       BIGINT,
    disconnect_time    BIGINT,
    hardware           TEXT
);
CREATE INDEX devices_by_org ON devices (org_id, id);

CREATE TABLE static_tokens (
    id               INTEGER PRIMARY KEY,
    org_id           BIGINT NOT NULL REFERENCES organizations (id),
    template_id      BIGINT NOT NULL REFERENCES templates (id),
    auth_digest      BLOB NOT NULL UNIQUE,
    auth_sealed      BLOB NOT NULL,
    qr_digest        BLOB NOT NULL UNIQUE,
    qr_sealed        BLOB NOT NULL,
    created_at       BIGINT NOT NULL,
    first_claimed_at BIGINT,
    claimed_at       BIGINT,
    claimed_org_id   BIGINT REFERENCES organizations (id),
    owner_id         BIGINT REFERENCES users (id),
    device_id        BIGINT UNIQUE REFERENCES devices (id),
    revoked_at       BIGINT
);
CREATE INDEX static_tokens_by_org ON static_tokens (org_id, id);

-- What a claim was answered, for the same caller and key again.
CREATE TABLE claim_answers (
    actor          TEXT NOT NULL,
    idempotency    TEXT NOT NULL,
    request_digest BLOB NOT NULL,
    status         BIGINT NOT NULL,
    body           TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (actor, idempotency)
);

CREATE TABLE audit (
    id        INTEGER PRIMARY KEY,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    action    TEXT NOT NULL,
    org_id    BIGINT REFERENCES organizations (id),
    device_id BIGINT,
    user_id   BIGINT,
    detail    TEXT
);
CREATE INDEX audit_by_org ON audit (org_id, id);

CREATE TABLE setup_codes (
    digest     BLOB PRIMARY KEY,
    created_at BIGINT NOT NULL
);
