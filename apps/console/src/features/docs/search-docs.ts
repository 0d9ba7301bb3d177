/** Finds places of the documentation by words: page, and the heading above what was found. Pure. */
import type { DocBlock, DocPages } from './doc-block.ts';
import { DOC_SLUGS, type DocSlug } from './docs-pages.ts';
import { plainText } from './plain-text.ts';

export interface DocHit {
  readonly slug: DocSlug;
  readonly title: string;
  /** Of the part; empty: the beginning of the page. */
  readonly anchor: string;
  readonly heading: string;
  readonly excerpt: string;
}

interface Part {
  readonly anchor: string;
  readonly heading: string;
  readonly text: string;
}

const MAX_HITS = 8;
const EXCERPT_LENGTH = 120;

/** @param codes Words that the page of errors holds besides its text. */
export function searchDocs(pages: DocPages, query: string, codes: readonly string[]): readonly DocHit[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const hits = DOC_SLUGS.flatMap((slug) => {
    const { title, summary, blocks } = pages[slug];
    const parts = partsOf(blocks, slug === 'errors' ? codes : []);
    return parts.flatMap((part, index) => {
      const head = `${title} ${part.heading} ${index === 0 ? summary : ''}`.toLowerCase();
      const body = part.text.toLowerCase();
      if (!words.every((word) => head.includes(word) || body.includes(word))) return [];
      const inHead = words.filter((word) => head.includes(word)).length;
      const hit: DocHit = {
        slug,
        title,
        anchor: part.anchor,
        heading: part.heading,
        excerpt: excerptOf(part.text || summary, words),
      };
      return [{ hit, score: inHead * 2 + (index === 0 ? 1 : 0) }];
    });
  });
  return hits
    .toSorted((left, right) => right.score - left.score)
    .slice(0, MAX_HITS)
    .map(({ hit }) => hit);
}

function partsOf(blocks: readonly DocBlock[], codes: readonly string[]): Part[] {
  const parts: Part[] = [{ anchor: '', heading: '', text: codes.join(' ') }];
  for (const block of blocks) {
    if (block.kind === 'heading') {
      parts.push({ anchor: block.id, heading: block.text, text: '' });
      continue;
    }
    const last = parts.at(-1);
    if (last !== undefined)
      parts[parts.length - 1] = { ...last, text: `${last.text} ${textOf(block)}`.trim() };
  }
  return parts;
}

function textOf(block: DocBlock): string {
  switch (block.kind) {
    case 'text':
    case 'note':
      return plainText(block.text);
    case 'list':
    case 'steps':
      return block.items.map(plainText).join(' ');
    case 'table':
      return block.rows.flat().map(plainText).join(' ');
    case 'heading':
    case 'sample':
    case 'errors':
      return '';
    default:
      return block satisfies never;
  }
}

function excerptOf(text: string, words: readonly string[]): string {
  const lower = text.toLowerCase();
  const at = Math.min(
    ...words.map((word) => lower.indexOf(word)).filter((position) => position >= 0),
    text.length,
  );
  const from = Math.max(0, at - EXCERPT_LENGTH / 3);
  const cut = text.slice(from, from + EXCERPT_LENGTH);
  return `${from > 0 ? '…' : ''}${cut}${from + EXCERPT_LENGTH < text.length ? '…' : ''}`;
}
