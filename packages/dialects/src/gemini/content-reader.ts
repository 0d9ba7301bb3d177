/**
 * Gemini's parts as neutral ones, of requests and of answers.
 *
 * A part says by its member what it is. Calls need no ids there: where one is absent it is made up, and results
 * find their call by name and order.
 */
import { createHash } from 'node:crypto';
import { isJsonObject, listIn, someTextIn, textIn } from '../json/json-value.ts';
import type { MediaSource, Part, Signature } from '../neutral/parts.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { camelCase, findProto, proto } from './proto.ts';
import { FORMAT, readProof } from './signature.ts';

/** Told what a part says beyond the neutral one, with its path. */
export type TakeExtra = (path: string, value: JsonValue) => void;

/** Gives calls and results the ids that they lack. */
export interface CallIds {
  ofCall(id: string | undefined, name: string, args: string): string;
  ofResult(id: string | undefined, name: string): string;
}

/** @returns Undefined: no part of this API. An empty list: it says nothing. */
export function readPart(
  value: JsonValue,
  path: string,
  ids: CallIds,
  extra: TakeExtra,
): readonly Part[] | undefined {
  const part = findProto(value);
  if (part === undefined) return undefined;
  for (const name of SIDE_MEMBERS) {
    const said = part[name];
    if (said !== undefined) extra(`${path}.${name}`, said);
  }
  const { id, signature, redacted } = readProof(part.thoughtSignature);
  const signed = signature === undefined ? {} : { signature };
  if (part.functionCall !== undefined) return [readCall(part.functionCall, signed, ids)];
  if (part.functionResponse !== undefined) return [readResult(part.functionResponse, path, ids, extra)];
  if (part.inlineData !== undefined) return [readInlineData(part.inlineData, signed)];
  if (part.fileData !== undefined) return [readFileData(part.fileData, signed)];
  if (part.thought === true) {
    const text = textIn(part.text) ?? '';
    const proofs = {
      ...(id === undefined ? {} : { id }),
      ...signed,
      ...(redacted === undefined ? {} : { redacted }),
    };
    return [{ kind: 'reasoning', text, isSummary: true, ...proofs }];
  }
  if (typeof part.text === 'string') {
    return part.text === '' && signature === undefined ? [] : [{ kind: 'text', text: part.text, ...signed }];
  }
  const name = Object.keys(part).find((member) => !NEVER_NAMED.has(member));
  if (name !== undefined) return [{ kind: 'native', name, native: { format: FORMAT, value: part } }];
  // A signature that stands alone signs what came before it.
  return signature === undefined ? [] : [{ kind: 'text', text: '', signature }];
}

/** How a part shall be looked at, or notes on it: the caller's, and nothing of ours. */
const SIDE_MEMBERS = ['videoMetadata', 'mediaResolution', 'partMetadata'] as const;
const NEVER_NAMED: ReadonlySet<string> = new Set([...SIDE_MEMBERS, 'thought', 'thoughtSignature', 'text']);

interface Signed {
  readonly signature?: Signature;
}

function readCall(value: JsonValue, signed: Signed, ids: CallIds): Part {
  const call = proto(value);
  const name = textIn(call.name) ?? '';
  const args = JSON.stringify(isJsonObject(call.args) ? call.args : {});
  return {
    kind: 'toolCall',
    id: ids.ofCall(someTextIn(call.id), name, args),
    name,
    arguments: args,
    ...signed,
  };
}

function readResult(value: JsonValue, path: string, ids: CallIds, extra: TakeExtra): Part {
  const result = proto(value);
  const name = textIn(result.name) ?? '';
  for (const member of ['willContinue', 'scheduling'] as const) {
    const said = result[member];
    if (said !== undefined) extra(`${path}.functionResponse.${member}`, said);
  }
  const media = listIn(result.parts).flatMap((part, index) => {
    const read = readPart(part, `${path}.functionResponse.parts[${index}]`, ids, extra) ?? [];
    return read.filter(({ kind }) => kind !== 'toolCall' && kind !== 'toolResult');
  });
  const { text, isError } = readResponse(result.response);
  return {
    kind: 'toolResult',
    callId: ids.ofResult(someTextIn(result.id), name),
    name,
    content: text === '' && media.length > 0 ? media : [{ kind: 'text', text }, ...media],
    ...(isError ? { isError } : {}),
  };
}

