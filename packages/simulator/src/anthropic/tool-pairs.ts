/** Every tool call is answered in the next message, and every answer names a call of the message before. */
import { asObjects, type Body } from '../wire/json.ts';
import { refuse } from './anthropic-error.ts';

const ID = /^[a-zA-Z0-9_-]+$/;

/** @throws {WireRefusal} */
export function checkToolPairs(messages: readonly Body[]): void {
  for (const [i, message] of messages.entries()) {
    if (message.role === 'assistant') checkCalls(message, messages[i + 1], i);
    else checkResults(message, messages[i - 1], i);
  }
}

function idsOf(message: Body | undefined, type: string, member: string): string[] {
  return asObjects(message?.content)
    .filter((block) => block.type === type)
    .map((block) => String(block[member]));
}

function checkCalls(message: Body, next: Body | undefined, i: number): void {
  const calls = idsOf(message, 'tool_use', 'id');
  for (const id of calls)
    if (!ID.test(id))
      refuse(`messages.${i}.content.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  if (new Set(calls).size < calls.length) refuse('messages: `tool_use` ids must be unique');
  const answered = new Set(idsOf(next, 'tool_result', 'tool_use_id'));
  const open = calls.filter((id) => !answered.has(id));
  if (open.length > 0)
    refuse(
      `messages.${i}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
        `${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next ` +
        'message.',
    );
}

function checkResults(message: Body, before: Body | undefined, i: number): void {
  const calls = new Set(idsOf(before, 'tool_use', 'id'));
  for (const [j, block] of asObjects(message.content).entries()) {
    if (block.type !== 'tool_result' || calls.has(String(block.tool_use_id))) continue;
    refuse(
      `messages.${i}.content.${j}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ` +
        `${String(block.tool_use_id).slice(0, 100)}. Each \`tool_result\` block must have a corresponding ` +
        '`tool_use` block in the previous message.',
    );
  }
}
