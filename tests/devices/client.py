"""A device as its owner would write it, with the library as its makers publish it. It signs in, writes values, asks after one
and waits to be told one; each is a line of JSON on standard output."""

import io
import json
import sys
import time
from contextlib import redirect_stdout

# The library greets whoever imports it.
with redirect_stdout(io.StringIO()):
    import BlynkLib

SECONDS = 30


def tell(**what):
    print(json.dumps(what), flush=True)


server, port, token = sys.argv[1:]
with redirect_stdout(sys.stderr):
    device = BlynkLib.Blynk(token, server=server, port=int(port), heartbeat=10)
seen = {}


@device.ON("connected")
def connected(ping):
    device.virtual_write(1, 42.5)
    device.virtual_write(2, "18")
    device.log_event("too_dry", "quite")
    device.set_property(1, "label", "Wet")
    device.sync_virtual(1)
    tell(connected=True)


@device.ON("disconnected")
def disconnected():
    tell(disconnected=True)
    sys.exit(1)


@device.ON("V*")
def told(pin, values):
    if seen.get(pin) != values:
        seen[pin] = values
        tell(pin=pin, values=values)


end = time.time() + SECONDS
while time.time() < end and "5" not in seen:
    device.run()
sys.exit(0 if "5" in seen else 2)
