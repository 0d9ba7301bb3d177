/**
 * What an alert says, in the reader's language: a title, a sentence with its numbers, the numbers again as facts,
 * and where to look. The same words in mail, Slack and the console.
 */
import { english } from './english.ts';
import type { Reader } from './format.ts';
import { german } from './german.ts';

export interface DescribedAlert {
  readonly id: string;
  readonly kind: string;
  readonly severity: string;
  readonly state: string;
  readonly targetKind: string;
  readonly targetId: string;
  readonly targetName: string;
  readonly figures: Readonly<Record<string, string>>;
}

interface Fact {
  readonly label: string;
  readonly value: string;
}

export interface AlertWords {
  readonly title: string;
  readonly sentence: string;
  readonly facts: readonly Fact[];
  /** How it came to be found, where that is not plain from the sentence. */
  readonly rule: string;
}

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
