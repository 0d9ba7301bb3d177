/** Converse names media by short formats where others write media types. */

const TYPE_BY_FORMAT = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  pdf: 'application/pdf',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html',
  txt: 'text/plain',
  md: 'text/markdown',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  flv: 'video/x-flv',
  mpeg: 'video/mpeg',
  wmv: 'video/x-ms-wmv',
  three_gp: 'video/3gpp',
} as const;

const FORMAT_BY_TYPE: ReadonlyMap<string, string> = new Map([
  ...Object.entries(TYPE_BY_FORMAT).map(([format, type]) => [type as string, format] as const),
  ['image/jpg', 'jpeg'],
  ['application/csv', 'csv'],
  ['text/x-markdown', 'md'],
  ['application/json', 'txt'],
]);

export function typeOfFormat(kind: 'image' | 'document' | 'video', format: string): string {
  const known: Readonly<Record<string, string>> = TYPE_BY_FORMAT;
  return known[format] ?? `${kind === 'document' ? 'application' : kind}/${format}`;
}

/** @returns Undefined where Converse has no format for it. */
export function formatOfType(kind: 'image' | 'document' | 'video', mediaType: string): string | undefined {
  const type = mediaType.split(';')[0]?.trim().toLowerCase() ?? '';
  const format =
    FORMAT_BY_TYPE.get(type) ?? (kind === 'document' && type.startsWith('text/') ? 'txt' : undefined);
  const ofKind = kind === 'document' ? !/^(?:image|video)\//.test(type) : type.startsWith(`${kind}/`);
  return ofKind ? format : undefined;
}
