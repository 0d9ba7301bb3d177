'use client';
/** What is wrong with a term, in the reader's language. */
import type { QueryProblem } from '@tollgate/api/request-query';
import { useMessages } from '../../i18n/i18n-provider.tsx';

const LONGEST = 40;

export function useQueryProblem(): (problem: QueryProblem) => string {
  const texts = useMessages('requests').problems;
  return ({ code, field, got }) => texts[code](field, got.slice(0, LONGEST));
}
