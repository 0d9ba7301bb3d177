'use client';
/**
 * What the headers said: those of the client that are kept, and those of the answer that follow from what is kept.
 * Neither secrets nor anything that was not logged.
 */
import type { RequestDetail } from '@tollgate/api';
import { Card, CopyButton } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export function AnswerHeaders({ request }: { readonly request: RequestDetail }) {
  const text = useMessages('requests').detail;
  const headers = answerHeaders(request);
  return (
    <Card title={text.headers} description={text.headersText}>
      <dl className="flex flex-col gap-1 font-mono text-xs">
        {headers.map(([name, value]) => (
          <div key={name} className="grid grid-cols-[minmax(0,14rem)_1fr] items-center gap-2">
            <dt className="truncate text-ink-faint">{name}</dt>
            <dd className="flex min-w-0 items-center gap-1 text-ink">
              <span className="min-w-0 wrap-anywhere">{value}</span>
              {name === 'x-tollgate-request-id' && <CopyButton value={value} size="sm" />}
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

/** As the gateway writes them (apps/gateway, answer-headers). The cost of a stream comes after its headers. */
function answerHeaders(request: RequestDetail): readonly (readonly [string, string])[] {
  const tries = request.attempts.filter(({ entry }) => entry === 0);
  const last = tries.at(-1);
  // A correction came later than the answer.
  const isCorrected = tries.length < request.attempts.length;
  const cost = request.streamed || isCorrected || last === undefined ? null : request.costUsd;
  const { userAgent, unsupported } = request;
  return [
    ...(userAgent === '' ? [] : [['user-agent', userAgent] as const]),
    ['x-tollgate-request-id', request.id],
    ...(last === undefined
      ? []
      : ([
          ['x-tollgate-model', last.model],
          ['x-tollgate-provider', last.provider],
        ] as const)),
    ['x-tollgate-attempts', String(tries.length)],
    ['x-tollgate-overhead-us', String(request.overheadUs)],
    ...(cost === null ? [] : [['x-tollgate-cost-usd', cost] as const]),
    ...(unsupported.length === 0 ? [] : [['x-tollgate-unsupported', unsupported.join(', ')] as const]),
  ];
}
