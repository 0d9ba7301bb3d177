/**
 * What the gateway counts, for Prometheus. The hot path adds to plain numbers; names and labels are put
 * together when somebody asks. Labels are bounded: endpoint, status, provider, outcome; never keys or tenants.
 */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { PlainHistogram } from './plain-histogram.ts';

const OVERHEAD_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.25, 1];

export interface GatewayReadings {
  readonly active: () => number;
  readonly budgetPeriods: () => number;
  readonly rateCounters: () => number;
  readonly loopLagMs: () => number;
  readonly bufferedBytes: () => number;
}

export class GatewayMetrics {
  readonly registry = new Registry();
  /** By endpoint, then status: no text is put together per request. */
  readonly #requests = new Map<string, Map<number, number>>();
  readonly #attempts = new Map<string, Map<string, number>>();
  readonly #refusals = new Map<string, Map<string, number>>();
  readonly #overhead: PlainHistogram;
  #overruns = 0;
  #payloadsLeftOut = 0;

  constructor(readings: GatewayReadings) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    counterFrom(
      'tollgate_gateway_requests_total',
      'Requests by endpoint and status.',
      ['endpoint', 'status'],
      this.#requests,
      registers,
    );
    counterFrom(
      'tollgate_gateway_attempts_total',
      'Upstream attempts by provider and outcome.',
      ['provider', 'outcome'],
      this.#attempts,
      registers,
    );
    counterFrom(
      'tollgate_gateway_refusals_total',
      'Requests that were refused or failed, by the code that their clients were told.',
      ['endpoint', 'code'],
      this.#refusals,
      registers,
    );
    const counter = (name: string, help: string, read: () => number): void => {
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    };
    counter(
      'tollgate_gateway_budget_overruns_total',
      'Attempts that cost more than was held for them.',
      () => this.#overruns,
    );
    counter(
      'tollgate_gateway_payloads_left_out_total',
      'Payloads that were to be kept and could not be.',
      () => this.#payloadsLeftOut,
    );
    this.#overhead = new PlainHistogram({
      name: 'tollgate_gateway_overhead_seconds',
      help: 'Time of our own per request, without waiting for clients and providers.',
      buckets: OVERHEAD_SECONDS,
      registers,
    });
    const gauge = (name: string, help: string, read: () => number): void => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    };
    gauge('tollgate_gateway_active_requests', 'Requests that run now.', readings.active);
    gauge('tollgate_gateway_budget_periods', 'Budget periods held in memory.', readings.budgetPeriods);
    gauge(
      'tollgate_gateway_loop_lag_seconds',
      'How late the event loop came, as last seen.',
      () => readings.loopLagMs() / 1_000,
    );
    gauge('tollgate_gateway_buffered_bytes', 'Request bodies in memory.', readings.bufferedBytes);
    gauge('tollgate_gateway_rate_counters', 'Rate limit counters held in memory.', readings.rateCounters);
  }

  requestEnded(endpoint: string, status: number, overheadUs: number): void {
    add(this.#requests, endpoint, status);
    this.#overhead.add(overheadUs / 1_000_000);
  }

  refused(endpoint: string, code: string): void {
    add(this.#refusals, endpoint, code);
  }

  budgetOverrun(): void {
    this.#overruns += 1;
  }

  payloadsLeftOut(count: number): void {
    this.#payloadsLeftOut += count;
  }

  attemptEnded(provider: string, outcome: string): void {
    add(this.#attempts, provider, outcome);
  }
}

function add<T>(counts: Map<string, Map<T, number>>, first: string, second: T): void {
  let inner = counts.get(first);
  if (inner === undefined) {
    inner = new Map();
    counts.set(first, inner);
  }
  inner.set(second, (inner.get(second) ?? 0) + 1);
}

function counterFrom(
  name: string,
  help: string,
  labelNames: readonly [string, string],
  counts: ReadonlyMap<string, ReadonlyMap<string | number, number>>,
  registers: Registry[],
): void {
  new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers,
    collect() {
      this.reset();
      for (const [first, inner] of counts) {
        for (const [second, count] of inner) {
          this.inc({ [labelNames[0]]: first, [labelNames[1]]: String(second) }, count);
        }
      }
    },
  });
}
