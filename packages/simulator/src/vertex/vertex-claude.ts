/** Claude on Vertex AI: `publishers/anthropic/models/{model}:rawPredict` and `:streamRawPredict`. */
import { anthropicErrors, anthropicFailure, fixedHeaders } from '../anthropic/anthropic-error.ts';
import { countMessage, tellMessage, withRequestId } from '../anthropic/messages.ts';
import { marksOf, parseMessages } from '../anthropic/messages-request.ts';
import { refusal } from '../gemini/generate.ts';
import { isObject, parseJson } from '../wire/json.ts';
import { type Reply, WireRefusal } from '../wire/reply.ts';
import { type Call, type Reading, type Stage, speak } from '../wire/speech.ts';
import { checkToken } from './vertex-token.ts';

/** Counting has a model name of its own. */
const COUNTER = 'count-tokens';

export function answerRawPredict(call: Call, stage: Stage, isStream: boolean): Reply {
  const [asked = ''] = call.captured;
  const isCount = asked === COUNTER;
  const format = isCount ? 'vertex-count-tokens' : 'vertex-messages';
  const failure = checkToken(call, stage);
  if (failure !== null) return refusal({ format, model: asked, isStream }, failure);
  const body = parseJson(call.bodyText);
  const named = isObject(body) && typeof body.model === 'string' ? body.model : '';
  // `sim-claude@20260101` is a version of `sim-claude`.
  const model = (isCount ? named : asked).replace(/@.*$/, '');
  const { requestId } = call;
  const reading: Reading = {
    format,
    errors: anthropicErrors(requestId),
    model,
    isStream,
    marks: marksOf(body),
    fixedHeaders: fixedHeaders(requestId),
    parse: (isLenient) =>
      withRequestId(requestId, () =>
        parseMessages(wordsOf(body, model, isCount, isStream), isLenient, !isCount),
      ),
  };
  const spoken = speak(call, stage, reading);
  if (spoken.kind === 'denied') return spoken.reply;
  return isCount ? countMessage(spoken) : tellMessage(spoken, requestId);
}

/** The path names the model: the body may not, and must name the version of the format. */
function wordsOf(body: unknown, model: string, isCount: boolean, isStream: boolean): unknown {
  const refuse = (message: string): never => {
    throw new WireRefusal(anthropicFailure('', 400, message));
  };
  if (!isObject(body)) return refuse('The request body is not valid JSON');
  if (body.anthropic_version !== 'vertex-2023-10-16') return refuse('anthropic_version: Field required');
  if ('model' in body && !isCount) return refuse('model: Extra inputs are not permitted');
  if (body.stream === true && !isStream) return refuse('stream: streamRawPredict must be used for streams');
  return { ...body, model, stream: isStream && body.stream !== false };
}
