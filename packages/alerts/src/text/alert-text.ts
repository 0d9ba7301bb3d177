/**
 * What an alert says, in the reader's language: a title, a sentence with its numbers, the numbers again as facts,
 * and where to look. The same words in mail, Slack and the console.
 */
import type { AlertWords, DescribedAlert } from './alert-words.ts';
import { english } from './english.ts';
import type { Reader } from './format.ts';
import { german } from './german.ts';

const WORDS = { en: english, de: german } as const;

export function describeAlert(alert: DescribedAlert, reader: Reader): AlertWords {
  return WORDS[reader.locale](alert, reader);
}

/** Path of the console that shows the cause. */
export function targetPath({ kind, targetKind, targetId, figures }: DescribedAlert): string {
  const id = encodeURIComponent(targetId);
  if (kind === 'unknown-price')
    return `/requests?q=${encodeURIComponent(`model:${figures.model ?? targetId}`)}`;
  switch (targetKind) {
    case 'budget':
      return `/budgets?open=${id}`;
    case 'key':
      return `/keys/${id}`;
    case 'invoice':
      return `/invoices/${id}`;
    case 'team':
      return `/teams/${id}`;
    case 'providerCredential':
      return '/providers';
    case 'request':
      return `/requests/${id}`;
    case 'organization':
      return '/usage';
    default:
      return '/alerts';
  }
}
