import { describe, expect, it } from 'vitest';

import type { ClaimObstacle, WhyLabel } from '../host/wire';
import { m } from '../paraglide/messages.js';
import { dateTime } from './dates';
import { reasonOf } from './why';

const label = (once: boolean) =>
	({ once, label: 'Spring 7', orgName: 'Maker', moves: [] }) as unknown as WhyLabel;

describe('what support does about a label', () => {
	it.each<[ClaimObstacle, () => string, () => string]>([
		['old_label', m.why_old_label_next, m.why_once_label_next],
		['had_owner', m.why_had_owner_next, m.why_once_label_next],
		['needs_code', m.why_needs_code_next, m.why_once_needs_code_next],
		['wrong_code', m.why_wrong_code_next, m.why_once_wrong_code_next],
		['claimed', m.why_claimed_next, m.why_claimed_next]
	])('%s, where secrets are kept and where they are shown once', (obstacle, kept, once) => {
		expect(reasonOf(obstacle, label(false)).next).toBe(kept());
		expect(reasonOf(obstacle, label(true)).next).toBe(once());
	});

	it('a transferred one is told with the time of its transfer, not with that of the claim before', () => {
		const claim = { kind: 'claim', at: 0 };
		const transfer = { kind: 'transfer', at: 86_400_000 };
		const told = (moves: object[]) =>
			reasonOf('claimed', { ...label(false), claimedAt: 0, moves } as unknown as WhyLabel).what;
		const where = m.moves_elsewhere();
		expect(told([transfer, claim])).toBe(m.why_transferred({ where, when: dateTime(transfer.at) }));
		expect(told([{ kind: 'renew', at: 9 }, claim])).toBe(m.why_claimed({ where, when: dateTime(0) }));
		// Undone, it is with whoever claimed it.
		expect(told([{ kind: 'undo', at: 9 }, transfer, claim])).toBe(
			m.why_claimed({ where, when: dateTime(0) })
		);
	});

	it('a revoked label says why, where somebody said it', () => {
		expect(reasonOf('revoked', { ...label(false), revokeReason: 'Misprinted' }).said).toBe('Misprinted');
		expect(reasonOf('revoked', label(false)).said).toBeUndefined();
	});
});
