/** Which path is answered by which format. Patterns capture what stands for the ids of models and objects. */
import { answerCountTokens, answerMessages, answerModels } from './anthropic/messages.ts';
import { answerAzureChat } from './azure/azure-chat.ts';
import { answerConverse, answerInvoke } from './bedrock/bedrock.ts';
import { answerCohereChat } from './cohere/cohere-chat.ts';
import { answerCohereEmbed, answerRerank } from './cohere/cohere-tasks.ts';
import { answerEmbed, answerGeminiModels } from './gemini/embed.ts';
import { checkGeminiKey } from './gemini/gemini-error.ts';
import { answerGeminiCount, answerGenerate } from './gemini/generate.ts';
import { answerSpeech, answerTranscription } from './openai/audio.ts';
import { type AnswerLine, answerBatch, answerBatchCreate, answerBatchList } from './openai/batches.ts';
import { answerOpenAiChat } from './openai/chat.ts';
import { answerCompletions } from './openai/completions.ts';
import { answerEmbeddings } from './openai/embeddings.ts';
import { answerFile, answerFileList, answerFileUpload } from './openai/files.ts';
import { answerImageEdits, answerImages } from './openai/images.ts';
import { answerModerations } from './openai/moderations.ts';
import { answerKeptResponse, answerResponses } from './openai/responses/responses.ts';
import { answerRawPredict } from './vertex/vertex-claude.ts';
import { answerToken, checkToken } from './vertex/vertex-token.ts';
import type { Reply } from './wire/reply.ts';
import type { Call, Stage } from './wire/speech.ts';

type Headers = NodeJS.Dict<string | string[]>;
type Answer = (call: Call, stage: Stage) => Reply;

export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  /** Where one path belongs to two providers, the headers tell. */
  readonly when: (headers: Headers) => boolean;
  readonly answer: Answer;
}

const always = () => true;
const isAnthropic = (headers: Headers) =>
  headers['anthropic-version'] !== undefined || headers['x-api-key'] !== undefined;

function route(method: string, pattern: RegExp, answer: Answer, when: Route['when'] = always): Route {
  return { method, pattern, answer, when };
}

/** Azure's newer paths are OpenAI's own below `/openai`. */
function openAi(method: string, path: string, answer: Answer): Route {
  return route(method, new RegExp(`^(?:/openai)?/v1/${path}$`), answer);
}

/** The same below a deployment; its name is taken from the body there. */
const DEPLOYMENT = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/;

const OPENAI: readonly Route[] = [
  route('POST', /^\/openai\/v1\/chat\/completions$/, answerOpenAiChat),
  openAi('POST', 'responses', answerResponses),
  openAi('GET', 'responses/([^/]+)', answerKeptResponse),
  openAi('DELETE', 'responses/([^/]+)', answerKeptResponse),
  openAi('POST', 'completions', answerCompletions),
  openAi('POST', 'embeddings', answerEmbeddings),
  openAi('POST', 'moderations', answerModerations),
  openAi('POST', 'images/generations', answerImages),
  openAi('POST', 'images/edits', answerImageEdits),
  openAi('POST', 'audio/speech', answerSpeech),
  openAi('POST', 'audio/transcriptions', answerTranscription),
  openAi('POST', 'files', answerFileUpload),
  openAi('GET', 'files', answerFileList),
  openAi('GET', 'files/([^/]+)(?:/(content))?', answerFile),
  openAi('DELETE', 'files/([^/]+)', answerFile),
  openAi('POST', 'batches', (call, stage) => answerBatchCreate(call, stage, lineAnswerer(call, stage))),
  openAi('GET', 'batches', answerBatchList),
  openAi('GET', 'batches/([^/]+)', answerBatch),
  openAi('POST', 'batches/([^/]+)/(cancel)', answerBatch),
];

const AZURE: readonly Route[] = [route('POST', DEPLOYMENT, answerAzureChat)];

