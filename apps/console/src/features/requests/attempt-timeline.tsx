'use client';
/** Every try of a request, one after the other, on one scale of time. */
import type { RequestDetail } from '@tollgate/api';
import { Badge, Card, formatDuration, Money, StatusBadge, useUi } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { CodeText } from '../common/code-text.tsx';
import { ProviderName } from '../providers/provider-name.tsx';
import { type Attempt, spentOf } from './request-types.ts';

export function AttemptTimeline({ request }: { readonly request: RequestDetail }) {
  const text = useMessages('requests').detail;
  const tries = request.attempts.filter(({ entry }) => entry === 0);
  const wholeMs = Math.max(
    request.totalMs,
    tries.reduce((sum, { totalMs }) => sum + totalMs, 0),
    1,
  );
  let startMs = 0;
  return (
    <Card title={text.attempts}>
      {request.attempts.length === 0 && <p className="text-sm text-ink-soft">{text.noAttempts}</p>}
      <ol className="flex flex-col gap-4">
        {request.attempts.map((attempt) => {
          const beganMs = startMs;
          if (attempt.entry === 0) startMs += attempt.totalMs;
          return (
            <li key={`${attempt.attempt}-${attempt.entry}`}>
              {attempt.entry === 0 ? (
                <Try attempt={attempt} startShare={beganMs / wholeMs} share={attempt.totalMs / wholeMs} />
              ) : (
                <Correction attempt={attempt} />
              )}
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

interface TryProps {
  readonly attempt: Attempt;
  readonly startShare: number;
  readonly share: number;
}

function Try({ attempt, startShare, share }: TryProps) {
  const { detail: text, estimated } = useMessages('requests');
  const { locale } = useUi();
  const statuses: Readonly<Record<string, string>> = text.statuses;
  const firstShare = attempt.firstTokenMs === null ? 0 : attempt.firstTokenMs / Math.max(1, attempt.totalMs);
  const said = attempt.finishReason && text.finish(attempt.finishReason);
  const color = attempt.status === 'succeeded' ? 'bg-accent' : 'bg-negative-solid';
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
        <span className="font-medium text-ink">{text.attempt(attempt.attempt)}</span>
        <StatusBadge status={attempt.status} label={statuses[attempt.status] ?? attempt.status} />
        {attempt.httpStatus > 0 && <StatusBadge status={attempt.httpStatus} />}
        {attempt.estimated && <Badge tone="warning">{estimated}</Badge>}
        <span className="min-w-0 truncate text-ink-soft">
          <ProviderName id={attempt.provider} /> · {attempt.model}
        </span>
        <span className="tabular ml-auto flex gap-3 text-ink-soft">
          <Money value={spentOf(attempt.credentialOwner, attempt)} />
          {formatDuration(attempt.totalMs, locale)}
        </span>
      </div>
      <div aria-hidden className="relative h-2 rounded-full bg-neutral-soft">
        <span
          className={`absolute inset-y-0 min-w-1 overflow-hidden rounded-full ${color}`}
          style={{ left: `${startShare * 100}%`, width: `${share * 100}%` }}
        >
          <span
            className="absolute inset-y-0 left-0 bg-canvas/45"
            style={{ width: `${firstShare * 100}%` }}
          />
        </span>
      </div>
      <p className="flex flex-wrap items-center gap-x-3 text-xs text-ink-faint">
        {attempt.errorCode !== '' && <CodeText value={attempt.errorCode} />}
        {said !== '' && <span>{said}</span>}
        {attempt.firstTokenMs !== null && (
          <span className="inline-flex items-center gap-1.5">
            {/* The paler part of the bar is the time until then. */}
            <span aria-hidden className={`size-2 overflow-hidden rounded-[2px] ${color}`}>
              <span className="block size-full bg-canvas/45" />
            </span>
            {text.firstToken}: {formatDuration(attempt.firstTokenMs, locale)}
          </span>
        )}
      </p>
    </div>
  );
}

function Correction({ attempt }: { readonly attempt: Attempt }) {
  const text = useMessages('requests').detail;
  return (
    <div className="flex flex-wrap items-center gap-2 border-l-2 border-line pl-3 text-sm text-ink-soft">
      {text.adjustment(attempt.reason)}
      <span className="ml-auto">
        <Money value={spentOf(attempt.credentialOwner, attempt)} signed />
      </span>
    </div>
  );
}
