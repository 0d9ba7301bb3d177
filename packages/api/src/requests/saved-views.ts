/** Saved views of the explorer: what one is, who sees it, who may change it. */
import { z } from '@hono/zod-openapi';
import type { Prisma } from '@tollgate/db';
import { instant, iso } from '../framework/field.ts';
import { type Ownership, presentOwnership, savedShape } from '../framework/ownership.ts';
import { readFilters } from './read-filters.ts';

export const VIEW_RANGES = ['quarter', 'hour', 'day', 'week', 'month', 'custom'] as const;

/** Everything that the address of the explorer holds. */
export const ViewQuestion = z.strictObject({
  q: z.string().max(1_000).default(''),
  range: z.enum(VIEW_RANGES).default('day'),
  /** With `custom`. */
  from: instant
    .transform((date) => date.toISOString())
    .nullable()
    .default(null),
  to: instant
    .transform((date) => date.toISOString())
    .nullable()
    .default(null),
  /** Those that are shown, in the order of the table; null: as usual. */
  columns: z
    .array(z.string().regex(/^[a-zA-Z]{1,40}$/))
    .max(30)
    .nullable()
    .default(null),
});

export const SavedView = z
  .object({
    ...savedShape,
    question: z.object({
      q: z.string(),
      range: z.enum(VIEW_RANGES),
      from: z.string().nullable(),
      to: z.string().nullable(),
      columns: z.array(z.string()).nullable(),
    }),
    /** The caller’s explorer opens with it. */
    isDefault: z.boolean(),
  })
  .openapi('SavedView');

/** @throws {ApiProblem} A query that cannot be read would only fail later, for everybody it is shared with. */
export function assertReadable(question: z.output<typeof ViewQuestion>): void {
  readFilters(question.q, 'body.question.q');
}

type Row = Prisma.SavedViewModel;

export function presentView(
  row: Row,
  ownership: Ownership,
  defaultId: string | undefined,
): z.input<typeof SavedView> {
  return {
    ...presentOwnership(row, ownership),
    question: ViewQuestion.catch(() => ViewQuestion.parse({})).parse(row.question),
    isDefault: row.id === defaultId,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}
