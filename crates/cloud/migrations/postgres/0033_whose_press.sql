-- Whom the last press of a button is for: who waited for it alone when it was pressed; 0, where several did, nobody; none, where
-- nobody waited, whoever claims first.
ALTER TABLE pins ADD COLUMN pressed_for BIGINT;
CREATE INDEX presence_waits_by_identifier ON presence_waits (identifier);
