-- Which setting of the datastream it is: a number that no other one has. Of those from before there is one per datastream.
ALTER TABLE pending_writes ADD COLUMN setting BIGINT NOT NULL DEFAULT 0;
ALTER TABLE former_writes ADD COLUMN setting BIGINT NOT NULL DEFAULT 0;
