// A real mail server (aiosmtpd, as for the letters of `tests/journeys`), and the mails that arrived there.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { until } from './wait.js';

const SCRIPT = fileURLToPath(new URL('../../../mail/server.py', import.meta.url));
const NAME = 'cloud';
const PASSWORD = 'p@ssw0rd-for-mail';

/** The Python that has aiosmtpd, where the test command has found one. */
export const PYTHON = process.env.HANDOVER_TEST_PYTHON;

/** A running mail server that takes mails by TLS from whoever signs in. */
export class MailServer {
	#mails = [];

	/** Starts one, with a certificate made in this folder. */
	static async start(folder) {
		const server = new MailServer();
		await server.#up(folder);
		return server;
	}

	async #up(folder) {
		this.certificate = join(folder, 'certificate.pem');
		const key = join(folder, 'key.pem');
		await promisify(execFile)('openssl', [
			...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
			// What signs others may not stand for itself.
			...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'subjectAltName=DNS:localhost'],
			...['-keyout', key, '-out', this.certificate]
		]);
		const script = ['-W', 'ignore', SCRIPT, 'smtps', this.certificate, key, NAME, PASSWORD];
		this.process = spawn(PYTHON, script, { stdio: ['ignore', 'pipe', 'inherit'] });
		const lines = createInterface(this.process.stdout);
		const [first] = await once(lines, 'line');
		lines.on('line', (line) => this.#mails.push(JSON.parse(line)));
		const password = encodeURIComponent(PASSWORD);
		/** What the cloud is told. */
		this.environment = {
			HANDOVER_SMTP: `smtps://${NAME}:${password}@localhost:${JSON.parse(first).port}`,
			HANDOVER_MAIL_FROM: 'Handover <no-reply@cloud.example>',
			SSL_CERT_FILE: this.certificate
		};
	}

	/** The mail to this address whose subject has these words; waits for it. */
	mail(to, subject) {
		const isIt = (mail) => mail.receivers.includes(to) && mail.headers.Subject.includes(subject);
		return until(() => this.#mails.find(isIt), Boolean);
	}

	/** The link in the mail's words. */
	async link(to, subject) {
		const { parts } = await this.mail(to, subject);
		return /https?:\/\/\S+/.exec(parts.find(({ type }) => type === 'text/plain').text)[0];
	}

	stop() {
		this.process.kill();
	}
}
