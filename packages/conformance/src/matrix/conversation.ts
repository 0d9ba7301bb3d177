/** A conversation in no client's words: what the matrix asks, and what each client must see of the answer. */

export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly schema: Record<string, unknown>;
}

export type Turn =
  | { readonly role: 'system'; readonly text: string }
  | { readonly role: 'user'; readonly text: string /** PNG as base64. */; readonly image?: string }
  /** As the client itself keeps it. */
  | { readonly role: 'assistant'; readonly native: unknown }
  | { readonly role: 'tool'; readonly callId: string; readonly name: string; readonly text: string };

export interface Question {
  readonly origin: string;
  readonly apiKey: string;
  readonly model: string;
  readonly stream: boolean;
  readonly turns: readonly Turn[];
  readonly tools?: readonly Tool[];
  /** The model must call a tool. */
  readonly mustCall?: boolean;
  readonly schema?: Record<string, unknown>;
  readonly maxTokens?: number;
  readonly isReasoning?: boolean;
}

export interface Call {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

export interface Reply {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly Call[];
  /** As the client names it. */
  readonly finish: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** What its user sends back in the next turn. */
  readonly native: unknown;
}

export interface MatrixClient {
  readonly name: string;
  /** Features that the client itself cannot ask for or show, each with the reason. */
  readonly lacks: Readonly<Record<string, string>>;
  ask(question: Question): Promise<Reply>;
}

/** What an error of any client has in common: the status that the provider's class is made from. */
export function statusOf(error: unknown): number | undefined {
  const { status, statusCode, cause, lastError } = error as Record<string, unknown>;
  if (typeof status === 'number') return status;
  if (typeof statusCode === 'number') return statusCode;
  const inner = lastError ?? cause;
  return typeof inner === 'object' && inner !== null ? statusOf(inner) : undefined;
}

export function parseInput(text: string): unknown {
  return text === '' ? {} : JSON.parse(text);
}
