/**
 * Recordings that nobody can say the same of in another format, each with its reason. Tests assert that each of them
 * still differs, so that the list cannot grow stale.
 */

const PARTIAL_ARGUMENTS =
  'arguments come in pieces only where `streamFunctionCallArguments` asks for it (Vertex AI reference, ' +
  'FunctionCallingConfig), which only a Gemini client can: its stream passes as bytes';

export const BENT: Readonly<Record<string, string>> = {
  'anthropic/anthropic-sdk-python/refusal_response.txt#0':
    'made up by hand: the cumulative count of output falls from 1 to 0; the larger is kept',
  'openai/vercel-ai/responses__openai-shell-container.1.chunks.txt#0':
    'shortened by hand: the text of the deltas is not a beginning of the text of the item',
  'google/prism/use-cache-with-structured-1.json#0':
    'no answer at all, but the cached content itself, filed under generateContent',
  'google/vercel-ai/google-stream-no-args-tool-call.chunks.txt#0': PARTIAL_ARGUMENTS,
  'google/vercel-ai/google-stream-tool-call-arguments.chunks.txt#0': PARTIAL_ARGUMENTS,
  'google/vercel-ai/google-stream-tool-call-array-arguments-missing-terminal-function-call.chunks.txt#0':
    PARTIAL_ARGUMENTS,
  'google-vertex/js-genai/Chats_Tests_chats_function_calling_Vertex_AI_with_streaming_function_calling_arguments_stream.json#0':
    PARTIAL_ARGUMENTS,
  'google-vertex/js-genai/Client_Tests_generateContentStream_partial_function_calling_Vertex_AI_should_stream_generate_content_with_particial_function_calling_in_the_content.json#0':
    PARTIAL_ARGUMENTS,
};
