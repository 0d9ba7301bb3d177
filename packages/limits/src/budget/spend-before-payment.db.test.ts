/** What an organization may spend on what is resold before it has shown that it can pay, what shows it, and what follows. */
import { NO_ORIGIN } from '@tollgate/audit';
import { type Database, OPERATOR_ORGANIZATION_ID, sql } from '@tollgate/db';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditBudgets } from './audit-budgets.ts';
import { ensureResoldBudget, raiseResoldBudget, setResoldBudget } from './resold-budget.ts';
import { isRefusal, World } from './testing-gateways.ts';

const USD = 1_000_000_000_000n;

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(async () => {
  const differences = await auditBudgets(world.worker, world.organizationId);
  await world.close();
  expect(differences).toEqual([]);
});

const SYSTEM = { kind: 'system', id: '', name: 'worker' } as const;

function change<T>(
  run: (change: Parameters<typeof setResoldBudget>[0]) => Promise<T>,
  database: Database = world.worker,
): Promise<T> {
  const { organizationId } = world;
  return database.tenant(organizationId, (tx) =>
    run({ tx, organizationId, actor: SYSTEM, origin: NO_ORIGIN, nowMs: world.clock.nowMs() }),
  );
}

const ensure = (byPayment = true, database = world.worker) =>
  change((each) => ensureResoldBudget(each, byPayment), database);
const raise = () => change(raiseResoldBudget);
const set = (limit: bigint | null) => change((each) => setResoldBudget(each, limit), world.console);

/** The operator resells from here on. */
async function resell(figures?: { limitUsd?: string | null; firstLimitUsd?: string | null }): Promise<void> {
  const organizationId = OPERATOR_ORGANIZATION_ID;
  await world.console.tenant(organizationId, async (tx) => {
    const data = { id: 'cred_resold', organizationId, provider: 'openai', name: 'Resold', baseUrl: '' };
    await tx.providerCredential.create({ data: { ...data, models: [] } });
  });
  if (figures !== undefined) await say(figures);
}

