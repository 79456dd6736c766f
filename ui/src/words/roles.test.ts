import { expect, it } from 'vitest';

import type { Role } from '../host/wire';
import { rolesToGive } from './roles';

it.each<[Role, Role[]]>([
	[1, [1, 2, 3]],
	[2, [2, 3]],
	[3, [3]]
])('role %i gives %j', (own, given) => expect(rolesToGive(own)).toEqual(given));
