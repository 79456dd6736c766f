-- Files that devices uploaded. `is_whole` is 0 as long as one arrives: nobody sees it then. `digest` is what its link is found by.
CREATE TABLE device_files (
    id        INTEGER PRIMARY KEY,
    device_id BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tenure    BIGINT NOT NULL,
    name      TEXT NOT NULL,
    size      BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    digest    BLOB NOT NULL UNIQUE,
    is_whole  BIGINT NOT NULL
);
CREATE INDEX device_files_by_device ON device_files (device_id, tenure);
CREATE INDEX device_files_by_time ON device_files (at);

-- What is in them, in pieces of one size but for the last, numbered from 0 on.
CREATE TABLE device_file_pieces (
    file_id BIGINT NOT NULL REFERENCES device_files (id) ON DELETE CASCADE,
    number  BIGINT NOT NULL,
    bytes   BLOB NOT NULL,
    PRIMARY KEY (file_id, number)
);

-- How many a device has uploaded in each tenure, also of those that are gone.
CREATE TABLE device_uploads (
    device_id BIGINT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tenure    BIGINT NOT NULL,
    uploads   BIGINT NOT NULL,
    PRIMARY KEY (device_id, tenure)
);