const ANTHROPIC: readonly Route[] = [
  route('POST', /^\/v1\/messages$/, answerMessages),
  route('POST', /^\/v1\/messages\/count_tokens$/, answerCountTokens),
  route('GET', /^\/v1\/models$/, answerModels, isAnthropic),
  route('GET', /^\/v1\/models\/([^/]+)$/, answerModels, isAnthropic),
];

/** Gemini's API and Vertex AI differ in path and credential only. */
function generating(prefix: string, failureOf: typeof checkGeminiKey): Route[] {
  const method = (name: string) => new RegExp(`^${prefix}/([^/]+):${name}$`);
  return [
    route('POST', method('generateContent'), (call, stage) =>
      answerGenerate(call, stage, false, failureOf(call, stage)),
    ),
    route('POST', method('streamGenerateContent'), (call, stage) =>
      answerGenerate(call, stage, true, failureOf(call, stage)),
    ),
    route('POST', method('countTokens'), (call, stage) =>
      answerGeminiCount(call, stage, failureOf(call, stage)),
    ),
  ];
}

const GEMINI: readonly Route[] = [
  ...generating('/v1(?:beta)?/models', checkGeminiKey),
  route('POST', /^\/v1(?:beta)?\/models\/([^/]+):embedContent$/, (call, stage) =>
    answerEmbed(call, stage, false),
  ),
  route('POST', /^\/v1(?:beta)?\/models\/([^/]+):batchEmbedContents$/, (call, stage) =>
    answerEmbed(call, stage, true),
  ),
  route('GET', /^\/v1beta\/models$/, answerGeminiModels),
  route('GET', /^\/v1beta\/models\/([^/]+)$/, answerGeminiModels),
];

const PUBLISHERS = '/v1(?:beta1)?/projects/[^/]+/locations/[^/]+/publishers';

const VERTEX: readonly Route[] = [
  route('POST', /^\/token$/, answerToken),
  ...generating(`${PUBLISHERS}/google/models`, checkToken),
  route('POST', new RegExp(`^${PUBLISHERS}/anthropic/models/([^/]+):rawPredict$`), (call, stage) =>
    answerRawPredict(call, stage, false),
  ),
  route('POST', new RegExp(`^${PUBLISHERS}/anthropic/models/([^/]+):streamRawPredict$`), (call, stage) =>
    answerRawPredict(call, stage, true),
  ),
];

const BEDROCK: readonly Route[] = [
  route('POST', /^\/model\/([^/]+)\/converse$/, (call, stage) => answerConverse(call, stage, false)),
  route('POST', /^\/model\/([^/]+)\/converse-stream$/, (call, stage) => answerConverse(call, stage, true)),
  route('POST', /^\/model\/([^/]+)\/invoke$/, (call, stage) => answerInvoke(call, stage, false)),
  route('POST', /^\/model\/([^/]+)\/invoke-with-response-stream$/, (call, stage) =>
    answerInvoke(call, stage, true),
  ),
];

const COHERE: readonly Route[] = [
  route('POST', /^\/v2\/chat$/, answerCohereChat),
  route('POST', /^\/v[12]\/rerank$/, answerRerank),
  route('POST', /^\/v2\/embed$/, answerCohereEmbed),
];

const ROUTES: readonly Route[] = [
  ...OPENAI,
  ...AZURE,
  ...ANTHROPIC,
  ...GEMINI,
  ...VERTEX,
  ...BEDROCK,
  ...COHERE,
];

export function findRoute(method: string, path: string, headers: Headers): Route | undefined {
  return ROUTES.find((item) => item.method === method && item.pattern.test(path) && item.when(headers));
}

/** Answers a line of a batch as the endpoint would have. */
function lineAnswerer(call: Call, stage: Stage): AnswerLine {
  return (path, bodyText) => {
    const inner = { ...call, method: 'POST', path, captured: [], bodyText, bytes: Buffer.from(bodyText) };
    const answer = path === '/v1/chat/completions' ? answerOpenAiChat : findRoute('POST', path, {})?.answer;
    if (answer === undefined) throw new Error(`Cannot answer a line of a batch: nothing is at ${path}.`);
    return answer(inner, stage);
  };
}
