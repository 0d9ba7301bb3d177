/** `models/{model}:embedContent`, `:batchEmbedContents`, and the list of models. */
import type { SimulatedModel } from '../models.ts';
import { vectorOf } from '../openai/embeddings.ts';
import { countTokens } from '../tokens.ts';
import { asNumber, asObjects, asText, type Body, isObject, parseJson } from '../wire/json.ts';
import type { Reply } from '../wire/reply.ts';
import type { Call, Stage } from '../wire/speech.ts';
import { carryOut, readOnly, taskReply } from '../wire/task.ts';
import {
  checkGeminiKey,
  GEMINI_HEADERS,
  GEMINI_JSON,
  geminiErrors,
  geminiFailure,
  refuse,
} from './gemini-error.ts';
import { refusal } from './generate.ts';
import { camelCase } from './known-names.ts';

const SINGLE = new Set('content taskType title outputDimensionality model embedContentConfig'.split(' '));

/** Both spellings as one. */
function inCamelCase(body: Body): Body {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [camelCase(name), value]));
}

export function answerEmbed(call: Call, stage: Stage, isBatch: boolean): Reply {
  const parsed = parseJson(call.bodyText);
  const body = isObject(parsed) ? inCamelCase(parsed) : {};
  const method = isBatch ? 'batchEmbedContents' : 'embedContent';
  const requests = isBatch ? asObjects(body.requests).map(inCamelCase) : [body];
  const texts = requests.map(({ content }) => textOf(content));
  return carryOut(
    call,
    stage,
    {
      format: 'gemini-embed',
      kinds: ['embedding'],
      errors: geminiErrors(method),
      fixedHeaders: GEMINI_HEADERS,
      body,
      model: call.captured[0] ?? '',
      marks: texts,
      parameters: isBatch ? new Set(['requests']) : SINGLE,
      failure: checkGeminiKey(call, stage),
      refuseUnknown: (name) =>
        geminiFailure(400, `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`),
    },
    (task) => {
      if (texts.length === 0 || texts.some((text) => text === ''))
        refuse('* EmbedContentRequest.content: contents is not specified\n');
      const embeddings = requests.map((request, i) => {
        const dimensions = asNumber(request.outputDimensionality) ?? 16;
        if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > 3_072)
          refuse('* EmbedContentRequest.output_dimensionality: must be in the range [1, 3072].\n');
        return { values: vectorOf(texts[i] ?? '', dimensions, stage.runtime.seed) };
      });
      const sum = texts.reduce((tokens, text) => tokens + countTokens(text), 0);
      const promptTokens = Math.floor(task.controls['input-tokens'] ?? sum);
      const answer = isBatch ? { embeddings } : { embedding: embeddings[0] };
      // This API does not say what it bills.
      return taskReply(task, readOnly(promptTokens), JSON.stringify(answer, null, 2), GEMINI_JSON, false);
    },
  );
}

function textOf(content: unknown): string {
  if (!isObject(content)) return '';
  const parts = isObject(content.parts) ? [content.parts] : asObjects(content.parts);
  return parts.map(({ text }) => asText(text) ?? '').join('');
}

const METHODS: Partial<Record<SimulatedModel['kind'], readonly string[]>> = {
  chat: ['generateContent', 'countTokens', 'createCachedContent', 'batchGenerateContent'],
  embedding: ['embedContent', 'countTextTokens', 'countTokens', 'asyncBatchEmbedContent'],
};

function modelOf({ id, kind, contextTokensMax }: SimulatedModel): object {
  return {
    name: `models/${id}`,
    version: '001',
    displayName: id,
    description: 'A simulated model.',
    inputTokenLimit: contextTokensMax,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: METHODS[kind] ?? [],
    thinking: true,
  };
}

export function answerGeminiModels(call: Call, stage: Stage): Reply {
  const facts = { format: 'gemini-models', model: call.captured[0] ?? '', isStream: false };
  const failure = checkGeminiKey(call, stage);
  if (failure !== null) return refusal(facts, failure);
  const models = [...stage.settings.models.values()].filter(({ kind }) => METHODS[kind] !== undefined);
  const id = call.captured[0];
  const found = models.find((model) => model.id === id);
  if (id !== undefined && found === undefined) return refusal(facts, geminiErrors('get').unknownModel(id));
  const body = found === undefined ? { models: models.map(modelOf) } : modelOf(found);
  return {
    ...facts,
    kind: 'plain',
    status: 200,
    controls: {},
    metadata: null,
    user: null,
    inputTokens: 0,
    fixedHeaders: GEMINI_HEADERS,
    headers: GEMINI_JSON,
    body: `${JSON.stringify(body, null, 2)}\n`,
    usage: readOnly(0),
    hasUsage: false,
    delayMs: 0,
  };
}
