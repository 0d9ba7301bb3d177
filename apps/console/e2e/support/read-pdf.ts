/**
 * Text of the PDFs that Tollgate writes, page by page, read from their bytes: what a person sees, not what we meant to
 * write. Knows as much of the format as our documents use (one stream per page, fonts with ToUnicode), and no more.
 */
import { inflateSync } from 'node:zlib';

interface PdfObject {
  readonly head: string;
  readonly stream: string;
}

type Glyphs = ReadonlyMap<number, string>;

/** @returns The text of each page, its words as they stand. */
export function readPdfPages(pdf: Buffer): string[] {
  const objects = readObjects(pdf);
  const find = (id: string | undefined): PdfObject => {
    const object = objects.get(id ?? '');
    if (object === undefined) throw new Error(`Cannot read the PDF: it must have object ${id}`);
    return object;
  };
  const pages = [...objects.values()].filter(({ head }) => /\/Type \/Page\b(?!s)/.test(head));
  return pages.map(({ head }) => {
    const resources = find(/\/Resources (\d+) 0 R/.exec(head)?.[1]).head;
    const fonts = new Map(
      [...resources.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', id]) => {
        const unicode = /\/ToUnicode (\d+) 0 R/.exec(find(id).head)?.[1];
        return [name, unicode === undefined ? new Map<number, string>() : readGlyphs(find(unicode).stream)];
      }),
    );
    return readText(find(/\/Contents (\d+) 0 R/.exec(head)?.[1]).stream, fonts);
  });
}

function readObjects(pdf: Buffer): Map<string, PdfObject> {
  const text = pdf.toString('latin1');
  const objects = new Map<string, PdfObject>();
  for (const match of text.matchAll(/(?:^|\n)(\d+) 0 obj\n/g)) {
    const start = match.index + match[0].length;
    const length = /^<<[\s\S]*?\/Length (\d+)/.exec(text.slice(start, start + 2_000))?.[1];
    const streamAt = text.indexOf('stream\n', start);
    const endAt = text.indexOf('endobj', start);
    const hasStream = length !== undefined && streamAt !== -1 && streamAt < endAt;
    const head = text.slice(start, hasStream ? streamAt : endAt);
    const bytes = hasStream && pdf.subarray(streamAt + 7, streamAt + 7 + Number(length));
    const stream = bytes ? (head.includes('/FlateDecode') ? inflateSync(bytes) : bytes) : Buffer.alloc(0);
    objects.set(match[1] ?? '', { head, stream: stream.toString('latin1') });
  }
  return objects;
}

function readGlyphs(cmap: string): Glyphs {
  const glyphs = new Map<number, string>();
  for (const [, first = '', list = ''] of cmap.matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[([^\]]*)\]/gi)) {
    const codes = [...list.matchAll(/<([0-9a-f ]*)>/gi)].map(([, hex = '']) => hex.replaceAll(' ', ''));
    for (const [position, hex] of codes.entries())
      glyphs.set(Number.parseInt(first, 16) + position, Buffer.from(hex, 'hex').swap16().toString('utf16le'));
  }
  return glyphs;
}

/** Each showing of text is a line of its own; gaps inside one are kerning. */
function readText(content: string, fonts: ReadonlyMap<string, Glyphs>): string {
  let glyphs: Glyphs = new Map();
  const shown: string[] = [];
  for (const [, font, list] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (font !== undefined) glyphs = fonts.get(font) ?? new Map();
    else {
      const hex = [...(list ?? '').matchAll(/<([0-9a-f]+)>/gi)].map(([, codes = '']) => codes).join('');
      const codes = hex.match(/.{4}/g) ?? [];
      shown.push(codes.map((code) => glyphs.get(Number.parseInt(code, 16)) ?? '').join(''));
    }
  }
  return shown.join('\n');
}