async function say(figures: object): Promise<void> {
  const value = JSON.stringify(figures);
  await world.console.platform(
    (tx) => tx.$executeRaw`
      INSERT INTO platform_settings (key, value, updated_at) VALUES ('resold-spend', ${value}::jsonb, now())
      ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  );
}

/** In USD; null: no bound is in force. */
async function standing() {
  const rows = await world.console.tenant(world.organizationId, (tx) =>
    tx.budget.findMany({ where: { organizationId: world.organizationId, counts: 'resold' } }),
  );
  expect(rows.length).toBeLessThanOrEqual(1);
  const budget = rows.find(({ archivedAt }) => archivedAt === null);
  return budget === undefined ? null : [Number(budget.limitPicoUsd) / Number(USD), budget.awaitsPayment];
}

const list = async (by: 'shown' | 'unbounded') => {
  const rows = await world.worker.platform((tx) =>
    tx.$queryRaw<{ id: string }[]>(
      by === 'shown'
        ? sql`SELECT id FROM list_shown_payment(10) AS id`
        : sql`SELECT id FROM list_resale_to_bound(10, true) AS id`,
    ),
  );
  return rows.map(({ id }) => id);
};

const write = (statement: ReturnType<typeof sql>) =>
  world.worker.tenant(world.organizationId, (tx) => tx.$executeRaw(statement));

const keepMethod = () =>
  write(sql`
    INSERT INTO billing_profiles (organization_id, address_lines, payment_method, updated_at)
    VALUES (${world.organizationId}, '{}', '{"type": "card"}', now())`);

const credit = (amount: number, kind = 'top-up') =>
  write(sql`
    INSERT INTO credit_ledger_entries (id, organization_id, amount_pico_usd, kind, reason, cause_id)
    VALUES (${`cre_${kind}`}, ${world.organizationId}, ${amount}, ${kind}, '', ${kind})`);

async function pay(
  paid: { state?: string; amount?: number; livemode?: boolean; disputed?: 'open' | 'lost' | 'won' } = {},
): Promise<void> {
  const { state = 'succeeded', amount = 1, livemode = true, disputed } = paid;
  await write(sql`
    INSERT INTO invoices (id, organization_id, kind, state, livemode, period_start, period_end, time_zone)
    VALUES ('inv_a', ${world.organizationId}, 'invoice', 'draft', ${livemode}, '2026-10-01', '2026-11-01', 'UTC')`);
  const payment = (id: string, kind: string, at: string, parent: string) =>
    write(sql`
      INSERT INTO payments (id, organization_id, invoice_id, kind, state, amount_pico_usd, method, reference, failure_code, cause_id, parent_cause_id, occurred_at)
      VALUES (${id}, ${world.organizationId}, 'inv_a', ${kind}, ${at}, ${amount}, 'card', '', '', ${id}, ${parent}, now())`);
  await payment('pi_a', 'payment', state, '');
  if (disputed !== undefined) await payment('dp_a', 'dispute', disputed, 'pi_a');
}

describe('before it has shown that it can pay', () => {
  it.each([
    ['the operator said nothing', undefined, [15, true]],
    ['the operator said both', { limitUsd: '80', firstLimitUsd: '0.5' }, [0.5, true]],
    ['only what follows is unbounded', { limitUsd: null, firstLimitUsd: '3' }, [3, true]],
    ['the operator said one figure when there was one', { limitUsd: '7' }, [7, false]],
    ['the operator wanted no bound when there was one figure', { limitUsd: null }, null],
    ['both are the same', { limitUsd: '9', firstLimitUsd: '9' }, [9, false]],
  ])('an organization is bounded to the first figure, where %s', async (_name, figures, expected) => {
    await resell(figures);
    expect(await list('unbounded')).toEqual(expected === null ? [] : [world.organizationId]);
    expect(await ensure(true, world.console)).toBe(expected !== null);
    expect(await standing()).toEqual(expected);
    expect(await ensure()).toBe(false);
    expect(await raise()).toBeNull();
  });

  it('but to the usual one where nobody could show it', async () => {
    await resell();
    expect(await ensure(false)).toBe(true);
    expect(await standing()).toEqual([50, false]);
  });

  it('an organization from before the two figures has the usual one', async () => {
    await world.console.tenant(world.organizationId, (tx) =>
      tx.organization.updateMany({ data: { mustShowPayment: false } }),
    );
    await resell();
    await ensure();
    expect(await standing()).toEqual([50, false]);
  });

  it('one that is founded after the migration has to show it, one from before it need not', async () => {
    const [column] = await world.console.platform(
      (tx) => tx.$queryRaw<{ filled: string; later: string }[]>`
        SELECT a.attmissingval::text AS filled, pg_get_expr(d.adbin, d.adrelid) AS later FROM pg_attribute a
        JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = 'organizations'::regclass AND a.attname = 'must_show_payment'`,
    );
    expect(column).toEqual({ filled: '{f}', later: 'true' });
  });

  it('has shown it already when it is bounded late', async () => {
    await resell();
    await keepMethod();
    await ensure();
    expect(await standing()).toEqual([50, false]);
  });

  it.each([
    ['one below', 14n * USD + USD - 1n, true],
    ['at', 15n * USD, true],
    ['one above', 15n * USD + 1n, false],
  ])('[M3] passes by the first figure: %s it', async (_name, cap, isGiven) => {
    await resell();
    await ensure();
    const gateway = await world.gateway();
    const outcome = await gateway.hold({ cap: Number(cap), owner: 'operator' });
    expect(!isRefusal(outcome)).toBe(isGiven);
    if (isRefusal(outcome)) expect(outcome.message).toContain('add a payment method');
  });
});

describe('what shows it', () => {
  it.each([
    ['a payment method', () => keepMethod(), true],
    ['prepaid credits', () => credit(1), true],
    ['credits that the operator gave', () => credit(1, 'grant'), true],
    ['credits that are owed', () => credit(-1, 'refund'), false],
    ['a payment', () => pay(), true],
    ['a payment whose dispute was won', () => pay({ disputed: 'won' }), true],
    ['not one that the bank looks at', () => pay({ disputed: 'open' }), false],
    ['not one that the bank took back', () => pay({ disputed: 'lost' }), false],
    ['not one that failed', () => pay({ state: 'failed' }), false],
    ['not one under way', () => pay({ state: 'pending' }), false],
    ['not one of nothing', () => pay({ amount: 0 }), false],
    ['not what was noted on an invoice of test traffic', () => pay({ livemode: false }), false],
  ])('%s', async (_name, show, isShown) => {
    await resell();
    await ensure();
    expect([await list('shown'), await raise()]).toEqual([[], null]);
    await show();
    expect(await list('shown')).toEqual(isShown ? [world.organizationId] : []);
    const raised = await raise();
    expect(raised !== null).toBe(isShown);
    expect(await standing()).toEqual(isShown ? [50, false] : [15, true]);
    expect([await list('shown'), await raise()]).toEqual([[], null]);
  });

  it('is of the organization itself', async () => {
    await resell();
    await ensure();
    await world.console.tenant('org_other', async (tx) => {
      await tx.organization.create({ data: { id: 'org_other', name: 'Other', slug: 'other' } });
      await tx.billingProfile.create({
        data: { organizationId: 'org_other', addressLines: [], paymentMethod: { type: 'card' } },
      });
    });
    expect(await list('shown')).toEqual([]);
    expect(await raise()).toBeNull();
  });
});

describe('once it is shown', () => {
  it('[M3] the rest of the month is held for as well, to the last pico USD, and the log says so', async () => {
    await resell({ limitUsd: '0.00000000005', firstLimitUsd: '0.00000000001' });
    await ensure();
    const gateway = await world.gateway();
    const hold = await gateway.hold({ cap: 10, owner: 'operator' });
    if (isRefusal(hold)) throw new Error('must be held');
    hold.settle(10n);
    await world.ingest([gateway.line(hold, 10n, { owner: 'operator' })]);
    expect(isRefusal(await gateway.hold({ cap: 1, owner: 'operator' }))).toBe(true);
    await keepMethod();
    expect(await raise()).toMatchObject({ awaitsPayment: false, version: 2 });
    await gateway.reload();
    expect(isRefusal(await gateway.hold({ cap: 41, owner: 'operator' }))).toBe(true);
    const rest = await gateway.hold({ cap: 40, owner: 'operator' });
    if (isRefusal(rest)) throw new Error('must be held');
    rest.release();
    const [event] = await world.console.tenant(world.organizationId, (tx) =>
      tx.auditEvent.findMany({ where: { action: 'budget-updated' } }),
    );
    expect(event).toMatchObject({
      before: { limitUsd: '0.00000000001', raisedByPayment: true },
      after: { limitUsd: '0.00000000005', raisedByPayment: false },
    });
  });

  it('nothing is lowered: neither by a lower figure, nor when what showed it is gone', async () => {
    await resell();
    await ensure();
    await say({ limitUsd: '4', firstLimitUsd: '1' });
    await keepMethod();
    await raise();
    expect(await standing()).toEqual([15, false]);
    await write(sql`UPDATE billing_profiles SET payment_method = NULL`);
    expect([await ensure(), await raise(), await standing()]).toEqual([false, null, [15, false]]);
  });

  it('nothing bounds it where that is usual', async () => {
    await resell({ limitUsd: null, firstLimitUsd: '3' });
    await ensure();
    await keepMethod();
    await raise();
    expect(await standing()).toBeNull();
    expect([await ensure(), await list('unbounded'), await standing()]).toEqual([false, [], null]);
  });

  it('it waits while nothing is resold', async () => {
    await resell();
    await ensure();
    await keepMethod();
    const disable = (disabledAt: Date | null) =>
      world.console.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
        tx.providerCredential.updateMany({ data: { disabledAt } }),
      );
    await disable(new Date());
    expect([await list('shown'), await raise(), await standing()]).toEqual([[], null, [15, true]]);
    await disable(null);
    await raise();
    expect(await standing()).toEqual([50, false]);
  });
});

describe('what the operator said of it', () => {
  it.each([
    ['less', 5n * USD, [5, false]],
    ['as much as it had', 15n * USD, [15, false]],
    ['no bound', null, null],
  ])('stays when it has shown that it can pay: %s', async (_name, limit, expected) => {
    await resell();
    await ensure();
    await set(limit);
    await keepMethod();
    expect(await list('shown')).toEqual([]);
    expect(await raise()).toBeNull();
    expect(await standing()).toEqual(expected);
  });

  it('stays, too, where a console of the version before wrote it, which knows of no waiting', async () => {
    await resell();
    await ensure();
    await world.console.tenant(
      world.organizationId,
      (tx) => tx.$executeRaw`UPDATE budgets SET limit_pico_usd = 5000000000000`,
    );
    expect(await standing()).toEqual([5, false]);
    await keepMethod();
    expect([await list('shown'), await raise(), await standing()]).toEqual([[], null, [5, false]]);
  });

  it('holds whichever comes first of several at once', async () => {
    await resell();
    await ensure();
    await keepMethod();
    await Promise.all([raise(), set(5n * USD), raise()]);
    // Raised before it or after it: what was said is what holds.
    expect(await standing()).toEqual([5, false]);
  });

  it('is nothing that the worker could change', async () => {
    await resell();
    await set(5n * USD);
    expect(await write(sql`UPDATE budgets SET limit_pico_usd = 1`)).toBe(0);
    await expect(
      world.console.tenant(
        world.organizationId,
        (tx) => tx.$executeRaw`UPDATE budgets SET counts = 'all', awaits_payment = true`,
      ),
    ).rejects.toThrow();
  });
});
