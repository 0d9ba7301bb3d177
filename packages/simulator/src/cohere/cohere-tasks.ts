/** Cohere's rerank (also at `/v1/rerank`, where OpenAI-compatible servers put it) and embed. */
import { vectorOf } from '../openai/embeddings.ts';
import { countTokens } from '../tokens.ts';
import { asNumber, asText, type Body, isObject, parseJson } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import type { Call, Stage } from '../wire/speech.ts';
import { bendUsage } from '../wire/sse.ts';
import { carryOut, readOnly, type Task, type TaskReading, taskReply } from '../wire/task.ts';
import { withId } from './cohere-chat.ts';
import { checkCohereKey, cohereErrors, cohereFailure, cohereHeaders, uuidOf } from './cohere-error.ts';
import { refuse } from './cohere-request.ts';

const RERANK = new Set(
  'model query documents top_n max_tokens_per_doc return_documents rank_fields max_chunks_per_doc priority'.split(
    ' ',
  ),
);
const EMBED = new Set(
  'model texts images inputs input_type embedding_types truncate output_dimension max_tokens priority'.split(
    ' ',
  ),
);
const DOCUMENTS_MAX = 1_000;

function readingOf(
  call: Call,
  stage: Stage,
  body: Body,
  format: string,
  marked: string,
  kind: 'rerank' | 'embedding',
): TaskReading {
  const { requestId } = call;
  return {
    format,
    kinds: [kind],
    errors: cohereErrors(requestId),
    fixedHeaders: cohereHeaders(requestId),
    body,
    model: asText(body.model) ?? '',
    marks: [asText(body[marked]) ?? '', ...textsIn(body[marked])],
    parameters: kind === 'rerank' ? RERANK : EMBED,
    failure: checkCohereKey(call, stage),
    refuseUnknown: (name) =>
      cohereFailure(requestId, 422, `unknown field: parameter '${name}' is not a valid field`),
  };
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === 'string').slice(0, 100)
    : [];
}

export function answerRerank(call: Call, stage: Stage): Reply {
  const body = objectOf(call);
  const reading = readingOf(call, stage, body, 'cohere-rerank', 'query', 'rerank');
  return carryOut(call, stage, reading, (task) => withId(call.requestId, () => rank(task, call, stage)));
}

function objectOf(call: Call): Body {
  const body = parseJson(call.bodyText);
  return isObject(body) ? body : {};
}

function rank(task: Task, call: Call, stage: Stage): Reply {
  const { body, controls } = task;
  const { documents, query } = body;
  if (typeof query !== 'string' || query === '') refuse('invalid request: query must not be empty');
  if (!Array.isArray(documents) || documents.length === 0 || documents.length > DOCUMENTS_MAX)
    refuse('invalid request: list of documents must have 1 to 1000 elements');
  const texts = documents.map((item: unknown) => (typeof item === 'string' ? item : JSON.stringify(item)));
  const asked = vectorOf(query, 8, stage.runtime.seed);
  const results = texts
    .map((text, index) => {
      const vector = vectorOf(text, 8, stage.runtime.seed);
      const cosine = vector.reduce((sum, value, i) => sum + value * (asked[i] ?? 0), 0);
      const document = body.return_documents === true ? { document: { text } } : {};
      return { index, relevance_score: Math.round((cosine + 1) * 500_000) / 1_000_000, ...document };
    })
    .sort((a, b) => b.relevance_score - a.relevance_score)
    .slice(0, asNumber(body.top_n) ?? texts.length);
  // One search covers a query and up to a hundred documents.
  const searches = Math.ceil(texts.length / 100);
  const meta = {
    api_version: { version: '2' },
    billed_units: bendUsage({ search_units: searches }, controls),
  };
  const answer = { id: uuidOf(call.requestId), results, meta };
  return taskReply(task, readOnly(0, { searches }), JSON.stringify(answer));
}

export function answerCohereEmbed(call: Call, stage: Stage): Reply {
  const body = objectOf(call);
  const reading = readingOf(call, stage, body, 'cohere-embed', 'texts', 'embedding');
  return carryOut(call, stage, reading, (task) =>
    withId(call.requestId, () => {
      const texts = textsIn(body.texts);
      if (texts.length === 0) refuse('invalid request: at least one text is required');
      if (body.input_type === undefined) refuse('invalid request: input_type is required');
      const dimensions = asNumber(body.output_dimension) ?? 16;
      if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > 1_536)
        refuse('invalid request: output_dimension must be 1 to 1536');
      const float = texts.map((text) => vectorOf(text, dimensions, stage.runtime.seed));
      const promptTokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
      const billed_units = bendUsage({ input_tokens: promptTokens }, task.controls);
      const meta = { api_version: { version: '2' }, billed_units };
      const answer = {
        id: uuidOf(call.requestId),
        embeddings: { float },
        texts,
        meta,
        response_type: 'embeddings_by_type',
      };
      return taskReply(task, readOnly(promptTokens), JSON.stringify(answer));
    }),
  );
}
