/** What a report of usage can be asked: its dimensions, its grouping, its range. */
import { type Prisma, sql } from '@tollgate/db';

export const BASE_DIMENSIONS = [
  'team',
  'key',
  'model',
  'provider',
  'member',
  'endpoint',
  'status',
  'costCenter',
  'credential',
] as const;
export type BaseDimension = (typeof BASE_DIMENSIONS)[number];

/** What is counted, and by what. End users and tags have cubes of their own, which know models besides. */
export type Grouping =
  | { readonly cube: 'base'; readonly dimensions: readonly BaseDimension[] }
  | { readonly cube: 'endUser'; readonly dimensions: readonly ('endUser' | 'model')[] }
  | { readonly cube: 'tag'; readonly tagName: string; readonly dimensions: readonly ('tag' | 'model')[] };

export type Interval = 'hour' | 'day' | 'month';

/** One value, or any of several. */
export type AnyOf = string | readonly string[];

/** Which rows, by the ids and names of dimensions. */
export interface DimensionFilter {
  readonly teamId?: AnyOf;
  readonly keyId?: AnyOf;
  readonly memberId?: AnyOf;
  readonly model?: AnyOf;
  readonly provider?: AnyOf;
  readonly endpoint?: AnyOf;
  readonly status?: AnyOf;
  readonly costCenter?: AnyOf;
  readonly credentialId?: AnyOf;
  readonly endUser?: AnyOf;
}

export interface UsageFilter extends DimensionFilter {
  readonly from: Date;
  readonly to: Date;
  readonly timeZone: string;
  readonly interval?: Interval;
  readonly livemode?: boolean;
  /** Of the tag that the cube is about. */
  readonly tagValue?: string;
  /** Only so many groups, those that most was spent on, and the rest as one. */
  readonly top?: number;
  /** Most was spent on in this range, instead of the one that is told: so two ranges are told of the same groups. */
  readonly topRange?: TimeRange;
  /** Groups behind this one, where there is no interval. */
  readonly after?: GroupPlace;
  readonly limit: number;
}

export interface TimeRange {
  readonly from: Date;
  readonly to: Date;
}

/** Where a group stands among all, from the one that most was spent on. */
export interface GroupPlace {
  readonly spentPicoUsd: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Filters of the base cube but the member, which is one of two columns: the dimension that each is about. */
export const FILTER_DIMENSION = {
  teamId: 'team',
  keyId: 'key',
  model: 'model',
  provider: 'provider',
  endpoint: 'endpoint',
  status: 'status',
  costCenter: 'costCenter',
  credentialId: 'credential',
} as const satisfies Partial<Record<keyof UsageFilter, BaseDimension>>;

/** Over the alias `u` of the base cube. */
export const COLUMN: Readonly<Record<BaseDimension, Prisma.Sql>> = {
  team: sql`u.team_id`,
  key: sql`u.key_id`,
  model: sql`u.model`,
  provider: sql`u.provider`,
  member: sql`COALESCE(NULLIF(u.member_id, ''), u.service_account_id)`,
  endpoint: sql`u.endpoint`,
  status: sql`u.status`,
  costCenter: sql`u.cost_center`,
  credential: sql`u.credential_id`,
};
