-- Machines that say that they are the device of a static token, each with a secret of its own. All of a device's go when it
-- changes hands.
CREATE TABLE pins (
    id         INTEGER PRIMARY KEY,
    token_id   BIGINT NOT NULL REFERENCES static_tokens (id),
    digest     BLOB NOT NULL,
    state      TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen  BIGINT NOT NULL,
    pressed_at BIGINT,
    presses    BIGINT NOT NULL,
    -- When maker and owner were told that there are several.
    told_at    BIGINT
);
CREATE UNIQUE INDEX pins_by_token ON pins (token_id, digest);
-- When the owner was told to press the device's button.
ALTER TABLE static_tokens ADD COLUMN press_awaited_at BIGINT;

-- Claims by identifier that wait for the device's button; known to be a device's or not.
CREATE TABLE presence_waits (
    user_id    BIGINT NOT NULL,
    identifier TEXT NOT NULL,
    until      BIGINT NOT NULL,
    PRIMARY KEY (user_id, identifier)
);

-- Whether secrets can be read again ('kept'), or were shown 'once' and are known by their digests alone.
ALTER TABLE batches ADD COLUMN secrets TEXT NOT NULL DEFAULT 'kept';
-- When a batch whose secrets are shown once showed them.
ALTER TABLE batches ADD COLUMN exported_at BIGINT;

-- An identifier as it is looked for: people who type one do not care for its case.
ALTER TABLE static_tokens ADD COLUMN sought TEXT;
UPDATE static_tokens SET sought = UPPER(identifier) WHERE identifier IS NOT NULL;
DROP INDEX static_tokens_by_name;
CREATE INDEX static_tokens_by_name ON static_tokens (sought) WHERE sought IS NOT NULL;
