/**
 * Signs function calls, and refuses a history in which a signature is missing or altered.
 *
 * As Gemini 3 does: within the current turn (everything after the last user message that is more than function
 * responses) the first function call of each model message needs its signature; older turns may lack it, but a
 * signature that is there must be right wherever it is. Two documented words stand in for calls the model never made.
 */
import { asObjects, type Body, canonicalJson, isObject } from '../wire/json.ts';
import { isSeal, isSignature, seal, sign } from '../wire/signature.ts';
import { refuse } from './gemini-error.ts';

const PURPOSE_CALL = 'gemini-function-call';
const PURPOSE_TEXT = 'gemini-text';
const STAND_INS = new Set(['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go']);

/** Covers name and arguments: a signature that moved to another call is noticed. */
export function signCall(name: string, args: unknown): string {
  return sign(PURPOSE_CALL, `${name}\0${canonicalJson(args)}`);
}

/** Covers nothing but itself: streams cut texts as they like. */
export function signText(text: string): string {
  return Buffer.from(seal(PURPOSE_TEXT, text.slice(0, 40))).toString('base64');
}

/** @throws {WireRefusal} */
export function checkSignatures(contents: readonly Body[]): void {
  const turnStart = contents.findLastIndex(isUserSpeech);
  for (const [i, content] of contents.entries()) {
    if (content.role !== 'model') continue;
    let hasCall = false;
    for (const [j, part] of asObjects(content.parts).entries()) {
      const path = `contents[${i}].parts[${j}]`;
      if (isObject(part.functionCall)) {
        checkCall(part.functionCall, part.thoughtSignature, path, j, i > turnStart && !hasCall);
        hasCall = true;
      } else checkText(part.thoughtSignature);
    }
  }
}

function isUserSpeech(content: Body): boolean {
  if (content.role === 'model') return false;
  return asObjects(content.parts).some(({ functionResponse }) => functionResponse === undefined);
}

function checkCall(call: Body, signature: unknown, path: string, position: number, isNeeded: boolean): void {
  if (signature === undefined || signature === '') {
    if (!isNeeded) return;
    refuse(
      `Function call is missing a thought_signature in functionCall parts at ${path}. This is required for tools to ` +
        'work correctly, and missing thought_signature may lead to degraded model performance. Additional data, ' +
        `function call \`default_api:${String(call.name).slice(0, 100)}\` , position ${position + 1}. Please refer ` +
        'to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.',
    );
  }
  if (isStandIn(signature)) return;
  if (!isSignature(PURPOSE_CALL, `${call.name}\0${canonicalJson(call.args ?? {})}`, signature))
    refuse('Corrupted thought signature.');
}

function checkText(signature: unknown): void {
  if (signature === undefined || signature === '' || isStandIn(signature)) return;
  const sealed = typeof signature === 'string' ? Buffer.from(signature, 'base64').toString() : '';
  if (!isSeal(PURPOSE_TEXT, sealed)) refuse('Corrupted thought signature.');
}

/** Clients that hold to the field's type send the words as base64. */
function isStandIn(signature: unknown): boolean {
  if (typeof signature !== 'string') return false;
  return STAND_INS.has(signature) || STAND_INS.has(Buffer.from(signature, 'base64').toString());
}
