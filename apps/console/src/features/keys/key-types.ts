/** A virtual key as the API answers it (packages/api, present-key). */
export const KEY_STATES = ['active', 'expired', 'revoked'] as const;
export type KeyState = (typeof KEY_STATES)[number];

export interface KeySecret {
  readonly id: string;
  readonly hint: string;
  readonly createdAt: string;
  /** When a rotation's overlap ends. */
  readonly expiresAt: string | null;
}

export interface Key {
  readonly id: string;
  readonly name: string;
  readonly state: KeyState;
  readonly hint: string;
  readonly secrets: readonly KeySecret[];
  readonly teamId: string | null;
  readonly ownerId: string | null;
  readonly models: readonly string[];
  readonly providers: readonly string[];
  readonly endpoints: readonly string[];
  readonly ipAllowlist: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly createdById: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly lastUsedAt: string | null;
  /** When its newest secret was made. */
  readonly rotatedAt: string;
  readonly firstRequestId: string | null;
  readonly version: number;
}

export interface KeyDetail extends Key {
  readonly spentUsd: string;
  /** What the rules ask for; null: nobody asks for a rotation. */
  readonly rotation: {
    readonly everyDays: number;
    readonly dueAt: string;
    readonly teamId: string | null;
    readonly teamName: string | null;
  } | null;
  /** Null also where somebody is gone, or may not be seen. */
  readonly teamName: string | null;
  readonly ownerName: string | null;
  readonly lastAddress: string | null;
  readonly lastUserAgent: string | null;
  /** The latest instant at which it may end; null: nothing bounds it. */
  readonly latestExpiresAt: string | null;
}

export interface KeyWithSecret {
  readonly key: Key;
  readonly secret: string;
}
