/** What a gateway says of itself when it does not do what it should: enough to explain it afterwards. */
import type { Call } from './load.ts';
import type { System } from './system.ts';

const SHOWN_CHARACTERS = 600;
const TELLING =
  /^(tollgate_\w+|nodejs_eventloop_lag_(seconds|p99_seconds|max_seconds)|process_resident_memory_bytes|nodejs_active_handles_total)(\{| )/;

/** Its own metrics and those of its process that tell of load; one line each. */
export async function diagnose(system: System, gatewayIndex: number): Promise<string> {
  try {
    const lines = (await system.readMetrics(gatewayIndex)).split('\n');
    return lines.filter((line) => TELLING.test(line) && !line.includes('_bucket')).join('\n    ');
  } catch (error) {
    return `its metrics cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A paid call, and what came back. The health check would ask nobody. */
export async function probe(
  origin: string,
  secret: string,
  timeoutMs = 5_000,
): Promise<{ readonly status: number; readonly text: string; readonly retryAfter: string | null }> {
  const response = await fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'sim-small',
      max_tokens: 4,
      messages: [{ role: 'user', content: '[[sim tokens=1 latency=0 interval=0 ref=probe]] Up?' }],
    }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = (await response.text()).slice(0, SHOWN_CHARACTERS);
  return { status: response.status, text, retryAfter: response.headers.get('retry-after') };
}

export function countOutcomes(calls: readonly Call[]): Record<string, number> {
  const name = ({ outcome, status, code }: Call): string =>
    outcome === 'refused' ? `refused ${status} ${code}` : outcome;
  return Object.fromEntries([...Map.groupBy(calls, name)].map(([key, group]) => [key, group.length]));
}

/** [G1] The budgets have room and the key is good: whatever was broken, nobody may be told otherwise. */
export function wrongRefusals(calls: readonly Call[]): string[] {
  const wrong = calls.filter(({ status }) => status >= 400 && status < 500);
  const groups = Map.groupBy(wrong, ({ status, code }) => `${status} ${code}`);
  return [...groups].map(
    ([what, group]) => `refused with ${what}: ${group.length} calls, such as ${group[0]?.text}`,
  );
}
