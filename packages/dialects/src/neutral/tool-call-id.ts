/**
 * Ids of tool calls on their way between formats.
 *
 * A call's signature travels inside its id to clients whose format has no place for it: most of them keep the id,
 * few anything else. And an id of one format may hold characters that another refuses.
 */
import { createHash } from 'node:crypto';
import type { Signature } from './parts.ts';
import type { WireFormat } from './wire-format.ts';

const MARK = '~tgs~';
const FORMATS: ReadonlySet<string> = new Set<WireFormat>([
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini-generate',
  'bedrock-converse',
  'cohere-chat',
]);

/** `<id>~tgs~<base64url of format and value>`; the id itself where there is nothing to carry. */
export function signedCallId(id: string, signature: Signature | undefined): string {
  if (signature === undefined) return id;
  return `${id}${MARK}${Buffer.from(`${signature.format} ${signature.value}`, 'utf8').toString('base64url')}`;
}

/** The id as the provider gave it, and the signature it carried. What is no carried signature stays in the id. */
export function readCallId(carried: string): { readonly id: string; readonly signature?: Signature } {
  const at = carried.indexOf(MARK);
  if (at === -1) return { id: carried };
  const text = Buffer.from(carried.slice(at + MARK.length), 'base64url').toString('utf8');
  const space = text.indexOf(' ');
  const format = text.slice(0, Math.max(space, 0));
  if (!isWireFormat(format)) return { id: carried };
  return { id: carried.slice(0, at), signature: { format, value: text.slice(space + 1) } };
}

/**
 * An id that a provider takes: itself where it may, else made from it, the same one each time and another one for
 * every other id.
 *
 * @param allowed Of one character, such as `/[\w-]/`.
 */
export function acceptableCallId(id: string, allowed: RegExp, maxLength: number): string {
  if (id !== '' && id.length <= maxLength && [...id].every((character) => allowed.test(character))) return id;
  const digest = createHash('sha256').update(id, 'utf8').digest('hex');
  const readable = [...id].filter((character) => allowed.test(character)).join('');
  return readable.slice(0, Math.max(0, maxLength - 16)) + digest.slice(0, Math.min(16, maxLength));
}

export function isWireFormat(value: string): value is WireFormat {
  return FORMATS.has(value);
}
