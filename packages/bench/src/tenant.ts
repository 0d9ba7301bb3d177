/**
 * A database with what a gateway needs to serve: an operator's credential, two priced models, and an organization
 * with a key for everything on and for each thing left out.
 */
import { randomBytes } from 'node:crypto';
import { NO_ORIGIN } from '@tollgate/audit';
import { parseKeyRing } from '@tollgate/config';
import { type Database, OPERATOR_ORGANIZATION_ID, openDatabase, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { hashKeySecret, type KeySecret, keyHint, mintKeySecret, sealSecret } from '@tollgate/keys';
import { createBudget, createRateLimit, type LimitsChange, setResoldBudget } from '@tollgate/limits';
import type { TestDatabase } from '@tollgate/testing';

/** What is switched on besides key, scopes, metering and log. */
export const VARIANTS = {
  everything: { rateLimits: true, budgets: true, route: false },
  'no-budgets': { rateLimits: true, budgets: false, route: false },
  'no-rate-limits': { rateLimits: false, budgets: true, route: false },
  'no-limits': { rateLimits: false, budgets: false, route: false },
  'with-route': { rateLimits: true, budgets: true, route: true },
} as const;
export type Variant = keyof typeof VARIANTS;

const BUDGET = {
  name: 'bench',
  limitPicoUsd: 1_000_000_000_000_000_000n,
  kind: 'hard',
  thresholds: [80, 100],
  onExceeded: 'refuse',
  carryOver: false,
  carryOverCapPicoUsd: null,
  paused: false,
  period: 'month',
  anchorAt: null,
} as const;
/** Asked for by `x-tollgate-route`. */
export const ROUTE_NAME = 'bench';
const RATE_LIMIT = { limit: 1_000_000_000, windowSeconds: 60, model: null } as const;

export interface BenchTenant {
  readonly secrets: Readonly<Record<Variant, KeySecret>>;
  readonly peppers: string;
  readonly encryptionKeys: string;
}

export async function createTenant(
  database: TestDatabase,
  upstreamUrl: string,
  apiKey: string,
): Promise<BenchTenant> {
  const peppers = `1:${randomBytes(32).toString('base64url')}`;
  const encryptionKeys = `1:${randomBytes(32).toString('base64url')}`;
  const migrator = openDatabase({ url: database.urls.migrator, applicationName: 'bench' });
  const console = openDatabase({ url: database.urls.console, applicationName: 'bench' });
  const nowMs = Date.now();

  await migrator.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
    await tx.organization.upsert({
      where: { id: OPERATOR_ORGANIZATION_ID },
      create: { id: OPERATOR_ORGANIZATION_ID, name: 'Operator', slug: 'operator' },
      update: {},
    });
    for (const name of ['sim-small', 'sim-large']) {
      await tx.model.create({
        data: { id: newId('model', nowMs), provider: 'simulator', name, mode: 'chat', aliases: [] },
      });
      await tx.priceVersion.create({
        data: {
          id: newId('priceVersion', nowMs),
          layer: 'catalogue',
          organizationId: OPERATOR_ORGANIZATION_ID,
          provider: 'simulator',
          model: name,
          validFrom: new Date(0),
          components: { input: '250000', output: '2000000' },
        },
      });
    }
    const credentialId = newId('providerCredential', nowMs);
    const baseUrl = `${upstreamUrl}/v1`;
    const context = {
      organizationId: OPERATOR_ORGANIZATION_ID,
      recordId: credentialId,
      field: 'secret',
      baseUrl,
    };
    await tx.providerCredential.create({
      data: {
        id: credentialId,
        organizationId: OPERATOR_ORGANIZATION_ID,
        provider: 'simulator',
        name: 'upstream',
        baseUrl,
        secretCiphertext: sealSecret(parseKeyRing(encryptionKeys), context, apiKey),
        models: [],
      },
    });
  });
  const secretOf = (variant: Variant) => createOrganization(console, variant, peppers, nowMs);
  const secrets = {
    everything: await secretOf('everything'),
    'no-budgets': await secretOf('no-budgets'),
    'no-rate-limits': await secretOf('no-rate-limits'),
    'no-limits': await secretOf('no-limits'),
    'with-route': await secretOf('with-route'),
  };
  await Promise.all([migrator.close(), console.close()]);
  return { secrets, peppers, encryptionKeys };
}

async function createOrganization(
  database: Database,
  variant: Variant,
  peppers: string,
  nowMs: number,
): Promise<KeySecret> {
  const organizationId = newId('organization', nowMs);
  const keyId = newId('virtualKey', nowMs);
  const teamId = newId('team', nowMs);
  const secret = mintKeySecret();
  await database.tenant(organizationId, async (tx) => {
    await tx.organization.create({
      data: { id: organizationId, name: variant, slug: `bench-${variant}` },
      select: { id: true },
    });
    await tx.team.create({
      data: { id: teamId, organizationId, name: 'Bench', slug: 'bench', path: teamId },
      select: { id: true },
    });
    await tx.virtualKey.create({
      data: { id: keyId, organizationId, teamId, name: 'bench', createdById: 'usr_bench' },
      select: { id: true },
    });
    await tx.virtualKeySecret.create({
      data: {
        id: newId('keySecret', nowMs),
        organizationId,
        keyId,
        hint: keyHint(secret),
        ...hashKeySecret(secret, parseKeyRing(peppers)),
      },
      select: { id: true },
    });
    const actor = { kind: 'system', id: 'bench', name: 'bench' } as const;
    const change: LimitsChange = { tx, organizationId, actor, origin: NO_ORIGIN, nowMs };
    const scopes = [
      { type: 'organization', id: organizationId },
      { type: 'team', id: teamId },
      { type: 'key', id: keyId },
    ] as const;
    const { budgets, rateLimits, route } = VARIANTS[variant];
    if (route) await createRoute(tx, organizationId, teamId, nowMs);
    // The worker would make a budget beside those that are measured.
    await setResoldBudget(change, null);
    for (const scope of budgets ? scopes : []) await createBudget(change, { ...BUDGET, scope });
    for (const metric of rateLimits ? (['requests', 'tokens'] as const) : []) {
      await createRateLimit(change, { ...RATE_LIMIT, metric, scope: { type: 'key', id: keyId } });
    }
  });
  return secret;
}

/** A condition that holds, and a draw between two models of the same price. */
async function createRoute(
  tx: Transaction,
  organizationId: string,
  teamId: string,
  nowMs: number,
): Promise<void> {
  const targetOf = (model: string, weight: number) => ({ model, credentialId: null, weight });
  const configuration = {
    description: null,
    rules: [
      {
        when: [{ field: 'team', operator: 'is', values: [teamId] }],
        targets: [targetOf('sim-small', 3), targetOf('sim-large', 1)],
      },
    ],
    fallbacks: [],
    stickyBy: 'none',
    allowResold: false,
  };
  const id = newId('route', nowMs);
  await tx.route.create({
    data: { id, organizationId, name: ROUTE_NAME, configuration },
    select: { id: true },
  });
}
