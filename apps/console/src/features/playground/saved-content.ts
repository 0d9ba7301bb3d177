/** A playground as it is kept under a name. Pure. */
import { type Column, isRecord, MAX_COLUMNS, type Parameters, type Settings } from './conversation.ts';

/** What is kept of a playground under a name. Answers are not: they are asked for again. */
export interface SavedContent {
  readonly version: 1;
  readonly models: readonly string[];
  readonly system: string;
  readonly parameters: Parameters;
  readonly tools: string;
  readonly messages: readonly string[];
}

export function toSavedContent(
  settings: Settings,
  columns: readonly Column[],
  messages: readonly string[],
): SavedContent {
  return {
    version: 1,
    models: columns.map(({ model }) => model).filter((model) => model !== ''),
    system: settings.system,
    parameters: settings.parameters,
    tools: settings.tools,
    messages,
  };
}

/** Lenient: whatever an older or newer version kept, what is understood counts. */
export function readSavedContent(value: unknown): SavedContent {
  const content = isRecord(value) ? value : {};
  const parameters = isRecord(content.parameters) ? content.parameters : {};
  const text = (from: Record<string, unknown>, name: string, usual = '') =>
    typeof from[name] === 'string' ? (from[name] as string) : usual;
  const texts = (list: unknown) =>
    Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];
  return {
    version: 1,
    models: texts(content.models).slice(0, MAX_COLUMNS),
    system: text(content, 'system'),
    tools: text(content, 'tools'),
    messages: texts(content.messages),
    parameters: {
      temperature: text(parameters, 'temperature'),
      topP: text(parameters, 'topP'),
      maxTokens: text(parameters, 'maxTokens'),
      maxTokensName: parameters.maxTokensName === 'max_tokens' ? 'max_tokens' : 'max_completion_tokens',
      reasoningEffort: text(parameters, 'reasoningEffort'),
      format: text(parameters, 'format', 'text'),
      stream: parameters.stream !== false,
    },
  };
}