/** A result is an object there; `output` and `error` alone are Google's own convention for plain ones. */
function readResponse(value: JsonValue | undefined): { readonly text: string; readonly isError: boolean } {
  if (!isJsonObject(value)) return { text: value === undefined ? '' : JSON.stringify(value), isError: false };
  const names = Object.keys(value);
  const [name] = names;
  const plain = names.length === 1 && name !== undefined ? value[name] : undefined;
  if (typeof plain === 'string' && (name === 'output' || name === 'result'))
    return { text: plain, isError: false };
  if (typeof plain === 'string' && name === 'error') return { text: plain, isError: true };
  return { text: names.length === 0 ? '' : JSON.stringify(value), isError: false };
}

function readInlineData(value: JsonValue, signed: Signed): Part {
  const blob = proto(value);
  const mediaType = textIn(blob.mimeType) ?? 'application/octet-stream';
  const fileName = someTextIn(blob.displayName);
  return mediaPart({ kind: 'base64', mediaType, data: textIn(blob.data) ?? '' }, mediaType, signed, fileName);
}

function readFileData(value: JsonValue, signed: Signed): Part {
  const file = proto(value);
  const uri = textIn(file.fileUri) ?? '';
  const mediaType = someTextIn(file.mimeType);
  const typed = mediaType === undefined ? {} : { mediaType };
  const source: MediaSource = isPublicUrl(uri)
    ? { kind: 'url', url: uri, ...typed }
    : { kind: 'file', fileId: uri, ...typed };
  const name = someTextIn(file.displayName);
  return mediaPart(source, mediaType ?? typeOfName(uri), signed, name);
}

function mediaPart(source: MediaSource, mediaType: string, signed: Signed, fileName?: string): Part {
  if (mediaType.startsWith('image/')) return { kind: 'image', source, ...signed };
  if (mediaType.startsWith('audio/')) return { kind: 'audio', source };
  if (mediaType.startsWith('video/')) return { kind: 'video', source };
  return { kind: 'document', source, ...(fileName === undefined ? {} : { fileName }) };
}

/** Not Google's own file store or buckets, which nobody else can read. */
function isPublicUrl(uri: string): boolean {
  return /^https?:\/\//i.test(uri) && !/^https:\/\/generativelanguage\.googleapis\.com\//i.test(uri);
}

const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  md: 'text/markdown',
  html: 'text/html',
};

/** By its ending; videos of YouTube have none. Empty where it does not tell. */
export function typeOfName(uri: string): string {
  if (/^https?:\/\/(?:www\.|m\.)?(?:youtube\.com|youtu\.be)\//i.test(uri)) return 'video/mp4';
  const ending = /\.([a-z0-9]{2,5})(?:[?#]|$)/i.exec(uri)?.[1] ?? '';
  return TYPES[ending.toLowerCase()] ?? '';
}

/** Ids of a conversation: results take those of the open calls of their name, in order. */
export function createConversationIds(): CallIds {
  const open: { readonly id: string; readonly name: string }[] = [];
  let made = 0;
  return {
    ofCall(id, name) {
      const given = id ?? `call_${made}`;
      if (id === undefined) made += 1;
      open.push({ id: given, name });
      return given;
    },
    ofResult(id, name) {
      const byId = open.findIndex((call) => call.id === id);
      const byName = open.findIndex((call) => call.name === name);
      const at = byId !== -1 ? byId : id === undefined ? byName : -1;
      const [call] = at === -1 ? [] : open.splice(at, 1);
      return id ?? call?.id ?? `call_${name}`;
    },
  };
}

/** Ids of one answer's calls: unlike those of any other answer, and the same each time it is read. */
export function createAnswerIds(answerId: string): CallIds {
  let made = 0;
  return {
    ofCall(id, name, args) {
      if (id !== undefined) return id;
      made += 1;
      const digest = createHash('sha256').update(JSON.stringify([answerId, name, args, made]), 'utf8');
      return `call_${digest.digest('hex').slice(0, 24)}`;
    },
    ofResult: (id, name) => id ?? `call_${name}`,
  };
}

/** Of an answer's content, what no neutral part says. */
export function otherCandidateMembers(candidate: JsonObject): readonly (readonly [string, JsonValue])[] {
  return Object.entries(candidate)
    .map(([name, value]) => [camelCase(name), value] as const)
    .filter(([name, value]) => !CANDIDATE_MEMBERS.has(name) && value !== null);
}

const CANDIDATE_MEMBERS: ReadonlySet<string> = new Set([
  'content',
  'finishReason',
  'index',
  'logprobsResult',
  'tokenCount',
]);
