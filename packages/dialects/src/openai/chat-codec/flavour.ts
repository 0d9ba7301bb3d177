/**
 * How the many servers that speak OpenAI's chat format differ in what they take. Data: which provider is which
 * stands with the providers.
 */
export interface ChatFlavour {
  /** As a person would name it, for reports. */
  readonly target: string;
  readonly maxTokensMember: 'max_completion_tokens' | 'max_tokens';
  /** False: developer messages are sent as system messages. */
  readonly developerRole: boolean;
  /** Where earlier reasoning goes on an assistant message; `none`: it would be refused or ignored. */
  readonly earlierReasoning: 'none' | 'reasoning' | 'reasoning_content' | 'reasoning_details' | 'thinking';
  /** Which member asks for reasoning. */
  readonly reasoningWish: 'none' | 'reasoning_effort' | 'reasoning' | 'thinking';
  /** Anthropic's `cache_control` on parts and tools. */
  readonly cacheMarks: boolean;
  readonly topK: boolean;
  /** Images in tool and assistant messages, videos, files by their address. */
  readonly mediaAnywhere: boolean;
  /** Ids of calls that it takes. */
  readonly callId: { readonly allowed: RegExp; readonly maxLength: number };
  /** Members that it refuses; left out and reported. */
  readonly unknownMembers: readonly string[];
}

/** OpenAI itself. */
export const OPENAI_FLAVOUR: ChatFlavour = {
  target: 'OpenAI chat completions',
  maxTokensMember: 'max_completion_tokens',
  developerRole: true,
  earlierReasoning: 'none',
  reasoningWish: 'reasoning_effort',
  cacheMarks: false,
  topK: false,
  mediaAnywhere: false,
  // Printable ASCII; longer ones are refused ("expected a string with maximum length 40").
  callId: { allowed: /[!-~]/, maxLength: 40 },
  unknownMembers: [],
};

/** What Tollgate itself, OpenRouter and LiteLLM read: everything that anybody added to the format. */
export const OPEN_FLAVOUR: ChatFlavour = {
  target: 'the provider',
  maxTokensMember: 'max_completion_tokens',
  developerRole: true,
  earlierReasoning: 'reasoning_details',
  reasoningWish: 'reasoning',
  cacheMarks: true,
  topK: true,
  mediaAnywhere: true,
  callId: { allowed: /[!-~]/, maxLength: 512 },
  unknownMembers: [],
};
