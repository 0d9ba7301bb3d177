/**
 * Proofs on their way through Gemini's format: its own stand as they are; those of other formats travel as a
 * `thoughtSignature` too, marked. Signatures are protobuf bytes, so that what travels must be base64 throughout.
 */

import type { ReasoningPart, Signature } from '../neutral/parts.ts';
import { isWireFormat } from '../neutral/tool-call-id.ts';

export const FORMAT = 'gemini-generate' as const;

/** `tgsig1` in base64; a multiple of three bytes, so that it stays readable in front of what follows. */
const MARK = Buffer.from('tgsig1', 'utf8').toString('base64');

/** Google's word for "this call was not made by me", which Gemini 3 wants where it would want its signature. */
export const FOREIGN_CALL = 'skip_thought_signature_validator';

type Proofs = Pick<ReasoningPart, 'id' | 'signature' | 'redacted'>;

/** @returns Undefined where there is nothing to carry. */
export function writeProof({ id, signature, redacted }: Proofs): string | undefined {
  if (signature?.format === FORMAT && redacted === undefined && id === undefined) return signature.value;
  if (signature === undefined && redacted === undefined && id === undefined) return undefined;
  const carried = {
    ...(id === undefined ? {} : { id }),
    ...(signature === undefined ? {} : { signature: [signature.format, signature.value] }),
    ...(redacted === undefined ? {} : { redacted: [redacted.format, redacted.value] }),
  };
  return MARK + Buffer.from(JSON.stringify(carried), 'utf8').toString('base64');
}

export function readProof(value: unknown): Proofs {
  if (typeof value !== 'string' || value === '' || value === FOREIGN_CALL) return {};
  const carried = value.startsWith(MARK) ? parse(value.slice(MARK.length)) : undefined;
  if (carried === undefined) return { signature: { format: FORMAT, value } };
  const { id } = carried;
  const signature = readSignature(carried.signature);
  const redacted = readSignature(carried.redacted);
  return {
    ...(typeof id === 'string' ? { id } : {}),
    ...(signature === undefined ? {} : { signature }),
    ...(redacted === undefined ? {} : { redacted }),
  };
}

function parse(base64: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function readSignature(value: unknown): Signature | undefined {
  if (!Array.isArray(value)) return undefined;
  const [format, text]: unknown[] = value;
  return typeof format === 'string' && typeof text === 'string' && isWireFormat(format)
    ? { format, value: text }
    : undefined;
}
