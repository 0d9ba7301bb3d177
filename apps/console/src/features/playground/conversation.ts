/**
 * What the playground holds: one prompt for all models, and for each model what it answered. Pure; also turns it into
 * the body of a chat completion, the one format that the gateway translates for every provider.
 */
export interface PromptImage {
  readonly name: string;
  /** `data:` only: nobody fetches anything for a prompt. */
  readonly url: string;
}

export interface Turn {
  readonly id: string;
  readonly text: string;
  readonly images: readonly PromptImage[];
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it, perhaps not yet whole. */
  readonly arguments: string;
}

export interface StepUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export type StepState = 'running' | 'done' | 'stopped' | 'failed' | 'given';

/** One call: what came back, how it went, and what its tools are said to have answered. */
export interface Step {
  readonly id: string;
  readonly state: StepState;
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  /** By the id of the call. */
  readonly toolResults: Readonly<Record<string, string>>;
  readonly finishReason?: string;
  readonly usage?: StepUsage;
  readonly requestId?: string;
  readonly provider?: string;
  readonly unsupported?: string;
  readonly error?: StepError;
  /** Measured in this browser. */
  readonly firstTokenMs?: number;
  readonly totalMs?: number;
}

export interface StepError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** The budget or limit that refused, where one did. */
  readonly ruleId?: string;
}

export interface Column {
  readonly id: string;
  /** Empty: not chosen yet. */
  readonly model: string;
  /** By the id of the turn. */
  readonly answers: Readonly<Record<string, readonly Step[]>>;
}

/** Text as people type it; empty: not sent. */
export interface Parameters {
  readonly temperature: string;
  readonly topP: string;
  readonly maxTokens: string;
  /** The older name means the same to some providers only. */
  readonly maxTokensName: 'max_tokens' | 'max_completion_tokens';
  readonly reasoningEffort: string;
  /** text, json */
  readonly format: string;
  readonly stream: boolean;
}

export interface Settings {
  readonly system: string;
  readonly parameters: Parameters;
  /** JSON: a list of functions. */
  readonly tools: string;
  /** Whose budgets hold as well; empty: no team's. */
  readonly teamId: string;
}

export const MAX_COLUMNS = 4;

export const EMPTY_SETTINGS: Settings = {
  system: '',
  parameters: {
    temperature: '',
    topP: '',
    maxTokens: '',
    maxTokensName: 'max_completion_tokens',
    reasoningEffort: '',
    format: 'text',
    stream: true,
  },
  tools: '',
  teamId: '',
};

let lastId = 0;
/** Unique in this window. */
export function newLocalId(prefix: string): string {
  lastId += 1;
  return `${prefix}${lastId}`;
}

export function newColumn(model: string): Column {
  return { id: newLocalId('column'), model, answers: {} };
}

export function newStep(): Step {
  return {
    id: newLocalId('step'),
    state: 'running',
    text: '',
    reasoning: '',
    toolCalls: [],
    toolResults: {},
  };
}

export interface FunctionTool {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
  };
}

const TOOL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Reads the tools as typed: a list of functions, bare or as OpenAI writes them.
 *
 * @returns What is wrong instead, as a code: `json`, `list`, `name`, `parameters`.
 */
export function parseTools(text: string): { tools: readonly FunctionTool[] } | { problem: ToolProblem } {
  if (text.trim() === '') return { tools: [] };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'json' };
  }
  const list = Array.isArray(value) ? value : [value];
  const tools: FunctionTool[] = [];
  for (const item of list) {
    if (!isRecord(item)) return { problem: 'list' };
    const definition = isRecord(item.function) ? item.function : item;
    const { name, description, parameters = definition.input_schema } = definition;
    if (typeof name !== 'string' || !TOOL_NAME.test(name)) return { problem: 'name' };
    if (parameters !== undefined && !isRecord(parameters)) return { problem: 'parameters' };
    tools.push({
      type: 'function',
      function: {
        name,
        ...(typeof description === 'string' && { description }),
        ...(parameters !== undefined && { parameters }),
      },
    });
  }
  return { tools };
}
export type ToolProblem = 'json' | 'list' | 'name' | 'parameters';

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

export type ChatMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string | readonly ContentPart[] }
  | {
      readonly role: 'assistant';
      readonly content: string | null;
      readonly tool_calls?: readonly {
        readonly id: string;
        readonly type: 'function';
        readonly function: { readonly name: string; readonly arguments: string };
      }[];
    }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string };

export interface ChatBody {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly [parameter: string]: unknown;
}

/** The body of the next call of a model: everything up to the last turn, with what this model said. */
export function toChatBody(settings: Settings, turns: readonly Turn[], column: Column): ChatBody {
  const { parameters } = settings;
  const tools = parseTools(settings.tools);
  return {
    model: column.model,
    messages: [
      ...(settings.system.trim() === '' ? [] : [{ role: 'system' as const, content: settings.system }]),
      ...turns.flatMap((turn) => [toUserMessage(turn), ...toAnswerMessages(column.answers[turn.id] ?? [])]),
    ],
    ...numberOf('temperature', parameters.temperature),
    ...numberOf('top_p', parameters.topP),
    ...numberOf(parameters.maxTokensName, parameters.maxTokens),
    ...(parameters.reasoningEffort !== '' && { reasoning_effort: parameters.reasoningEffort }),
    ...(parameters.format === 'json' && { response_format: { type: 'json_object' } }),
    ...('tools' in tools && tools.tools.length > 0 && { tools: tools.tools }),
    ...(parameters.stream && { stream: true, stream_options: { include_usage: true } }),
  };
}

function numberOf(name: string, text: string): Record<string, number> {
  const value = Number(text.replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(value) ? {} : { [name]: value };
}

function toUserMessage({ text, images }: Turn): ChatMessage {
  if (images.length === 0) return { role: 'user', content: text };
  const parts: ContentPart[] = images.map(({ url }) => ({ type: 'image_url', image_url: { url } }));
  return { role: 'user', content: text === '' ? parts : [{ type: 'text', text }, ...parts] };
}

/** A call that failed said nothing; one whose tools are not answered yet cannot be continued, and is left out. */
function toAnswerMessages(steps: readonly Step[]): ChatMessage[] {
  return steps.flatMap((step): ChatMessage[] => {
    if (step.state === 'running' || step.state === 'failed') return [];
    if (step.toolCalls.length === 0) {
      return step.text === '' ? [] : [{ role: 'assistant', content: step.text }];
    }
    if (!hasAllResults(step)) return [];
    return [
      {
        role: 'assistant',
        content: step.text === '' ? null : step.text,
        tool_calls: step.toolCalls.map(({ id, name, arguments: text }) => ({
          id,
          type: 'function' as const,
          function: { name, arguments: text },
        })),
      },
      ...step.toolCalls.map(({ id }) => ({
        role: 'tool' as const,
        tool_call_id: id,
        content: step.toolResults[id] ?? '',
      })),
    ];
  });
}

/** Whether somebody has typed what each tool answered. */
export function hasAllResults({ toolCalls, toolResults }: Step): boolean {
  return toolCalls.every(({ id }) => (toolResults[id] ?? '') !== '');
}
