import { describe, expect, it } from 'vitest';
import { GatewayMetrics } from './metrics.ts';

const NOTHING = {
  active: () => 0,
  budgetPeriods: () => 0,
  rateCounters: () => 0,
  loopLagMs: () => 0,
  bufferedBytes: () => 0,
};

describe('GatewayMetrics', () => {
  it('tells what was counted in the form that Prometheus reads, buckets cumulative', async () => {
    const metrics = new GatewayMetrics({ ...NOTHING, active: () => 2 });
    metrics.requestEnded('chat.completions', 200, 100);
    metrics.requestEnded('chat.completions', 200, 700);
    metrics.requestEnded('models', 401, 3_000_000);
    metrics.attemptEnded('openai', 'succeeded');
    const text = await metrics.registry.metrics();
    for (const line of [
      'tollgate_gateway_requests_total{endpoint="chat.completions",status="200"} 2',
      'tollgate_gateway_requests_total{endpoint="models",status="401"} 1',
      'tollgate_gateway_attempts_total{provider="openai",outcome="succeeded"} 1',
      '# TYPE tollgate_gateway_overhead_seconds histogram',
      'tollgate_gateway_overhead_seconds_bucket{le="0.0001"} 1',
      'tollgate_gateway_overhead_seconds_bucket{le="0.0005"} 1',
      'tollgate_gateway_overhead_seconds_bucket{le="0.001"} 2',
      'tollgate_gateway_overhead_seconds_bucket{le="+Inf"} 3',
      'tollgate_gateway_overhead_seconds_sum 3.0008',
      'tollgate_gateway_overhead_seconds_count 3',
      'tollgate_gateway_active_requests 2',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('can be added up over several processes', async () => {
    const metrics = new GatewayMetrics(NOTHING);
    metrics.requestEnded('models', 200, 100);
    const families = await metrics.registry.getMetricsAsJSON();
    const overhead = families.find(({ name }) => name === 'tollgate_gateway_overhead_seconds');
    expect(overhead).toMatchObject({ aggregator: 'sum', type: 'histogram' });
  });
});
