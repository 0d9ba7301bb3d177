'use client';
/** The histogram and the facets of a search; how far they look is asked for in steps. */
import { useEffect, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiQuery } from '../../api/use-api.ts';
import type { RequestsSummary } from './summary-types.ts';

/** While somebody follows what comes in, the figures follow more slowly. */
const LIVE_MS = 10_000;
const LOOK_STEPS = [50_000, 250_000, 500_000] as const;

export interface SummaryState {
  readonly data: RequestsSummary | undefined;
  readonly isFetching: boolean;
  readonly failed: boolean;
  /** Looks further back; undefined where there is nothing more, or no more can be looked at. */
  readonly onFurther: (() => void) | undefined;
  readonly retry: () => void;
}

export function useRequestsSummary(
  question: { readonly q: string; readonly from: string; readonly to: string | undefined },
  enabled: boolean,
  live: boolean,
): SummaryState {
  const [step, setStep] = useState(0);
  const key = JSON.stringify(question);
  useEffect(() => setStep(0), [key]);
  const look = LOOK_STEPS[step];
  const summary = useApiQuery<RequestsSummary>(
    withQuery('/requests/summary', { ...question, look: step === 0 ? undefined : look }),
    { enabled, placeholderData: (before) => before, refetchInterval: live && LIVE_MS },
  );
  const hasMore = summary.data?.lookedTo != null && step < LOOK_STEPS.length - 1;
  return {
    data: summary.data,
    isFetching: summary.isFetching,
    failed: summary.error !== null && summary.error.status !== 400,
    onFurther: hasMore ? () => setStep(step + 1) : undefined,
    retry: () => void summary.refetch(),
  };
}
