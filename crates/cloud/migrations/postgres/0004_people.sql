-- The name in lower case by Unicode's rules, which databases differ about, for searches; for people with the address
-- behind it. Rows of before are folded by the database's rules until they change.
ALTER TABLE organizations ADD COLUMN name_folded TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE organizations SET name_folded = lower(name);
CREATE INDEX organizations_by_parent ON organizations (parent_id);

ALTER TABLE users ADD COLUMN folded TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE users SET folded = lower(name) || ' ' || email;

-- What the program called itself on signing in, and when the session was last renewed.
ALTER TABLE sessions ADD COLUMN program TEXT COLLATE "C";
ALTER TABLE sessions ADD COLUMN last_used_at BIGINT NOT NULL DEFAULT 0;
UPDATE sessions SET last_used_at = created_at;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);
CREATE INDEX devices_by_owner ON devices (owner_id);

-- Mailed links, each good once, for one address. A row stays a while after it was used, to say so to whoever clicks
-- again.
CREATE TABLE one_time_links (
    digest     BYTEA PRIMARY KEY,
    purpose    TEXT COLLATE "C" NOT NULL,
    -- None for the sign-up of somebody who is not there yet.
    user_id    BIGINT REFERENCES users (id),
    email      TEXT COLLATE "C" NOT NULL,
    locale     TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX one_time_links_by_email ON one_time_links (email, purpose);
CREATE INDEX one_time_links_by_expiry ON one_time_links (expires_at);

-- How often something happened, by the digest of what is counted.
CREATE TABLE limits (
    counted BYTEA PRIMARY KEY,
    -- When all of it is forgotten.
    free_at BIGINT NOT NULL
);
CREATE INDEX limits_by_time ON limits (free_at);
