// A device as its owner would write it, with the npm package mqtt as its makers publish it. It signs in, writes values, and
// waits to be told one; each is a line of JSON on standard output, and so is why it ends.
//
// node mqtt.js URL VERSION TOKEN [CERTIFICATE]: the version is 4 (3.1.1) or 5.

import { readFileSync } from 'node:fs';
import mqtt from 'mqtt';

const [url, version, token, certificate] = process.argv.slice(2);

function tell(what) {
	process.stdout.write(`${JSON.stringify(what)}\n`);
}

const device = mqtt.connect(url, {
	username: 'device',
	password: token,
	protocolVersion: Number(version),
	keepalive: 45,
	// It is tried once: whoever is refused or cut off ends.
	reconnectPeriod: 0,
	...(certificate ? { ca: readFileSync(certificate) } : {})
});

// Messages are told of once the device has told what it began with, and once the cloud knows that it has them: whoever reads
// of one may end this process at once. The package acknowledges a message after it was handed over here; asking after nothing
// that there is comes after that, and is acknowledged after it.
const early = [];
let begun = false;

device.on('message', (topic, payload) => {
	const told = { topic, payload: payload.toString() };
	setImmediate(async () => {
		// Where the connection has ended meanwhile, the message was told nevertheless.
		await device.publishAsync('get/ds', 'Nothing', { qos: 1 }).catch(() => {});
		if (begun) tell(told);
		else early.push(told);
	});
});

device.on('connect', async () => {
	const refused = [];
	for (const filter of ['#', 'downlink/+/Light']) {
		await device.subscribeAsync(filter, { qos: 1 }).then(
			(granted) => granted.some(({ qos }) => qos >= 128) && refused.push(filter),
			() => refused.push(filter)
		);
	}
	await device.subscribeAsync('downlink/#', { qos: 1 });
	await device.publishAsync('ds/Moisture', '42.5', { qos: 1 });
	await device.publishAsync('batch_ds', JSON.stringify({ Temperature: 18, Light: true }), { qos: 2 });
	await device.publishAsync('event/too_dry', 'quite', { qos: 0 });
	await device.publishAsync('get/ds', 'Moisture', { qos: 1 });
	tell({ connected: true, refused });
	begun = true;
	for (const told of early) tell(told);
});

device.on('error', (error) => tell({ error: error.code }));
device.on('disconnect', (packet) => tell({ ended: packet.reasonCode }));
device.on('close', () => {
	tell({ closed: true });
	process.exit(0);
});
