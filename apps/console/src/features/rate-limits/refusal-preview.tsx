'use client';
/** The very answer that a caller gets when a rate limit refuses, for the rule at hand. */
import type { RateLimit } from '@tollgate/api';
import { CodeBlock } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { isEach } from '../limits/use-limit-text.ts';

export function RefusalPreview({ rule }: { readonly rule: RateLimit }) {
  const text = useMessages('rateLimits').sheet;
  return (
    <section className="flex flex-col gap-2">
      <div>
        <h3 className="text-sm font-semibold text-ink">{text.caller}</h3>
        <p className="text-xs text-ink-faint">{text.callerText}</p>
      </div>
      <CodeBlock aria-label={text.caller} wrap code={refusalExample(rule)} />
    </section>
  );
}

const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** Beyond it a gateway tells SDKs not to wait by themselves. */
const LONGEST_SDK_WAIT_SECONDS = 30;

/** As gateways word it. */
function per(windowSeconds: number): string {
  const [size, name] = UNITS.find(([seconds]) => windowSeconds % seconds === 0) ?? [1, 'second'];
  const count = windowSeconds / size;
  return count === 1 ? name : `${count} ${name}s`;
}

export function refusalExample({ id, scope, metric, limit, windowSeconds }: RateLimit): string {
  const isRate = metric !== 'concurrency';
  const waitSeconds = isRate ? Math.ceil(windowSeconds / 4) : 1;
  const isLong = waitSeconds > LONGEST_SDK_WAIT_SECONDS;
  const value = isEach({ scope }) ? '…' : scope.id;
  const message = `Cannot send the request: at most ${limit} ${metric}${isRate ? ` per ${per(windowSeconds)}` : ' at once'}`;
  const body = {
    error: {
      message,
      type: 'rate_limit_error',
      code: 'rate_limit_exceeded',
      tollgate: {
        rule_id: id,
        scope: { type: scope.type, id: value },
        limit: String(limit),
        used: String(limit),
      },
    },
  };
  return [
    'HTTP/1.1 429 Too Many Requests',
    `retry-after: ${waitSeconds}`,
    isLong ? 'x-should-retry: false' : `retry-after-ms: ${waitSeconds * 1_000}`,
    '',
    JSON.stringify(body, null, 2),
  ].join('\n');
}
