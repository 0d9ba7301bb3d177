/** A request for generated content, in no vendor's words. Absent means: the caller did not say. */
import type { CacheMark, Native, Part } from './parts.ts';
import type { JsonObject } from './wire-format.ts';

export interface NeutralMessage {
  /** `tool` messages hold only toolResult parts. System and developer messages stand where the caller put them. */
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  readonly content: readonly Part[];
  /** Which of several speakers of the role. */
  readonly name?: string;
}

export type NeutralTool =
  | {
      readonly kind: 'function';
      readonly name: string;
      readonly description?: string;
      /** JSON Schema; absent: no parameters. */
      readonly parameters?: JsonObject;
      readonly strict?: boolean;
      readonly cacheMark?: CacheMark;
      /** Declared by OpenAI's deprecated `functions`, whose answers say `function_call`. */
      readonly legacy?: boolean;
    }
  | {
      readonly kind: 'custom';
      readonly name: string;
      readonly description?: string;
      /** OpenAI's grammar or text format. */
      readonly format?: JsonObject;
    }
  /** A tool that the provider runs itself, such as web search. Unbounded under a hard budget without a cap. */
  | { readonly kind: 'server'; readonly name: string; readonly native: Native };

export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'required' }
  | { readonly kind: 'tool'; readonly name: string }
  | { readonly kind: 'allowed'; readonly mode: 'auto' | 'required'; readonly names: readonly string[] };

export type OutputFormat =
  | { readonly kind: 'text' }
  | { readonly kind: 'json' }
  | {
      readonly kind: 'schema';
      readonly schema: JsonObject;
      readonly name?: string;
      readonly description?: string;
      readonly strict?: boolean;
    };

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export interface ReasoningWish {
  readonly effort?: ReasoningEffort;
  /** Tokens; 0 switches it off, `'dynamic'` leaves it to the model (Gemini's -1, Anthropic's adaptive). */
  readonly budgetTokens?: number | 'dynamic';
  /** Whether and how the caller wants to see it. */
  readonly summary?: 'none' | 'auto' | 'concise' | 'detailed';
}

export interface NeutralRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly messages: readonly NeutralMessage[];
  readonly tools: readonly NeutralTool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly outputFormat?: OutputFormat;
  /** Tokens, reasoning included. */
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  /** How many answers. */
  readonly choices?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  /** `top` is how many alternatives per token; 0: only the chosen one. */
  readonly logprobs?: { readonly top: number };
  readonly logitBias?: Readonly<Record<string, number>>;
  readonly reasoning?: ReasoningWish;
  readonly verbosity?: 'low' | 'medium' | 'high';
  readonly outputModalities?: readonly ('text' | 'audio' | 'image')[];
  readonly audioOutput?: { readonly voice: string; readonly format: string };
  readonly serviceTier?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly endUser?: string;
  readonly promptCacheKey?: string;
  readonly safetyIdentifier?: string;
  readonly store?: boolean;
  /** Safety thresholds, as Gemini says them, and what else only one format has: by its own member name. */
  readonly nativeMembers?: { readonly format: Native['format']; readonly members: JsonObject };
}
