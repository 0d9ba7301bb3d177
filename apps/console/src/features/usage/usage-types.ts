/** Answers of `GET /usage`. Money is exact decimal text. */
import type { UsageRow } from '@tollgate/api';
export const DIMENSIONS = [
  'team',
  'key',
  'model',
  'provider',
  'member',
  'costCenter',
  'credential',
  'endpoint',
  'status',
  'endUser',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export interface UsageAnswer {
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly data: readonly UsageRow[];
  readonly truncated: boolean;
}
