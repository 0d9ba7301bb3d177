/**
 * Forms with files (RFC 7578), read only as far as their fields: where each part stands, so that one field can be
 * changed and every other byte, files included, passes as it came.
 *
 * Strict, where readers differ: the provider reads the same bytes, and a model that only it finds in them would be
 * one that the key may not use, at a price that nobody held.
 */
import { GatewayError } from '@tollgate/errors';
import { boundaryIn } from './media-type.ts';

export interface FormPart {
  readonly name: string;
  readonly isFile: boolean;
  /** Of the part with its delimiter, up to the next one. */
  readonly start: number;
  readonly end: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

export interface Form {
  readonly body: Buffer;
  readonly parts: readonly FormPart[];
}

const MAX_PARTS = 128;
const MAX_PART_HEADER_BYTES = 4_096;
const MAX_FIELD_BYTES = 1_048_576;
const CARRIAGE_RETURN = 13;

/** @throws {GatewayError} `invalid_request`. */
export function readForm(body: Buffer, contentType: string): Form {
  const boundary = boundaryIn(contentType);
  if (boundary === undefined) {
    throw invalid('the request body must be multipart/form-data with one boundary and nothing else');
  }
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const parts: FormPart[] = [];
  let at = body.subarray(0, delimiter.length).equals(delimiter) ? 0 : -1;
  if (at === -1) throw invalid('the form does not begin with its boundary');
  for (;;) {
    const headerStart = at + delimiter.length + 2;
    const behind = body.toString('latin1', headerStart - 2, headerStart);
    if (behind === '--') break;
    const headerEnd = body.indexOf('\r\n\r\n', headerStart - 2);
    // A line feed alone is a line's end to some.
    const next = body.indexOf(`\n--${boundary}`, headerStart - 1, 'latin1') - 1;
    if (behind !== '\r\n' || headerEnd === -1 || next < headerEnd || body[next] !== CARRIAGE_RETURN) {
      throw invalid('the form is not complete');
    }
    if (headerEnd - headerStart > MAX_PART_HEADER_BYTES) throw invalid('a part of the form has long headers');
    if (parts.length >= MAX_PARTS) throw invalid(`a form has at most ${MAX_PARTS} parts`);
    parts.push({
      ...readPartHeaders(body.toString('latin1', headerStart, headerEnd)),
      start: at,
      end: next + 2,
      valueStart: Math.min(headerEnd + 4, next),
      valueEnd: next,
    });
    at = next + 2;
  }
  if (!/^(?:\r\n)?$/.test(body.toString('latin1', at + delimiter.length + 2))) {
    throw invalid('nothing may stand behind the form');
  }
  return { body, parts };
}

/** A field's text; undefined where there is none. @throws {GatewayError} It stands there twice, or is a file. */
export function fieldIn({ body, parts }: Form, name: string): string | undefined {
  const found = parts.filter((part) => part.name === name);
  const [part] = found;
  if (part === undefined) return undefined;
  // A provider might read the other one.
  if (found.length > 1) throw invalid(`"${name}" must appear once`, name);
  if (part.isFile || part.valueEnd - part.valueStart > MAX_FIELD_BYTES) {
    throw invalid(`"${name}" must be a text field`, name);
  }
  return body.toString('utf8', part.valueStart, part.valueEnd);
}

/** The form again, with some fields set and some left out; all other bytes are the same. */
export function patchForm(
  { body, parts }: Form,
  set: ReadonlyMap<string, string>,
  remove: ReadonlySet<string>,
): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    const value = set.get(part.name);
    if (remove.has(part.name)) {
      pieces.push(body.subarray(at, part.start));
      at = part.end;
    } else if (value !== undefined) {
      pieces.push(body.subarray(at, part.valueStart), Buffer.from(value));
      at = part.valueEnd;
    }
  }
  if (at === 0) return body;
  pieces.push(body.subarray(at));
  return Buffer.concat(pieces);
}

/** Bytes of all files. */
export function fileBytesIn({ parts }: Form): number {
  return parts.reduce(
    (sum, { isFile, valueStart, valueEnd }) => sum + (isFile ? valueEnd - valueStart : 0),
    0,
  );
}

export function filesIn({ body, parts }: Form): readonly Buffer[] {
  return parts
    .filter(({ isFile }) => isFile)
    .map(({ valueStart, valueEnd }) => body.subarray(valueStart, valueEnd));
}

const HEADER_LINE = /^([\w-]{1,64})[ \t]*:([^\r\n]*)$/;
const DISPOSITION = /^form-data((?:[ \t]*;[ \t]*[\w-]{1,32}\*?=(?:"(?:[^"\\]|\\.)*"|[^\s;"]+))+)[ \t]*;?$/i;
const PARAMETER = /;[ \t]*([\w-]{1,32}\*?)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/g;
/** Parameters that every reader knows; each may stand once. */
const KNOWN_PARAMETERS: ReadonlySet<string> = new Set(['name', 'filename', 'filename*']);
const PLAIN_NAME = /^[^\\\r\n]{1,128}$/;

function readPartHeaders(text: string): Pick<FormPart, 'name' | 'isFile'> {
  let disposition: string | undefined;
  for (const line of text.split('\r\n')) {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw invalid('a part of the form has a broken header');
    switch (name.toLowerCase()) {
      case 'content-disposition':
        if (disposition !== undefined) throw invalid('a part of the form must have one name');
        disposition = value.trim();
        break;
      case 'content-transfer-encoding':
        if (!/^(?:binary|[78]bit)$/i.test(value.trim())) throw invalid('a part of the form is encoded');
        break;
    }
  }
  return readDisposition(disposition ?? '');
}

function readDisposition(text: string): Pick<FormPart, 'name' | 'isFile'> {
  const given = new Map<string, string>();
  for (const [, name = '', quoted, plain] of (DISPOSITION.exec(text)?.[1] ?? '').matchAll(PARAMETER)) {
    const known = name.toLowerCase();
    if (given.has(known) || !KNOWN_PARAMETERS.has(known)) {
      throw invalid('a part of the form must have one name, and a file name at most');
    }
    given.set(known, quoted ?? plain ?? '');
  }
  const name = given.get('name') ?? '';
  if (!PLAIN_NAME.test(name)) throw invalid('every part of the form must have a name, without escapes');
  return { name, isFile: given.size > 1 };
}

function invalid(rule: string, param?: string): GatewayError {
  return new GatewayError(
    'invalid_request',
    `Cannot read the request: ${rule}.`,
    param === undefined ? {} : { param },
  );
}
