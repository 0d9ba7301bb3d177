/** Corrections of what was settled long ago: every scope, every period, above limits and back. */
import { newId } from '@tollgate/ids';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditBudgets } from './audit-budgets.ts';
import { settleCorrections } from './settle-corrections.ts';
import type { BudgetExcess } from './settle-entries.ts';
import { type BudgetSpec, type LedgerLine, World } from './testing-gateways.ts';

const DAY_MS = 86_400_000;
let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

/** Adjustments of these attempts by these amounts, and their budgets, in one transaction. */
function correct(
  changes: readonly { line: LedgerLine; by: bigint; entry?: number }[],
): Promise<BudgetExcess[]> {
  const rows = JSON.stringify(
    changes.map(({ line, by, entry = 1 }) => ({
      at: new Date(line.subject.startedAtMs).toISOString(),
      id: line.requestId,
      entry,
      by: String(by),
    })),
  );
  return world.worker.tenant(world.organizationId, async (tx) => {
    await tx.$executeRaw`
      INSERT INTO usage_entries (organization_id, started_at, request_id, attempt, entry, key_id, team_id, team_path, end_user, tags,
        requested_model, model, provider, credential_id, credential_owner, endpoint, streamed, livemode, cost_pico_usd, charge_pico_usd, status, usage_source)
      SELECT e.organization_id, e.started_at, e.request_id, e.attempt, l.entry, e.key_id, e.team_id, e.team_path, e.end_user, e.tags,
        e.requested_model, e.model, e.provider, e.credential_id, e.credential_owner, e.endpoint, e.streamed, e.livemode, l.by,
        CASE WHEN e.credential_owner = 'operator' THEN l.by ELSE 0 END, e.status, e.usage_source
      FROM jsonb_to_recordset(${rows}::jsonb) AS l(at timestamptz, id text, entry smallint, by bigint)
      JOIN usage_entries e ON e.organization_id = ${world.organizationId} AND e.started_at = l.at AND e.request_id = l.id AND e.entry = 0`;
    const times = changes.map(({ line }) => line.subject.startedAtMs);
    const range = { first: new Date(Math.min(...times)), last: new Date(Math.max(...times)) };
    return settleCorrections(tx, world.organizationId, world.clock.nowMs(), range);
  });
}

const SPECS: readonly BudgetSpec[] = [
  { limit: 500n },
  { limit: 100n, period: 'day', carryOver: true },
  { limit: 300n, period: 'week', kind: 'soft' },
  { limit: 900n, period: 'lifetime' },
  { limit: 200n, scope: 'team', scopeId: 'team_a', period: 'day' },
  { limit: 200n, scope: 'team', scopeId: 'team_root' },
  { limit: 200n, scope: 'team', scopeId: '*' },
  { limit: 200n, scope: 'key', scopeId: '*', period: 'week' },
  { limit: 200n, scope: 'endUser', scopeId: '*' },
  { limit: 200n, scope: 'model', scopeId: 'm' },
  { limit: 200n, scope: 'model', scopeId: 'other' },
  { limit: 200n, scope: 'tag', scopeId: '*' },
  { limit: 200n, scope: 'tag', scopeId: 'env=*' },
  { limit: 200n, scope: 'tag', scopeId: 'env=prod', period: 'day' },
  { limit: 200n, counts: 'resold' },
];

const anyLine = fc.record({
  daysAgo: fc.integer({ min: 0, max: 20 }),
  cost: fc.bigInt({ min: 0n, max: 60n }),
  owner: fc.constantFrom<('organization' | 'operator')[]>('organization', 'operator'),
  teamId: fc.constantFrom('', 'team_a', 'team_b'),
  keyId: fc.constantFrom('key_a', 'key_b'),
  endUser: fc.constantFrom('', 'alice', 'bob'),
  tags: fc.constantFrom<Record<string, string>>({}, { env: 'prod' }, { env: 'dev', app: 'chat' }),
  first: fc.bigInt({ min: -60n, max: 60n }),
  second: fc.bigInt({ min: -60n, max: 60n }),
});

describe('settleCorrections()', () => {
  it('[M2, M3] keeps every budget equal to the ledger, and every excess named, whatever is corrected', async () => {
    const ids = [];
    for (const spec of SPECS) ids.push(await world.budget(spec));
    await fc.assert(
      fc.asyncProperty(fc.array(anyLine, { minLength: 1, maxLength: 12 }), async (drafts) => {
        const nowMs = world.clock.nowMs();
        const lines = drafts.map(({ daysAgo, cost, owner, teamId, ...subject }): LedgerLine => {
          const startedAtMs = nowMs - daysAgo * DAY_MS;
          const { first: _, second: _second, ...who } = subject;
          return {
            requestId: newId('request', startedAtMs),
            subject: {
              organizationId: world.organizationId,
              teamId,
              teamPath: teamId === '' ? '' : `team_root/${teamId}`,
              memberId: '',
              serviceAccountId: '',
              startedAtMs,
              ...who,
            },
            target: { model: 'm', credentialOwner: owner },
            settle: { costPicoUsd: String(cost), chargePicoUsd: owner === 'operator' ? String(cost) : '0' },
          };
        });
        await world.ingest(lines);
        await correct(lines.map((line, index) => ({ line, by: drafts[index]!.first })));
        expect(await auditBudgets(world.worker, world.organizationId)).toEqual([]);
        await correct(lines.map((line, index) => ({ line, by: drafts[index]!.second, entry: 2 })));
        expect(await auditBudgets(world.worker, world.organizationId)).toEqual([]);
      }),
      { numRuns: 12 },
    );
    expect(ids).toHaveLength(SPECS.length);
  });

  it('[M3] names what a correction puts above the limit as overrun, tells of it, and takes it back with the correction', async () => {
    const budgetId = await world.budget({ limit: 20n });
    const gateway = await world.gateway();
    const outcome = await gateway.hold({ cap: 20 });
    if (!('settle' in outcome)) throw new Error('refused');
    const line = gateway.line(outcome, 20n);
    outcome.settle(20n);
    await world.ingest([line]);
    expect(await correct([{ line, by: 5n }])).toMatchObject([{ budgetId, excessPicoUsd: 5n }]);
    expect(await world.standing(budgetId)).toMatchObject([{ settled: 25n, overrun: 5n }]);
    expect(await auditBudgets(world.worker, world.organizationId)).toEqual([]);

    expect(await correct([{ line, by: -12n, entry: 2 }])).toEqual([]);
    expect(await world.standing(budgetId)).toMatchObject([{ settled: 13n, overrun: 0n }]);
    expect(await auditBudgets(world.worker, world.organizationId)).toEqual([]);
    expect('settle' in (await gateway.hold({ cap: 7 }))).toBe(true);
  });
});
