import { expect, it } from 'vitest';

import { m } from '../paraglide/messages.js';
import { passwordFault } from './passwords';

it.each([
	['short', m.set_up_password_hint()],
	['clara.green@meadow.example', m.password_is_email()],
	['Clara.Green@Meadow.Example ', m.password_is_email()],
	['CLARA.GREEN', m.password_is_email()],
	['clara.green1', null],
	['correct horse', null]
])('%s', (password, fault) => {
	expect(passwordFault(password, 'clara.green@meadow.example')).toBe(fault);
});
