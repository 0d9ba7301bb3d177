/** Providers' bills and other gateways' spend as the API answers them. Money is exact decimal text. */
export const BILL_PROVIDERS = ['openai', 'anthropic', 'aws'] as const;
export type BillProvider = (typeof BILL_PROVIDERS)[number];
export const GATEWAY_SOURCES = ['litellm', 'openrouter', 'helicone', 'portkey'] as const;
export type GatewaySource = (typeof GATEWAY_SOURCES)[number];

export interface Bill {
  readonly id: string;
  readonly provider: BillProvider;
  readonly fileName: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly billUsd: string;
  readonly ledgerUsd: string;
  readonly differenceUsd: string;
  readonly openDifferences: number;
  readonly createdAt: string;
}

export interface BillDetail extends Bill {
  readonly reasons: readonly {
    readonly reason: string;
    readonly count: number;
    readonly differenceUsd: string;
  }[];
}

export interface Difference {
  readonly position: number;
  readonly day: string;
  readonly model: string;
  readonly reason: string;
  readonly billUsd: string;
  readonly ledgerUsd: string;
  readonly differenceUsd: string;
  readonly state: 'open' | 'accepted' | 'booking' | 'booked';
}

export interface UsageImport {
  readonly id: string;
  readonly source: GatewaySource;
  readonly fileName: string;
  readonly rows: number;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly costUsd: string;
  readonly createdAt: string;
}

export interface SpendRow {
  readonly model: string;
  readonly source: string;
  readonly requests: string;
  readonly tokens: string;
  readonly costUsd: string;
}
