/** What belongs to a virtual key besides its shape in the API. */
import type { Key } from '@tollgate/api';

export const KEY_STATES = ['active', 'expired', 'revoked'] as const satisfies readonly KeyState[];
export type KeyState = Key['state'];
