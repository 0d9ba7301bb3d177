/** Reads `multipart/form-data`: fields as texts, files as bytes. Bounded by the body's own limit. */
export interface FormFile {
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

export interface Form {
  readonly fields: Readonly<Record<string, string>>;
  /** A name may have several files: `image[]`. */
  readonly files: ReadonlyMap<string, readonly FormFile[]>;
}

/** Null when the body is no form. */
export function parseForm(body: Buffer, contentType: string | undefined): Form | null {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType ?? '')?.[1];
  if (boundary === undefined || !contentType?.startsWith('multipart/form-data')) return null;
  const fields: [string, string][] = [];
  const files = new Map<string, FormFile[]>();
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // With an end of line before it, the first delimiter looks like every other.
  const whole = Buffer.concat([Buffer.from('\r\n'), body]);
  let start = whole.indexOf(delimiter);
  while (start !== -1) {
    const from = start + delimiter.length + 2;
    const end = whole.indexOf(delimiter, from);
    if (end === -1) break;
    readPart(whole.subarray(from, end), fields, files);
    start = end;
  }
  return { fields: Object.fromEntries(fields), files };
}

function readPart(part: Buffer, fields: [string, string][], files: Map<string, FormFile[]>): void {
  const headEnd = part.indexOf('\r\n\r\n');
  if (headEnd === -1) return;
  const head = part.subarray(0, headEnd).toString('utf8');
  const bytes = part.subarray(headEnd + 4);
  const name = /[ ;]name="([^"]*)"/i.exec(head)?.[1] ?? '';
  const filename = /filename="([^"]*)"/i.exec(head)?.[1];
  if (filename === undefined) {
    fields.push([name, bytes.toString('utf8')]);
    return;
  }
  const contentType = /content-type:\s*([^\r\n]+)/i.exec(head)?.[1] ?? 'application/octet-stream';
  const others = files.get(name) ?? [];
  files.set(name, [...others, { filename, contentType, bytes }]);
}
