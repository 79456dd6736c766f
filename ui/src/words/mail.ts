// Why mails do not arrive, in words.

import type { MailTrouble } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { known } from './known';

const TROUBLES: Readonly<Record<MailTrouble['kind'], (told: { status: string }) => string>> = {
	unreachable: m.mail_unreachable,
	too_slow: m.mail_too_slow,
	insecure: m.mail_insecure,
	sign_in: m.mail_sign_in,
	answered: m.mail_answered,
	not_understood: m.mail_not_understood,
	unsuitable: m.mail_unsuitable,
	unwritable: m.mail_unwritable
};

export function mailTroubleSentence(trouble: MailTrouble): string {
	const status = trouble.kind === 'answered' ? String(trouble.status) : '';
	return known(TROUBLES, trouble.kind, m.mail_untaken)({ status });
}
