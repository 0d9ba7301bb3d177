/** Saved reports: the question that the usage page asks, under a name. */
import { z } from 'zod';
import { BASE_DIMENSIONS } from './usage-dimensions.ts';
import { readUsageQuestion, type UsageQuestion, UsageQuestionError } from './usage-grouping.ts';

export const REPORT_RANGES = ['today', '7d', '30d', 'month', 'lastMonth', 'custom'] as const;
const REPORT_FILTERS = [...BASE_DIMENSIONS, 'endUser', 'tag'] as const;
type ReportFilter = (typeof REPORT_FILTERS)[number];

const MAX_VALUES = 20;

const line = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u);
const day = z.iso.date().nullable().default(null);

/** Everything that the address of the usage page holds. */
export const ReportQuestion = z.strictObject({
  range: z.enum(REPORT_RANGES).default('30d'),
  /** First and last day, with `custom`. */
  from: day,
  to: day,
  interval: z.enum(['hour', 'day', 'month']).nullable().default(null),
  groupBy: z.array(line(70)).max(2).default(['model']),
  metric: z.enum(['spend', 'requests', 'tokens', 'cached']).default('spend'),
  mode: z.enum(['all', 'live', 'test']).default('all'),
  compare: z.boolean().default(true),
  /** One value of each, or any of several; of tags one. */
  filters: z
    .partialRecord(z.enum(REPORT_FILTERS), z.union([line(400), z.array(line(400)).min(1).max(MAX_VALUES)]))
    .default({}),
});
export type ReportQuestion = z.output<typeof ReportQuestion>;

const ASKED_AS: Readonly<Record<ReportFilter, string>> = {
  team: 'teamId',
  key: 'keyId',
  member: 'memberId',
  credential: 'credentialId',
  model: 'model',
  provider: 'provider',
  endpoint: 'endpoint',
  status: 'status',
  costCenter: 'costCenter',
  endUser: 'endUser',
  tag: 'tag',
};

/** @throws {UsageQuestionError} No cube knows the answer. */
export function readReportQuestion({ groupBy, filters }: ReportQuestion): UsageQuestion {
  if (Array.isArray(filters.tag)) throw new UsageQuestionError('tag', 'takes one value');
  const asked = Object.entries(filters).map(([name, value]) => [ASKED_AS[name as ReportFilter], value]);
  return readUsageQuestion(groupBy, Object.fromEntries(asked));
}
