/** A saved view of the explorer, and what of it stands in the address. */
import type { SavedView } from '@tollgate/api';
import type { UrlChange } from '../common/use-url-state.ts';

export type ViewQuestion = SavedView['question'];

/** The part of the address that a view holds. */
export function toAddress(question: ViewQuestion): UrlChange {
  const { q, range, from, to, columns } = question;
  return {
    q,
    range: range === 'day' ? undefined : range,
    from: from ?? undefined,
    to: to ?? undefined,
    cols: columns?.join(','),
  };
}

export function isSameQuestion(left: ViewQuestion, right: ViewQuestion): boolean {
  return JSON.stringify(toAddress(left)) === JSON.stringify(toAddress(right));
}
