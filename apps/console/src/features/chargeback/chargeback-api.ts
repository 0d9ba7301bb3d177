/** Paths of chargeback, and names for parts of its answers. */
import type { Chargeback, CostSplit } from '@tollgate/api';

export type ChargebackRow = Chargeback['rows'][number];
export type SplitShare = CostSplit['shares'][number];

export const SPLITS_PATH = '/cost-splits';
/** What a rule changes besides the rules. */
export const STALE_AFTER_SPLIT = [SPLITS_PATH, '/chargeback'];
