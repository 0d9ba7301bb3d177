/**
 * The most that a request can make a provider do, as its own words bound it: what budgets hold before it is sent.
 *
 * Every endpoint's reader gives one. Not here: prices, the model's own limits and what the answer really used.
 * When in doubt, more: what is held too much comes back in a moment, what is held too little is overspent.
 */
export interface RequestUse {
  /** No tokenizer makes more than one token of a byte: the bytes of everything that the provider will read. */
  readonly inputTokensMax: number;
  /**
   * The provider reads what is not in the request (URLs, stored files and conversations), or bytes that say
   * nothing about tokens (images): the input is then bounded by the model's context window alone.
   */
  readonly unseenInput: boolean;
  /**
   * How often a whole context window may be read: each text of a list may fill it, and so may each turn in which a
   * server tool brings something. 1 unless told.
   */
  readonly prompts?: number;
  /** The request asks for a context window of this size, whatever the catalogue says of the model. */
  readonly askedWindow?: number;
  /** Tokens per choice; null: the caller set none. 0: nothing is generated (embeddings). */
  readonly outputCap: number | null;
  /** How often the output is written: `n`, `best_of`. */
  readonly choices: number;
  /** Input or output may be audio, which has prices of its own. */
  readonly audio: boolean;
  /** The most of each unit or image, named as price components are: `image:high/1024x1024`, `unit:web_search`. */
  readonly units?: Readonly<Record<string, number>>;
  /** Nothing in the request bounds it: a server tool without a cap, for example. */
  readonly unbounded: boolean;
}

const MAX_CHOICES = 16_384;

/**
 * How often the output is written, from a member such as `n`. Lenient servers and protobuf take whole numbers as
 * text, too. What no provider accepts costs nothing; it is only not to be taken for one.
 */
export function countChoices(value: unknown): number {
  const count =
    typeof value === 'string' && /^\s*\+?\d{1,12}(?:\.\d*)?\s*$/.test(value) ? Number(value) : value;
  return typeof count === 'number' && count > 1 ? Math.min(Math.ceil(count), MAX_CHOICES) : 1;
}

const TOOLS_PROMPT_TOKENS = 1_024;

/** What providers put into the prompt that is in no request, for any tools: Claude's is up to 500 tokens. */
export function toolPromptTokens(tools: unknown): number {
  const isGiven = Array.isArray(tools) ? tools.length > 0 : typeof tools === 'object' && tools !== null;
  return isGiven ? TOOLS_PROMPT_TOKENS : 0;
}
