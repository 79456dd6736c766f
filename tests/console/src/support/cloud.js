// The real cloud, in a folder of its own, on a free port of this machine.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { until } from './wait.js';

const BINARY =
	process.env.HANDOVER_BIN ?? fileURLToPath(new URL('../../../../target/debug/handover', import.meta.url));

/** What the clouds of each file of tests logged: beside the pictures, so that the tests' own words stand alone. */
const LOGS = fileURLToPath(new URL('../../../../.artifacts/console/logs', import.meta.url));

/** A running cloud with demo data. */
export class Cloud {
	/**
	 * Starts one; `stop` ends it and removes its folder.
	 * @param mailServer Gets its mails; without one they are kept in the cloud's mailbox.
	 * @param faulty Whether things can be made to go wrong.
	 * @param demo Whether it has the demo's people and devices; without them it has nothing, and `link` sets it up.
	 */
	static async start(mailServer, faulty = false, demo = true) {
		const data = await mkdtemp(join(tmpdir(), 'handover-console-'));
		const cloud = new Cloud(data, mailServer?.environment, demo);
		if (faulty) {
			const file = join(data, 'faults.json');
			await writeFile(file, '');
			cloud.options.push('--faults', file);
		}
		await cloud.up('127.0.0.1:0');
		return cloud;
	}

	constructor(data, environment = {}, hasDemo = true) {
		this.data = data;
		this.environment = environment;
		this.hasDemo = hasDemo;
		this.options = hasDemo ? ['--demo'] : [];
	}

	/** Starts the program on this address and waits until it says where it listens. */
	async up(listen) {
		const options = ['--data', this.data, '--listen', listen, ...this.options];
		const log = await logFile();
		this.process = spawn(BINARY, ['cloud', ...options], {
			stdio: ['ignore', 'pipe', log.fd],
			env: { ...process.env, ...this.environment }
		});
		await log.close();
		const failed = once(this.process, 'exit').then(([status]) => {
			throw new Error(`The cloud ended with status ${status} before it listened; ${LOGS} has its log.`);
		});
		const said = printed(this.process.stdout);
		this.url = await Promise.race([said(/^Handover cloud: (http\S+)/), failed]);
		if (!this.hasDemo) this.link = await Promise.race([said(/: (http\S+\/setup#\S+)/), failed]);
		failed.catch(() => undefined);
		if (this.hasDemo) this.demo = JSON.parse(await readFile(join(this.data, 'demo.json'), 'utf8'));
	}

	/** Ends the program; its folder stays. */
	async down() {
		const ended = once(this.process, 'exit');
		this.process.kill('SIGTERM');
		await ended;
	}

	/** Ends it and starts it again in the same place. */
	async again() {
		await this.up(new URL(this.url).host);
	}

	async stop() {
		if (this.process.exitCode === null) await this.down();
		await rm(this.data, { recursive: true, force: true });
	}

	/** Labels that nobody has claimed yet. */
	get labels() {
		return this.demo.tokens.filter(({ status }) => status === 'UNCLAIMED').map(({ qrToken }) => qrToken);
	}

	/** Who has this role in the demo. */
	user(role) {
		return this.demo.users.find((user) => user.role === role);
	}

	/** The names of the devices that this person sees, asked for beside the browser. */
	async devices(user) {
		const answer = await this.call(user, 'GET', 'devices?size=1000');
		return (await answer.json()).content.map(({ name }) => name);
	}

	/** Lets this go wrong from now on, and nothing else: nothing at all, where nothing is said. */
	async fail(...rules) {
		const answer = await this.call(this.user(1), 'PUT', 'faults', { rules });
		if (!answer.ok) throw new Error(await answer.text());
	}

	/** Waits until what the cloud makes in the background is made, as long as that goes on; the path tells how far it is. */
	async made(user, path) {
		const look = async () => (await this.call(user, 'GET', path)).json();
		let work = await look();
		while (work.state === 'making') {
			const before = work.made;
			work = await until(look, ({ state, made }) => state !== 'making' || made > before);
		}
		if (work.state !== 'ready') throw new Error(`${path}: ${work.state}`);
	}

	/** Calls the Platform API as this person, beside the browser. */
	async call(user, method, path, body) {
		const form = new URLSearchParams({
			grant_type: 'user_credentials',
			username: user.email,
			password: user.password
		});
		const signedIn = await fetch(new URL('/oauth2/token', this.url), { method: 'POST', body: form });
		const { access_token: token } = await signedIn.json();
		return fetch(new URL(`/api/v1/organization/${path}`, this.url), {
			method,
			headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
			body: body && JSON.stringify(body)
		});
	}
}

/** Where the clouds of this file of tests write, one after another. */
async function logFile() {
	await mkdir(LOGS, { recursive: true });
	return open(join(LOGS, `${basename(process.argv[1], '.test.js')}.log`), 'a');
}

/** Waits for what the program prints, and reads on so that its output never blocks it. */
function printed(output) {
	const lines = [];
	createInterface(output).on('line', (line) => lines.push(line));
	return async (pattern) => {
		const find = () => lines.map((line) => pattern.exec(line)).find(Boolean);
		return (await until(find, Boolean))[1];
	};
}

/** Runs `handover` to its end, and returns what it said. */
export async function handover(...args) {
	return (await promisify(execFile)(BINARY, args)).stdout;
}
