-- What an overview counts: claims of an organization by their time, and the devices that are connected.
CREATE INDEX device_moves_by_arrival ON device_moves (to_org_id, kind, at);
CREATE INDEX devices_online ON devices (org_id) WHERE connect_time IS NOT NULL AND disconnect_time IS NULL;
