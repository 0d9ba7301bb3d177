/**
 * Forms with files (RFC 7578), read only as far as their fields: where each part stands, so that one field can be
 * changed and every other byte, files included, passes as it came.
 */
import { GatewayError } from '@tollgate/errors';

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
const BOUNDARY = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i;

/** @throws {GatewayError} `invalid_request`. */
export function readForm(body: Buffer, contentType: string): Form {
  const match = BOUNDARY.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) throw invalid('the request body must be multipart/form-data with a boundary');
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const parts: FormPart[] = [];
  let at = body.indexOf(delimiter);
  if (at === -1) throw invalid('the form does not begin with its boundary');
  while (body.toString('latin1', at + delimiter.length, at + delimiter.length + 2) !== '--') {
    const headerStart = at + delimiter.length + 2;
    const headerEnd = body.indexOf('\r\n\r\n', headerStart - 2);
    const next = body.indexOf(`\r\n--${boundary}`, Math.max(headerEnd, headerStart), 'latin1');
    if (headerEnd === -1 || next === -1 || headerEnd - headerStart > MAX_PART_HEADER_BYTES) {
      throw invalid('the form is not complete');
    }
    if (parts.length >= MAX_PARTS) throw invalid(`a form has at most ${MAX_PARTS} parts`);
    const header = body.toString('latin1', headerStart, headerEnd);
    const valueStart = Math.min(headerEnd + 4, next);
    parts.push({
      name: nameIn(header),
      isFile: /;\s*filename\*?=/i.test(header),
      start: at,
      end: next + 2,
      valueStart,
      valueEnd: next,
    });
    at = next + 2;
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

function nameIn(header: string): string {
  const match =
    /^content-disposition\s*:\s*form-data\b.*?;\s*name=(?:"((?:[^"\\]|\\.){0,128})"|([^\s;"]{1,128}))/im.exec(
      header,
    );
  const name = match?.[1] ?? match?.[2];
  if (name === undefined) throw invalid('every part of the form must have a name');
  return name;
}

function invalid(rule: string, param?: string): GatewayError {
  return new GatewayError(
    'invalid_request',
    `Cannot read the request: ${rule}.`,
    param === undefined ? {} : { param },
  );
}
