-- What devices say: values, events, properties, and whether they are there.

-- The address that it last connected from, and when it last sent an event.
ALTER TABLE devices ADD COLUMN ip TEXT;
ALTER TABLE devices ADD COLUMN last_event_at BIGINT;
-- Each change of hands begins a tenure, which is named by when it began and is no other's of this device. What a device
-- said is of the tenure that it was said in, and whoever has the device sees those of the present one.
ALTER TABLE devices ADD COLUMN tenure BIGINT NOT NULL DEFAULT 0;
-- The one before, which an undo brings back.
ALTER TABLE devices ADD COLUMN former_tenure BIGINT NOT NULL DEFAULT 0;
-- The highest that there ever was.
ALTER TABLE devices ADD COLUMN last_tenure BIGINT NOT NULL DEFAULT 0;

-- Who speaks with a device that was heard of, and until when it is there without being heard of again. Apart from the
-- device: it changes with every message.
CREATE TABLE liveness (
    device_id    BIGINT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
    -- The one live connection, and the process that has it; none for what speaks HTTP.
    session      BIGINT,
    process      BIGINT,
    online_until BIGINT NOT NULL,
    -- When it last came or went, and when it last said something: pages that are open ask for what is newer.
    state_at     BIGINT NOT NULL,
    values_at    BIGINT NOT NULL
);
CREATE INDEX liveness_by_end ON liveness (online_until);
CREATE INDEX liveness_by_state ON liveness (state_at);
CREATE INDEX liveness_by_values ON liveness (values_at);

-- When it was away, so that a chart has gaps there.
CREATE TABLE absences (
    device_id BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tenure    BIGINT NOT NULL,
    since     BIGINT NOT NULL,
    until     BIGINT,
    PRIMARY KEY (device_id, since)
);

-- What each datastream holds now, as JSON.
CREATE TABLE device_values (
    device_id BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tenure    BIGINT NOT NULL,
    pin       BIGINT NOT NULL,
    value     TEXT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (device_id, tenure, pin)
);

-- What numbers were: a row for each minute or hour (step, in milliseconds) in which there was one.
CREATE TABLE device_points (
    device_id BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tenure    BIGINT NOT NULL,
    pin       BIGINT NOT NULL,
    step      BIGINT NOT NULL,
    start     BIGINT NOT NULL,
    amount    BIGINT NOT NULL,
    total     REAL NOT NULL,
    least     REAL NOT NULL,
    most      REAL NOT NULL,
    PRIMARY KEY (device_id, tenure, pin, step, start)
);
CREATE INDEX device_points_by_age ON device_points (step, start);

CREATE TABLE device_events (
    id          INTEGER PRIMARY KEY,
    device_id   BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tenure      BIGINT NOT NULL,
    code        TEXT NOT NULL,
    description TEXT,
    at          BIGINT NOT NULL
);
CREATE INDEX device_events_by_device ON device_events (device_id, id);

-- How a datastream is shown, where the device has said so.
CREATE TABLE device_properties (
    device_id BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tenure    BIGINT NOT NULL,
    pin       BIGINT NOT NULL,
    name      TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (device_id, tenure, pin, name)
);

-- What people set and the device has not been told yet: the newest of each datastream. `process` has its connection; none
-- while it is away.
CREATE TABLE pending_writes (
    device_id BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    pin       BIGINT NOT NULL,
    value     TEXT NOT NULL,
    process   BIGINT,
    -- Whether it waits for a device that goes away meanwhile, 1 or 0.
    waits     BIGINT NOT NULL,
    PRIMARY KEY (device_id, pin)
);
CREATE INDEX pending_writes_by_process ON pending_writes (process) WHERE process IS NOT NULL;
