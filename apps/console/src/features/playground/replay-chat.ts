/**
 * The body of a chat completion as what the chat shows. Pure, and all or nothing: what the chat has no field for would be
 * lost without a word, so that such a body is not the chat's.
 */
import {
  EMPTY_SETTINGS,
  newLocalId,
  newStep,
  type Parameters,
  parseTools,
  type Step,
  type Turn,
} from './conversation.ts';
import type { RawBody } from './raw-endpoints.ts';
import type { ChatStart } from './replay.ts';

/** The chat has no field for it. */
class Unsayable extends Error {}

/** @returns Undefined: the chat cannot say the same. */
export function toChatStart(body: RawBody): ChatStart | undefined {
  try {
    return readBody(body);
  } catch (error) {
    if (error instanceof Unsayable) return undefined;
    throw error;
  }
}

function readBody(body: RawBody): ChatStart {
  const { model, messages, tools, ...parameters } = withoutEmpty(body);
  if (typeof model !== 'string' || model === '' || !Array.isArray(messages)) throw new Unsayable();
  const { system, ...conversation } = readConversation(messages);
  return {
    model,
    settings: { ...EMPTY_SETTINGS, system, parameters: readParameters(parameters), tools: readTools(tools) },
    ...conversation,
  };
}

function readParameters(sent: RawBody): Parameters {
  const {
    temperature,
    top_p: topP,
    max_tokens: maxTokens,
    max_completion_tokens: maxCompletionTokens,
    reasoning_effort: reasoningEffort = '',
    response_format: format = { type: 'text' },
    stream = false,
    stream_options: streamOptions = {},
    ...unknown
  } = sent;
  const formats: Readonly<Record<string, string>> = { text: 'text', json_object: 'json' };
  const { type = '', ...schema } = asRecord(format);
  const { include_usage: _, ...otherOptions } = asRecord(streamOptions);
  const isSayable =
    isEmpty(unknown) &&
    isEmpty(schema) &&
    isEmpty(otherOptions) &&
    typeof stream === 'boolean' &&
    (maxTokens === undefined || maxCompletionTokens === undefined) &&
    ['', 'low', 'medium', 'high'].includes(String(reasoningEffort));
  const known = formats[String(type)];
  if (!isSayable || known === undefined) throw new Unsayable();
  return {
    temperature: numberText(temperature),
    topP: numberText(topP),
    maxTokens: numberText(maxCompletionTokens ?? maxTokens),
    maxTokensName: maxTokens === undefined ? 'max_completion_tokens' : 'max_tokens',
    reasoningEffort: String(reasoningEffort),
    format: known,
    stream,
  };
}

function numberText(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value !== 'number') throw new Unsayable();
  return String(value);
}

/** As the field for tools has them: a list of functions, bare. */
function readTools(tools: unknown): string {
  if (tools === undefined) return '';
  if (!Array.isArray(tools)) throw new Unsayable();
  const functions = tools.map((tool: unknown) => {
    const { type, function: definition, ...others } = withoutEmpty(asRecord(tool));
    const { name, description, parameters, ...unknown } = withoutEmpty(asRecord(definition));
    if (type !== 'function' || !isEmpty(others) || !isEmpty(unknown)) throw new Unsayable();
    return { name, description, parameters };
  });
  const text = JSON.stringify(functions, null, 2);
  if ('problem' in parseTools(text)) throw new Unsayable();
  return text;
}

interface Said {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
}

function readConversation(messages: readonly unknown[]) {
  const said = messages.map(readMessage);
  const [first] = said;
  const system = first?.role === 'system' ? first.text : '';
  const spoken = first?.role === 'system' ? said.slice(1) : said;
  const last = spoken.at(-1);
  const isSayable = spoken.every(({ role }) => role !== 'system') && spoken[0]?.role === 'user';
  if (!isSayable || last?.role !== 'user') throw new Unsayable();
  const turns: Turn[] = [];
  const answers: Record<string, Step[]> = {};
  for (const { role, text } of spoken.slice(0, -1)) {
    const turn = turns.at(-1);
    if (role === 'user' || turn === undefined) turns.push({ id: newLocalId('turn'), text, images: [] });
    // Said elsewhere: a part of the conversation, without figures of its own.
    else answers[turn.id] = [...(answers[turn.id] ?? []), { ...newStep(), state: 'given', text }];
  }
  return { system, turns, answers, message: last.text };
}

const ROLES: readonly unknown[] = ['system', 'user', 'assistant'] satisfies Said['role'][];

/** Plain text alone: what tools asked and answered, images and names of speakers are not. */
function readMessage(message: unknown): Said {
  const { role, content, ...others } = withoutEmpty(asRecord(message));
  const text = readText(content);
  if (!ROLES.includes(role) || text.trim() === '' || !isEmpty(others)) throw new Unsayable();
  return { role: role as Said['role'], text };
}

function readText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content) || content.length !== 1) throw new Unsayable();
  const { type, text, ...others } = withoutEmpty(asRecord(content[0]));
  if (type !== 'text' || typeof text !== 'string' || !isEmpty(others)) throw new Unsayable();
  return text;
}

function asRecord(value: unknown): RawBody {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unsayable();
  return value as RawBody;
}

/** SDKs send back what they were given, with fields that say nothing. */
function withoutEmpty(record: RawBody): RawBody {
  const says = (value: unknown) => value !== null && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(record).filter(([, value]) => says(value)));
}

function isEmpty(record: RawBody): boolean {
  return Object.keys(record).length === 0;
}
