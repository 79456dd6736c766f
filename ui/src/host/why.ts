// The call that tells support why a label does not claim. It rejects with a HostError.

import type { Host } from './host';
import type { AskWhy, WhyAnswer } from './wire';

export const whyNotClaimable = (host: Host, body: AskWhy) =>
	host.organization<WhyAnswer>('POST', 'static-tokens/why', body);
