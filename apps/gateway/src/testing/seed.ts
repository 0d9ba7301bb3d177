/**
 * What a gateway test needs in a database: an organization, the simulator's credential and prices, keys.
 * Written through the console's role, as the admin API writes it, outbox rows included.
 */
import { parseKeyRing } from '@tollgate/config';
import { type Database, OPERATOR_ORGANIZATION_ID, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { hashKeySecret, type KeySecret, keyHint, mintKeySecret, sealSecret } from '@tollgate/keys';
import type { BudgetCounts, RateMetric, ScopeType } from '@tollgate/limits';
import type { Condition, RouteTarget, StickyBy } from '@tollgate/routing';
import type { TestDatabase } from '@tollgate/testing';

const ring = (name: string) =>
  parseKeyRing(
    `1:${Buffer.from(`${name} for tests only, 32 bytes long!!`).subarray(0, 32).toString('base64url')}`,
  );

export const TEST_PEPPERS = ring('key pepper');
export const TEST_ENCRYPTION_KEYS = ring('encryption');

export interface SeededKey {
  readonly keyId: string;
  readonly organizationId: string;
  readonly secret: KeySecret;
}

export interface KeyOptions {
  readonly organizationId: string;
  readonly name?: string;
  readonly models?: string[];
  readonly providers?: string[];
  readonly endpoints?: string[];
  readonly ipAllowlist?: string[];
  readonly expiresAt?: Date;
  readonly tags?: Record<string, string>;
}

export interface CredentialOptions {
  readonly organizationId: string;
  readonly provider?: string;
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly models?: string[];
  readonly priority?: number;
  readonly livemode?: boolean;
}

export interface BudgetSpec {
  readonly organizationId: string;
  readonly scope?: ScopeType;
  /** The organization itself unless told. */
  readonly scopeId?: string;
  readonly limitPicoUsd: bigint;
  readonly name?: string;
  readonly kind?: 'hard' | 'soft';
  readonly period?: 'day' | 'month' | 'lifetime';
  readonly onExceeded?: { readonly model: string };
  readonly counts?: BudgetCounts;
}

export interface RouteSpec {
  readonly organizationId: string;
  readonly name: string;
  /** Empty conditions and a weight of 1 unless told. */
  readonly rules: readonly {
    readonly when?: readonly Condition[];
    readonly targets: readonly (Pick<RouteTarget, 'model'> &
      Partial<RouteTarget> & { readonly weight?: number })[];
  }[];
  readonly fallbacks?: readonly string[];
  readonly stickyBy?: StickyBy;
  readonly allowResold?: boolean;
}

export interface RateLimitSpec {
  readonly organizationId: string;
  readonly scope?: ScopeType;
  readonly scopeId?: string;
  readonly metric: RateMetric;
  readonly limit: number;
  /** An hour unless told. */
  readonly windowSeconds?: number;
}

export class Seed {
  readonly #console: Database;
  readonly #migrator: Database;
  #count = 0;

  constructor(database: TestDatabase) {
    this.#console = openDatabase({ url: database.urls.console, applicationName: 'seed' });
    this.#migrator = openDatabase({ url: database.urls.migrator, applicationName: 'seed-catalogue' });
  }

  async close(): Promise<void> {
    await Promise.all([this.#console.close(), this.#migrator.close()]);
  }

  /** The reserved organization, two priced models, and the operator's credential for the simulator. */
  async platform(simulatorUrl: string): Promise<{ credentialId: string }> {
    await this.#migrator.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
      await tx.organization.upsert({
        where: { id: OPERATOR_ORGANIZATION_ID },
        create: { id: OPERATOR_ORGANIZATION_ID, name: 'Operator', slug: 'operator' },
        update: {},
      });
      for (const [name, input, output] of [
        ['sim-small', '250000', '2000000'],
        ['sim-large', '2500000', '10000000'],
      ] as const) {
        await tx.model.create({
          data: { id: newId('model', Date.now()), provider: 'simulator', name, mode: 'chat', aliases: [] },
        });
        await tx.priceVersion.create({
          data: {
            id: newId('priceVersion', Date.now()),
            layer: 'catalogue',
            organizationId: OPERATOR_ORGANIZATION_ID,
            provider: 'simulator',
            model: name,
            validFrom: new Date('2026-01-01T00:00:00Z'),
            components: { input, output },
          },
        });
      }
    });
    return this.credential({
      organizationId: OPERATOR_ORGANIZATION_ID,
      baseUrl: simulatorUrl,
      livemode: false,
    });
  }

  /** A model in the catalogue with a price, of whichever provider. */
  async model(
    provider: string,
    name: string,
    components: Record<string, string>,
    mode = 'chat',
  ): Promise<void> {
    await this.#migrator.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
      await tx.model.create({
        data: { id: newId('model', Date.now()), provider, name, mode, aliases: [] },
      });
      await tx.priceVersion.create({
        data: {
          id: newId('priceVersion', Date.now()),
          layer: 'catalogue',
          organizationId: OPERATOR_ORGANIZATION_ID,
          provider,
          model: name,
          validFrom: new Date('2026-01-01T00:00:00Z'),
          components,
        },
      });
    });
  }

  /** A model in the catalogue that nobody has priced. */
  async unpricedModel(provider: string, name: string): Promise<void> {
    await this.#migrator.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
      const id = newId('model', Date.now());
      await tx.model.create({ data: { id, provider, name, mode: 'chat', aliases: [] } });
    });
  }

  async organization(
    options: { readonly stalenessCapSeconds?: number; readonly payloadRetentionDays?: number } = {},
  ): Promise<string> {
    const id = newId('organization', Date.now());
    this.#count += 1;
    const slug = `test-${this.#count}-${Date.now()}`;
    await this.#console.tenant(id, (tx) =>
      tx.organization.create({
        data: { id, name: `Test ${this.#count}`, slug, ...options },
        select: { id: true },
      }),
    );
    return id;
  }

  async key(options: KeyOptions): Promise<SeededKey> {
    const keyId = newId('virtualKey', Date.now());
    const secret = mintKeySecret();
    const { organizationId, name = 'test key', ...rest } = options;
    await this.#console.tenant(organizationId, async (tx) => {
      await tx.virtualKey.create({
        data: { id: keyId, organizationId, name, createdById: 'usr_test', ...rest },
      });
      await tx.virtualKeySecret.create({
        data: {
          id: newId('keySecret', Date.now()),
          organizationId,
          keyId,
          hint: keyHint(secret),
          ...hashKeySecret(secret, TEST_PEPPERS),
        },
      });
    });
    await this.changed(organizationId, 'key-changed', keyId);
    return { keyId, organizationId, secret };
  }

  async credential(options: CredentialOptions): Promise<{ credentialId: string }> {
    const id = newId('providerCredential', Date.now());
    const { organizationId, baseUrl, provider = 'simulator', apiKey = 'sk-simulator', ...rest } = options;
    const context = { organizationId, recordId: id, field: 'secret', baseUrl };
    this.#count += 1;
    await this.#console.tenant(organizationId, (tx) =>
      tx.providerCredential.create({
        data: {
          id,
          organizationId,
          provider,
          baseUrl,
          name: `credential ${this.#count}`,
          secretCiphertext: sealSecret(TEST_ENCRYPTION_KEYS, context, apiKey),
          ...rest,
        },
      }),
    );
    await this.changed(organizationId, 'credential-changed', id);
    return { credentialId: id };
  }

  async budget(spec: BudgetSpec): Promise<string> {
    const id = newId('budget', Date.now());
    const { organizationId, scope = 'organization', scopeId = organizationId } = spec;
    await this.#console.tenant(organizationId, (tx) =>
      tx.budget.create({
        data: {
          id,
          organizationId,
          name: spec.name ?? '',
          scopeType: scope,
          scopeId,
          limitPicoUsd: String(spec.limitPicoUsd),
          period: spec.period ?? 'month',
          kind: spec.kind ?? 'hard',
          counts: spec.counts ?? 'all',
          thresholds: [],
          ...(spec.onExceeded === undefined ? {} : { onExceeded: { ...spec.onExceeded } }),
        },
        select: { id: true },
      }),
    );
    await this.changed(organizationId, 'policy-changed', id);
    return id;
  }

  async changeLimit(organizationId: string, budgetId: string, limitPicoUsd: bigint): Promise<void> {
    await this.#console.tenant(organizationId, (tx) =>
      tx.budget.update({
        where: { id: budgetId },
        data: { limitPicoUsd: String(limitPicoUsd), version: { increment: 1 } },
        select: { id: true },
      }),
    );
    await this.changed(organizationId, 'policy-changed', budgetId);
  }

  async rateLimit(spec: RateLimitSpec): Promise<string> {
    const id = newId('rateLimit', Date.now());
    const { organizationId, scope = 'organization', scopeId = organizationId, metric } = spec;
    await this.#console.tenant(organizationId, (tx) =>
      tx.rateLimit.create({
        data: {
          id,
          organizationId,
          scopeType: scope,
          scopeId,
          metric,
          limitValue: BigInt(spec.limit),
          windowSeconds: spec.windowSeconds ?? 3_600,
        },
        select: { id: true },
      }),
    );
    await this.changed(organizationId, 'policy-changed', id);
    return id;
  }

  async route({ organizationId, name, rules, fallbacks = [], ...more }: RouteSpec): Promise<string> {
    const id = newId('route', Date.now());
    const configuration = {
      description: null,
      rules: rules.map(({ when = [], targets }) => ({
        when: when.map((condition) => ({ ...condition, values: [...condition.values] })),
        targets: targets.map((target) => ({ credentialId: null, weight: 1, ...target })),
      })),
      fallbacks: fallbacks.map((model) => ({ model, credentialId: null })),
      stickyBy: 'none',
      allowResold: false,
      ...more,
    };
    await this.#console.tenant(organizationId, (tx) =>
      tx.route.create({ data: { id, organizationId, name, configuration }, select: { id: true } }),
    );
    await this.changed(organizationId, 'policy-changed', id);
    return id;
  }

  async disableRoute(organizationId: string, id: string): Promise<void> {
    await this.#console.tenant(organizationId, (tx) =>
      tx.route.update({ where: { id }, data: { disabledAt: new Date() }, select: { id: true } }),
    );
    await this.changed(organizationId, 'policy-changed', id);
  }

  /** A contract of the organization: so much per request, and nothing else. Its worst case is its cost. */
  async fee(organizationId: string, model: string, picoUsd: bigint): Promise<void> {
    await this.#migrator.tenant(organizationId, (tx) =>
      tx.priceVersion.create({
        data: {
          id: newId('priceVersion', Date.now()),
          layer: 'organization',
          organizationId,
          provider: 'simulator',
          model,
          validFrom: new Date('2026-01-01T00:00:00Z'),
          components: { request: String(picoUsd), input: '0', output: '0' },
        },
        select: { id: true },
      }),
    );
  }

  async revoke({ organizationId, keyId }: SeededKey): Promise<void> {
    await this.#console.tenant(organizationId, (tx) =>
      tx.virtualKey.update({
        where: { id: keyId },
        data: { revokedAt: new Date(), version: { increment: 1 } },
      }),
    );
    await this.changed(organizationId, 'key-changed', keyId);
  }

  /** The outbox row; a push is the test's own business. */
  async changed(organizationId: string, kind: string, targetId: string): Promise<void> {
    await this.#console.tenant(organizationId, (tx) =>
      tx.outboxEvent.create({
        data: { id: newId('event', Date.now()), organizationId, kind, targetId },
        select: { id: true },
      }),
    );
  }
}
