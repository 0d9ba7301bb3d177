/** The answer of `GET /requests/summary`. */
export const OUTCOMES = ['succeeded', 'refused', 'failed', 'aborted'] as const;
export type Outcome = (typeof OUTCOMES)[number];
export const FACET_FIELDS = ['status', 'model', 'provider', 'key', 'team', 'error', 'endpoint'] as const;
export type FacetField = (typeof FACET_FIELDS)[number];

export interface FacetValue {
  readonly value: string;
  readonly name: string | null;
  /** What a query finds exactly these by. */
  readonly term: string;
  readonly requests: number;
}

export type SummaryBucket = { readonly start: string } & Readonly<Record<Outcome, number>>;

export interface RequestsSummary {
  readonly from: string;
  readonly to: string;
  readonly bucketSeconds: number;
  readonly buckets: readonly SummaryBucket[];
  readonly facets: Readonly<Record<FacetField, readonly FacetValue[]>>;
  readonly matched: number;
  readonly looked: number;
  readonly lookedTo: string | null;
}

/** Whether there is anything to choose from. */
export function hasFacets({ facets }: RequestsSummary): boolean {
  return FACET_FIELDS.some((field) => facets[field].length > 0);
}
