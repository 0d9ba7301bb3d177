/** What a change of a key's scope would take away and add, with what was used lately. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import { listUsableModels } from '../prices/usable-models.ts';
import type { KeyRow } from '../virtual-keys/present-key.ts';
import { keyReaches } from './check-request.ts';

const SHOWN = 50;
const USED_DAYS = 7;
const DAY_MS = 86_400_000;

const Models = z.object({
  count: z.int(),
  /** Some of them, as `provider/model`. */
  models: z.array(z.string()),
});

export const ScopePreview = z
  .object({
    before: z.int(),
    after: z.int(),
    lost: Models,
    gained: Models,
    /** Requests of the last seven days with models that would be lost; null: the caller may not read usage. */
    lostInUse: z.array(z.object({ model: z.string(), requests: z.int() })).nullable(),
  })
  .openapi('ScopePreview');

type Scope = Pick<KeyRow, 'models' | 'providers'>;

/** @param nowMs Undefined: usage is not looked at. */
export async function previewScope(
  tx: Transaction,
  organizationId: string,
  key: KeyRow,
  after: Scope,
  nowMs: number | undefined,
): Promise<z.input<typeof ScopePreview>> {
  const models = await listUsableModels(tx, organizationId);
  const names = (scope: Scope) =>
    new Set(
      models.filter((model) => keyReaches(scope, model)).map(({ provider, name }) => `${provider}/${name}`),
    );
  const reachedBefore = names(key);
  const reachedAfter = names(after);
  const lost = reachedBefore.difference(reachedAfter);
  return {
    before: reachedBefore.size,
    after: reachedAfter.size,
    lost: show(lost),
    gained: show(reachedAfter.difference(reachedBefore)),
    lostInUse: nowMs === undefined ? null : await usedOf(tx, organizationId, key.id, lost, nowMs),
  };
}

function show(names: ReadonlySet<string>): z.input<typeof Models> {
  return { count: names.size, models: [...names].slice(0, SHOWN) };
}

async function usedOf(
  tx: Transaction,
  organizationId: string,
  keyId: string,
  lost: ReadonlySet<string>,
  nowMs: number,
): Promise<{ model: string; requests: number }[]> {
  if (lost.size === 0) return [];
  const since = new Date(nowMs - USED_DAYS * DAY_MS);
  const used = await tx.$queryRaw<{ model: string; requests: bigint }[]>`
    SELECT provider || '/' || model AS model, sum(requests)::bigint AS requests FROM usage_rollups
    WHERE organization_id = ${organizationId} AND key_id = ${keyId} AND bucket_start >= ${since}
    GROUP BY 1 HAVING sum(requests) > 0 ORDER BY 2 DESC`;
  return used
    .filter(({ model }) => lost.has(model))
    .slice(0, SHOWN)
    .map(({ model, requests }) => ({ model, requests: Number(requests) }));
}
