// What a text is, the browser asks its cloud: the parsers are written once, in Rust. A text that the camera sees
// thirty times a second is asked for once.

import type { Api } from './api';
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
		const asked = this.api.explain(text, symbologyIdentifier, isPart);
		this.known.set(key, asked);
		if (this.known.size > REMEMBERED) this.forgetOldest();
		// An error is not an answer: the next sight of the label asks again.
		asked.catch(() => this.known.delete(key));
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
