// What a text is, the browser asks its cloud: the parsers are written once, in Rust. A text that the camera sees
// thirty times a second is asked for once. Where the cloud is silent, a label that is plainly ours is still one: its
// claim waits for the cloud then, which reads the text for itself.

import { asHostError } from '../errors';
import type { Api } from './api';
import { maskLabel } from './pending';
import type { FoundCandidate, FoundCode, PictureFindings, Reading } from '../wire';

/** A code as the decoder found it, before anybody said what it is. */
export interface RawCode {
	text: string;
	/** What kind of symbol it is (ISO/IEC 15424), such as `]Q1`. */
	symbologyIdentifier: string;
	/** Whether the text is one part of a text that is spread over several codes. */
	isPart: boolean;
	corners: FoundCode['corners'];
}

export interface RawFindings {
	width: number;
	height: number;
	codes: RawCode[];
	candidates: FoundCandidate[];
}

/** Texts remembered at most; a camera moving over a shelf must not fill the memory. */
const REMEMBERED = 64;

export class LabelReader {
	private readonly known = new Map<string, Promise<Reading[]>>();

	constructor(private readonly api: Pick<Api, 'explain'>) {}

	/** Without an identifier where the text was typed or came from elsewhere. */
	explain(text: string, symbologyIdentifier = '', isPart = false): Promise<Reading[]> {
		const key = `${symbologyIdentifier} ${isPart} ${text}`;
		const known = this.known.get(key);
		if (known) return known;
		const asked = this.api.explain(text, symbologyIdentifier, isPart).catch((thrown: unknown) => {
			// An error is not an answer: the next sight of the label asks again.
			this.known.delete(key);
			const ours = isSilence(thrown) && !isPart ? plainlyOurs(text) : null;
			if (!ours) throw thrown;
			return [ours];
		});
		this.known.set(key, asked);
		if (this.known.size > REMEMBERED) this.forgetOldest();
		return asked;
	}

	async explainAll({ codes, ...findings }: RawFindings): Promise<PictureFindings> {
		const explained = codes.map(async ({ text, symbologyIdentifier, isPart, corners }) => ({
			text,
			corners,
			readings: await this.explain(text, symbologyIdentifier, isPart)
		}));
		return { ...findings, codes: await Promise.all(explained) };
	}

	clear(): void {
		this.known.clear();
	}

	private forgetOldest(): void {
		for (const key of this.known.keys()) {
			this.known.delete(key);
			return;
		}
	}
}

/** A code as it stands on a label: alone, or in the link of a cloud. */
const OURS = /^(?:https?:\/\/([a-z0-9.-]+(?::\d+)?)\/claim#)?(sqr_[\w-]{32})$/;

/** The reading of a label that is ours whatever a cloud says; null for all that takes a closer look. */
function plainlyOurs(text: string): Reading | null {
	const [, cloud, code] = OURS.exec(text.trim()) ?? [];
	if (code === undefined) return null;
	const token = maskLabel(code);
	return {
		format: cloud === undefined ? 'qr_token' : 'claim_link',
		valid: null,
		claimable: true,
		identity: cloud === undefined ? { token } : { cloud, token },
		reason: 'It is written like a label of ours; the cloud could not be asked.',
		advice: 'claim_now'
	};
}

function isSilence(thrown: unknown): boolean {
	const { code } = asHostError(thrown).body;
	return code === 'unreachable' || code === 'timeout';
}
