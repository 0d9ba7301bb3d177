'use client';
/** Waits, and flips when the first request of the key was answered. */
import type { RequestDetail } from '@tollgate/api';
import { Button, formatDuration, Money, Spinner, StatusBadge, TokenCount, useUi } from '@tollgate/ui';
import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useEffect } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { inputTokensOf, outputTokensOf } from '../common/token-totals.ts';
import { useFirstRequest } from './use-first-request.ts';

export interface FirstRequestCardProps {
  readonly keyId: string;
  /** Whoever has used the key has it. */
  readonly onUsed?: () => void;
}

export function FirstRequestCard({ keyId, onUsed }: FirstRequestCardProps) {
  const text = useMessages('onboarding').firstRequest;
  const { requestId, request, failing } = useFirstRequest(keyId);
  const isUsed = requestId !== undefined;
  useEffect(() => {
    if (isUsed) onUsed?.();
  }, [isUsed, onUsed]);
  return (
    <section
      aria-live="polite"
      data-state={requestId === undefined ? 'waiting' : 'answered'}
      className="rounded-lg border border-line bg-surface p-4 data-[state=answered]:border-positive-line"
    >
      {requestId === undefined ? (
        <div className="flex items-start gap-3">
          <Spinner className="mt-0.5 text-accent-ink" />
          <div className="min-w-0">
            <p className="text-base font-semibold text-ink">{text.waiting}</p>
            <p className="mt-0.5 text-sm text-ink-soft">{failing ? text.failing : text.waitingText}</p>
          </div>
        </div>
      ) : (
        <Answered requestId={requestId} request={request} />
      )}
    </section>
  );
}

function Answered({
  requestId,
  request,
}: {
  readonly requestId: string;
  readonly request: RequestDetail | undefined;
}) {
  const text = useMessages('onboarding').firstRequest;
  const { locale } = useUi();
  return (
    <div className="flex animate-fade-in flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <p className="text-base font-semibold text-ink">{text.answered}</p>
        {request && <StatusBadge status={request.status} />}
        <span className="text-sm text-ink-faint">{request?.model ?? text.settling}</span>
      </div>
      {request && (
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4">
          <Fact term={text.tokensIn} value={<TokenCount value={inputTokensOf(request)} full />} />
          <Fact term={text.tokensOut} value={<TokenCount value={outputTokensOf(request)} full />} />
          <Fact term={text.cost} value={<Money value={request.spentUsd} />} />
          <Fact term={text.latency} value={formatDuration(request.totalMs, locale)} />
        </dl>
      )}
      <div>
        <Button asChild variant="primary">
          <Link href={`/requests/${requestId}`}>
            {text.open}
            <ArrowRight />
          </Link>
        </Button>
      </div>
    </div>
  );
}

function Fact({ term, value }: { readonly term: string; readonly value: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-ink-faint">{term}</dt>
      <dd className="tabular truncate text-lg font-semibold text-ink">{value}</dd>
    </div>
  );
}
