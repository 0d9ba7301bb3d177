/** What a page of the documentation is made of: data, so that it can be searched, and told in two languages. */
import type { DocSlug } from './docs-pages.ts';
import type { SampleName } from './samples.ts';

/**
 * Texts may hold `code`, **strong** and [links](/path).
 */
export type DocBlock =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'heading'; readonly id: string; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'steps'; readonly items: readonly string[] }
  | { readonly kind: 'sample'; readonly name: SampleName; readonly label: string }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | { readonly kind: 'note'; readonly tone: 'info' | 'warning'; readonly text: string }
  /** Every code of the gateway, from its own catalogue. */
  | { readonly kind: 'errors' };

export interface DocPage {
  readonly title: string;
  /** One sentence: the question that it answers. */
  readonly summary: string;
  readonly blocks: readonly DocBlock[];
}

export type DocPages = Readonly<Record<DocSlug, DocPage>>;

export const text = (content: string): DocBlock => ({ kind: 'text', text: content });
export const heading = (id: string, content: string): DocBlock => ({ kind: 'heading', id, text: content });
export const list = (...items: string[]): DocBlock => ({ kind: 'list', items });
export const steps = (...items: string[]): DocBlock => ({ kind: 'steps', items });
export const sample = (name: SampleName, label: string): DocBlock => ({ kind: 'sample', name, label });
export const table = (head: readonly string[], ...rows: (readonly string[])[]): DocBlock => ({
  kind: 'table',
  head,
  rows,
});
export const note = (content: string, tone: 'info' | 'warning' = 'info'): DocBlock => ({
  kind: 'note',
  tone,
  text: content,
});
