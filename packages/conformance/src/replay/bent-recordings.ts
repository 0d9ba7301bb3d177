/**
 * Recordings that nobody can say the same of in another format, each with its reason. Tests assert that each of them
 * still differs, so that the list cannot grow stale.
 */

export const BENT: Readonly<Record<string, string>> = {
  'anthropic/anthropic-sdk-python/refusal_response.txt#0':
    'made up by hand: the cumulative count of output falls from 1 to 0; the larger is kept',
  'openai/vercel-ai/responses__openai-shell-container.1.chunks.txt#0':
    'shortened by hand: the text of the deltas is not a beginning of the text of the item',
};
