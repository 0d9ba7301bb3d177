/**
 * Proofs of other formats, on the way through a client that speaks Anthropic's: they travel as the signature of a
 * thinking block (or the data of a redacted one), marked so that nobody takes them for Anthropic's own.
 */

import { textIn } from '../json/json-value.ts';
import { isWireFormat, type ReasoningPart, type Signature } from '../neutral/index.ts';
import { findJsonObject } from './json.ts';

const MARK = 'tgs1.';
export const FORMAT = 'anthropic-messages';

/** What the block's `signature` or `data` says of the part. */
export function writeProof(part: Pick<ReasoningPart, 'id' | 'isSummary' | 'signature' | 'redacted'>): string {
  const { signature, redacted } = part;
  if (signature?.format === FORMAT && redacted === undefined) return signature.value;
  if (redacted?.format === FORMAT && signature === undefined) return redacted.value;
  if (signature === undefined && redacted === undefined && part.id === undefined) return '';
  const carried = {
    ...(part.id === undefined ? {} : { id: part.id }),
    ...(part.isSummary === undefined ? {} : { summary: part.isSummary }),
    ...(signature === undefined ? {} : { signature: [signature.format, signature.value] }),
    ...(redacted === undefined ? {} : { redacted: [redacted.format, redacted.value] }),
  };
  return MARK + Buffer.from(JSON.stringify(carried), 'utf8').toString('base64url');
}

/** @param kind Where the proof stood, which decides what one of Anthropic's own is. */
export function readProof(
  text: string,
  kind: 'signature' | 'redacted',
): Pick<ReasoningPart, 'id' | 'isSummary' | 'signature' | 'redacted'> {
  if (text === '') return {};
  const carried = text.startsWith(MARK)
    ? findJsonObject(Buffer.from(text.slice(MARK.length), 'base64url').toString('utf8'))
    : undefined;
  if (carried === undefined) return { [kind]: { format: FORMAT, value: text } };
  const id = textIn(carried.id);
  const signature = readSignature(carried.signature);
  const redacted = readSignature(carried.redacted);
  return {
    ...(id === undefined ? {} : { id }),
    ...(typeof carried.summary === 'boolean' ? { isSummary: carried.summary } : {}),
    ...(signature === undefined ? {} : { signature }),
    ...(redacted === undefined ? {} : { redacted }),
  };
}

function readSignature(value: unknown): Signature | undefined {
  if (!Array.isArray(value)) return undefined;
  const [format, text]: unknown[] = value;
  return typeof format === 'string' && typeof text === 'string' && isWireFormat(format)
    ? { format, value: text }
    : undefined;
}
