-- Since when a device was its former holder's, which an undo brings back.
ALTER TABLE devices ADD COLUMN former_activated_at BIGINT;

-- Events are counted by tenure.
CREATE INDEX device_events_by_tenure ON device_events (device_id, tenure, id);
