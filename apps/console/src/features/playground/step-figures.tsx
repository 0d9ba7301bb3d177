'use client';
/** What an answer took and cost. Tokens and cost as the ledger has them, a moment later; times as seen from here. */
import type { RequestDetail } from '@tollgate/api';
import { formatDuration, Money, Skeleton, TokenCount, Tooltip, useUi } from '@tollgate/ui';
import { ArrowUpRight } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import { inputTokensOf, outputTokensOf } from '../common/token-totals.ts';
import { toComponentRows } from '../requests/component-rows.ts';
import { requestPath } from '../requests/use-request.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import type { Step } from './conversation.ts';

const TRIES = 40;
const PAUSE_MS = 500;

export function StepFigures({ step }: { readonly step: Step }) {
  const text = useMessages('playground');
  const { locale } = useUi();
  const metered = useMetered(step.requestId);
  const request = metered.data;
  const { usage, totalMs, firstTokenMs } = step;
  const waiting = step.requestId !== undefined && metered.isLoading;
  return (
    <div className="flex min-w-0 flex-col gap-2 border-t border-line pt-2">
      <dl className="flex flex-wrap gap-x-4 gap-y-1 text-xs">
        {firstTokenMs !== undefined && (
          <Figure term={text.firstToken}>{formatDuration(firstTokenMs, locale)}</Figure>
        )}
        {totalMs !== undefined && <Figure term={text.latency}>{formatDuration(totalMs, locale)}</Figure>}
        {(request ?? usage) && (
          <Figure term={text.tokens}>
            <TokenCount value={request ? inputTokensOf(request) : (usage?.inputTokens ?? 0)} full /> →{' '}
            <TokenCount value={request ? outputTokensOf(request) : (usage?.outputTokens ?? 0)} full />
          </Figure>
        )}
        {(waiting || request) && (
          <Figure term={text.cost}>
            {request ? (
              <span data-cost>
                <Money value={request.spentUsd} />
                {request.estimated && ` ${text.estimated}`}
              </span>
            ) : (
              <Tooltip content={text.metering}>
                <span>
                  <Skeleton className="h-4 w-16" />
                </span>
              </Tooltip>
            )}
          </Figure>
        )}
      </dl>
      {request?.attempts.some(({ components }) => components.length > 0) && <Components request={request} />}
      {step.requestId !== undefined && (
        <Link
          href={`/requests/${step.requestId}`}
          className="inline-flex w-fit items-center gap-1 text-xs text-accent-ink underline-offset-3 hover:underline"
        >
          {text.openRequest}
          <ArrowUpRight aria-hidden className="size-3.5" />
        </Link>
      )}
    </div>
  );
}

function Figure({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-ink-faint">{term}</dt>
      <dd className="tabular text-ink">{children}</dd>
    </div>
  );
}

function Components({ request }: { readonly request: RequestDetail }) {
  const text = useMessages('playground');
  return (
    <Disclosure title={text.byComponent}>
      <table className="w-full text-xs">
        <thead className="sr-only">
          <tr>
            <th scope="col">{text.component}</th>
            <th scope="col">{text.quantity}</th>
            <th scope="col">{text.cost}</th>
          </tr>
        </thead>
        <tbody>
          {toComponentRows(request.attempts).map((one) => (
            <tr key={one.id}>
              <th scope="row" className="py-0.5 text-left font-mono font-normal text-ink-soft">
                {one.component}
              </th>
              <td className="tabular py-0.5 text-right text-ink-soft">{one.quantity}</td>
              <td className="tabular py-0.5 text-right text-ink">
                <Money value={one.spentUsd} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Disclosure>
  );
}

/** The ledger has it within seconds. */
function useMetered(requestId: string | undefined) {
  const allowed = usePermission('requests:read');
  return useApiQuery<RequestDetail>(requestId === undefined ? undefined : requestPath(requestId), {
    enabled: allowed,
    staleTime: Number.POSITIVE_INFINITY,
    retry: (failures, error) =>
      failures < TRIES && error instanceof ApiError && (error.status === 404 || error.status >= 500),
    retryDelay: PAUSE_MS,
  });
}
