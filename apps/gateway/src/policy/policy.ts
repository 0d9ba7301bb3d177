/**
 * What a gateway knows of keys and organizations while it decides: plain data, complete, replaced as a whole.
 *
 * Not here: how it is loaded (policy-source.ts) and kept fresh (policy-store.ts).
 */
import type { BlockList } from 'node:net';
import type { Markup, PriceIndex, PriceVersion } from '@tollgate/catalog';
import type { BudgetPolicy, RatePolicy } from '@tollgate/limits';
import type { Route } from '@tollgate/routing';

/** One secret of a virtual key, with what the key may do. */
export interface KeyEntry {
  readonly hash: string;
  readonly keyId: string;
  readonly organizationId: string;
  readonly name: string;
  readonly teamId: string;
  readonly memberId: string;
  readonly serviceAccountId: string;
  /** Null: not restricted. */
  readonly models: ReadonlySet<string> | null;
  readonly providers: ReadonlySet<string> | null;
  readonly endpoints: ReadonlySet<string> | null;
  readonly addresses: BlockList | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Of the key or of this secret, whichever comes first. */
  readonly expiresAtMs: number;
  readonly revoked: boolean;
  /** Grows with every change of the key. */
  readonly version: number;
}

export interface TeamEntry {
  readonly id: string;
  readonly path: string;
  readonly costCenter: string;
}

export interface CredentialEntry {
  readonly id: string;
  readonly organizationId: string;
  readonly owner: 'organization' | 'operator';
  readonly provider: string;
  readonly baseUrl: string;
  readonly secret: string;
  readonly region: string;
  readonly livemode: boolean;
  readonly priority: number;
  /** Null: all that the catalogue lists for the provider. */
  readonly models: ReadonlySet<string> | null;
  readonly version: number;
}

export interface ModelEntry {
  readonly provider: string;
  /** The provider's canonical name; prices are kept under it. */
  readonly name: string;
  readonly mode: string;
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
}

/** Everything about one organization that a request needs. */
export interface OrganizationPolicy {
  readonly organizationId: string;
  readonly name: string;
  readonly region: string;
  readonly stalenessCapMs: number;
  readonly suspended: boolean;
  /** What requests say and get is kept for its members to read. */
  readonly keepsPayloads: boolean;
  readonly teams: ReadonlyMap<string, TeamEntry>;
  readonly disabledServiceAccounts: ReadonlySet<string>;
  /** Own ones, by priority, then id. */
  readonly credentials: readonly CredentialEntry[];
  /** Its contracts; they come before the platform's prices. */
  readonly prices: readonly PriceVersion[];
  /** Null: none that is hard and in force, so that nothing is to be held. */
  readonly budgets: BudgetPolicy | null;
  /** The same, where any of them counts what its own credentials serve. Null: nothing is to be held for these. */
  readonly ownBudgets: BudgetPolicy | null;
  /** Null: none. */
  readonly rates: RatePolicy | null;
  /** Enabled ones, by `routeKey` of their names. Null: none. */
  readonly routes: ReadonlyMap<string, Route> | null;
}

/** What the operator adds for the use of one of its credentials. */
export interface MarkupEntry {
  readonly id: string;
  readonly credentialId: string;
  /** Empty: for every organization. */
  readonly appliesToId: string;
  readonly validFromMs: number;
  readonly markup: Markup;
}

/** What is the same for every organization. */
export interface PlatformPolicy {
  /** The operator's, by priority, then id. */
  readonly credentials: readonly CredentialEntry[];
  /** Provider, then name or alias. */
  readonly models: ReadonlyMap<string, ReadonlyMap<string, ModelEntry>>;
  /** Of the layers catalogue and operator. */
  readonly prices: readonly PriceVersion[];
  readonly priceIndex: PriceIndex;
  /** By credential; an organization's own rules before general ones, then the newest first. */
  readonly markups: ReadonlyMap<string, readonly MarkupEntry[]>;
}

/** A change that the control plane made; a row of the outbox, or its push. */
export interface PolicyChange {
  readonly organizationId: string;
  readonly kind: string;
  readonly targetId: string;
}
