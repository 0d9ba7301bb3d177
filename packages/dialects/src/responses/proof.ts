/**
 * Proofs in `encrypted_content` of reasoning items: Responses' own as they are, those of other formats marked, so
 * that nobody takes them for one. Clients hand items back whole, and with them the proof.
 */
import { booleanIn, isJsonObject, listIn, present, textIn } from '../json/json-value.ts';
import type { ReasoningPart, Signature } from '../neutral/parts.ts';
import { isWireFormat } from '../neutral/tool-call-id.ts';
import type { JsonValue } from '../neutral/wire-format.ts';

const MARK = 'tgs1.';
const FORMAT = 'openai-responses';

type Proven = Pick<ReasoningPart, 'isSummary' | 'signature' | 'redacted'>;

/** @returns Undefined where the part has no proof. */
export function writeProof({ isSummary, signature, redacted }: Proven): string | undefined {
  if (signature === undefined && redacted === undefined) return undefined;
  if (redacted?.format === FORMAT && signature === undefined) return redacted.value;
  const carried = {
    ...(isSummary === true ? {} : { summary: false }),
    ...(signature === undefined ? {} : { signature: [signature.format, signature.value] }),
    ...(redacted === undefined ? {} : { redacted: [redacted.format, redacted.value] }),
  };
  return MARK + Buffer.from(JSON.stringify(carried), 'utf8').toString('base64url');
}

/** What `encrypted_content` proves. `isSummary` is there where the text beside it is known not to be a summary. */
export function readProof(text: string): Proven {
  const carried = text.startsWith(MARK) ? parse(text.slice(MARK.length)) : undefined;
  if (!isJsonObject(carried)) return { redacted: { format: FORMAT, value: text } };
  return present({
    isSummary: booleanIn(carried.summary),
    signature: readSignature(carried.signature),
    redacted: readSignature(carried.redacted),
  });
}

function readSignature(value: JsonValue | undefined): Signature | undefined {
  const [format, proof] = listIn(value).map(textIn);
  return format !== undefined && proof !== undefined && isWireFormat(format)
    ? { format, value: proof }
    : undefined;
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as JsonValue;
  } catch {
    return undefined;
  }
}
