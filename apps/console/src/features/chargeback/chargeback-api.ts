/** Chargeback as the API answers it. */
interface Amounts {
  readonly costUsd: string;
  readonly chargeUsd: string;
  readonly spentUsd: string;
}

export interface ChargebackRow extends Amounts {
  /** Empty: no team. */
  readonly teamId: string;
  readonly teamName: string;
  readonly costCenter: string;
  readonly requests: number;
  readonly dividedUsd: string;
}

export interface Chargeback {
  readonly periodStart: string;
  readonly periodEnd: string;
  readonly total: Amounts & { readonly requests: number };
  readonly statement: {
    readonly invoiceId: string;
    readonly isFinal: boolean;
    readonly costUsd: string;
    readonly differenceUsd: string;
  } | null;
  readonly rows: readonly ChargebackRow[];
}

export interface SplitShare {
  readonly teamId: string;
  readonly costCenter: string;
  readonly shareBasisPoints: number;
}

export interface CostSplit {
  readonly id: string;
  readonly keyId: string;
  readonly keyName: string;
  readonly validFrom: string;
  readonly validTo: string | null;
  readonly state: 'in-force' | 'scheduled' | 'past';
  /** Empty: no longer divided. */
  readonly shares: readonly SplitShare[];
}

export interface SplitPreview extends Amounts {
  readonly parts: readonly (SplitShare & Amounts)[];
}

export const SPLITS_PATH = '/cost-splits';
/** What a rule changes besides the rules. */
export const STALE_AFTER_SPLIT = [SPLITS_PATH, '/chargeback'];
