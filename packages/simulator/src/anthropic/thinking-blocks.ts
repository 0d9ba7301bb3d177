/**
 * Makes thinking blocks and refuses those that come back altered.
 *
 * A signature covers the block's text; a redacted block carries its own proof. With thinking on, the turn that waits
 * for tool results must still begin with the thinking that led to the calls.
 */
import { asObjects, type Body } from '../wire/json.ts';
import { isSeal, isSignature, seal, sign } from '../wire/signature.ts';
import { refuse } from './anthropic-error.ts';

export type Thinking = 'disabled' | 'enabled' | 'adaptive';

const PURPOSE = 'anthropic-thinking';
const PURPOSE_REDACTED = 'anthropic-redacted';

export function signThinking(text: string): string {
  return sign(PURPOSE, text);
}

export function redact(text: string): string {
  return seal(PURPOSE_REDACTED, text);
}

/** @throws {WireRefusal} */
export function checkThinking(messages: readonly Body[], thinking: Thinking): void {
  for (const [i, message] of messages.entries()) {
    if (message.role !== 'assistant') continue;
    for (const [j, block] of asObjects(message.content).entries())
      checkBlock(block, `messages.${i}.content.${j}`);
  }
  if (thinking === 'enabled') checkToolTurn(messages);
}

function checkBlock(block: Body, path: string): void {
  if (block.type === 'thinking') {
    if (typeof block.signature !== 'string') refuse(`${path}.thinking.signature: Field required`);
    if (typeof block.thinking !== 'string') refuse(`${path}.thinking.thinking: Field required`);
    if (!isSignature(PURPOSE, block.thinking, block.signature))
      refuse(`${path}: Invalid \`signature\` in \`thinking\` block`);
  } else if (block.type === 'redacted_thinking') {
    if (!isSeal(PURPOSE_REDACTED, block.data))
      refuse(`${path}: Invalid \`data\` in \`redacted_thinking\` block`);
  }
}

function checkToolTurn(messages: readonly Body[]): void {
  const last = messages.at(-1);
  if (last?.role !== 'user' || !asObjects(last.content).some(({ type }) => type === 'tool_result')) return;
  const at = messages.length - 2;
  const first = asObjects(messages[at]?.content)[0];
  if (first === undefined || first.type === 'thinking' || first.type === 'redacted_thinking') return;
  refuse(
    `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found ` +
      `\`${String(first.type)}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a ` +
      'thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). To avoid this ' +
      'requirement, disable `thinking`.',
  );
}
