'use client';
/** In place of what the API refused to tell: why, the request's id for support, and asking again. */
import { ErrorState } from '@tollgate/ui';
import type { ReactNode } from 'react';
import type { ApiError } from '../../api/api-error.ts';
import { useProblemText } from '../../api/use-form-problem.ts';

export interface QueryErrorProps {
  readonly query: { readonly error: ApiError | null; readonly refetch: () => unknown };
  /** Shown instead where what was asked for does not exist. */
  readonly missing?: ReactNode;
}

export function QueryError({ query: { error, refetch }, missing }: QueryErrorProps) {
  const toText = useProblemText();
  if (error === null) return null;
  if (missing !== undefined && error.status === 404) return missing;
  return <ErrorState detail={toText(error)} requestId={error.requestId} onRetry={() => void refetch()} />;
}
