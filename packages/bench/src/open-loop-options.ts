/** What the client with a schedule is told, and what it tells. */

export interface OpenLoopOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Requests per second. */
  readonly rate: number;
  readonly seconds: number;
  /** Of `seconds`: not counted, so that connections are made and code is compiled. */
  readonly warmUpSeconds: number;
  readonly countEvents: boolean;
}

export interface Quantiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface OpenLoopResult {
  readonly done: true;
  readonly requests: number;
  /** Without an answer, or with another one than 200. */
  readonly errors: number;
  readonly events: number;
  readonly maxOpen: number;
  readonly elapsedSeconds: number;
  /** Until the first byte of the body. */
  readonly first: Quantiles;
  readonly whole: Quantiles;
  /** Of the client itself: how long after their time requests were sent. */
  readonly late: Quantiles;
}
