// The question before a claim that a tap has to decide.

import type { Reading, Session } from '../host/wire';
import { m } from '../paraglide/messages.js';
import type { Doubt } from '../scan/machine';
import { hostOf } from '../scan/server';
import { adviceReport } from './labels';
import { owned } from './organizations';

/** A question and what there is to know before it is answered. */
export interface Question {
	title: string;
	text: string;
}

/** `receiver` is the name of the organization whose devices it would be among. */
export function doubtWords(
	doubt: Doubt,
	{ advice, identity }: Reading,
	session: Session | null,
	receiver: string
): Question {
	switch (doubt) {
		case 'unsure': {
			const { why, next } = adviceReport(advice);
			return { title: m.ask_title(), text: `${why} ${next}` };
		}
		case 'other_server': {
			const own = !session || session.bundled ? m.ask_server_bundled() : hostOf(session.server);
			return {
				title: m.ask_server_title(),
				text: m.ask_server_text({ named: identity['cloud'] ?? '', own })
			};
		}
		case 'arrived':
			return {
				title: m.ask_arrived_title(owned(receiver)),
				text: m.ask_arrived_text()
			};
	}
}
