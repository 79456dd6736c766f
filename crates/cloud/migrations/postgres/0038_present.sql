-- What the present connection of a device knows: where it comes from, and what the device has said of itself over it, as JSON. A
-- change of hands forgets what was known of a device before; this is known still, and is of nobody who had it.
ALTER TABLE liveness ADD COLUMN address TEXT;
ALTER TABLE liveness ADD COLUMN hardware TEXT;
