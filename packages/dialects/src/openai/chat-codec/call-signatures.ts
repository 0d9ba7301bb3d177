/**
 * Proofs of a call or of an answer's text that stand among the reasoning: OpenRouter names the call by its id, we
 * name the text by ours. They go back to the part they prove.
 */
import { present } from '../../json/json-value.ts';
import type { Part, Signature } from '../../neutral/parts.ts';
import { readCallId } from '../../neutral/tool-call-id.ts';

/** The id of the entry that holds the signature of the answer's text. */
export const TEXT_SIGNATURE_ID = 'tollgate_text';

export function attachCallSignatures(parts: readonly Part[]): readonly Part[] {
  const proofs = new Map<string, Signature>();
  const calls = new Set(parts.flatMap((part) => (part.kind === 'toolCall' ? [part.id] : [])));
  const kept = parts.filter((part) => {
    if (
      part.kind !== 'reasoning' ||
      part.text !== '' ||
      part.redacted === undefined ||
      part.id === undefined
    ) {
      return true;
    }
    const { id } = readCallId(part.id);
    if (id !== TEXT_SIGNATURE_ID && !calls.has(id)) return true;
    proofs.set(id, part.redacted);
    return false;
  });
  if (proofs.size === 0) return parts;
  let textProof = proofs.get(TEXT_SIGNATURE_ID);
  return kept.map((part) => {
    if (part.kind === 'toolCall')
      return present({ ...part, signature: part.signature ?? proofs.get(part.id) });
    if (part.kind !== 'text' || textProof === undefined) return part;
    const signed = { ...part, signature: textProof };
    textProof = undefined;
    return signed;
  });
}
