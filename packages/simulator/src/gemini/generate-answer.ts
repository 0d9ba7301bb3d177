/** The answer that Gemini would send: candidates, thoughts, signatures, usage, and what it blocks. */
import type { AnsweredChoice } from '../answer.ts';
import { PICTURE_BASE64 } from '../picture.ts';
import { countTokens, cutIntoPieces } from '../tokens.ts';
import type { Spoken } from '../wire/speech.ts';
import { bendUsage, type WireEvent } from '../wire/sse.ts';
import type { GenerateRequest } from './generate-request.ts';
import { signCall, signText } from './thought-signatures.ts';

type Part = Readonly<Record<string, unknown>>;

const CATEGORIES = ['SEXUALLY_EXPLICIT', 'HATE_SPEECH', 'HARASSMENT', 'DANGEROUS_CONTENT'] as const;
const FINISH_REASONS = { stop: 'STOP', length: 'MAX_TOKENS', tool_calls: 'STOP' } as const;

function safetyRatings(isBlocked: boolean): object[] {
  return CATEGORIES.map((category) => {
    const isHigh = isBlocked && category === 'DANGEROUS_CONTENT';
    const probability = isHigh ? 'HIGH' : 'NEGLIGIBLE';
    return { category: `HARM_CATEGORY_${category}`, probability, ...(isHigh ? { blocked: true } : {}) };
  });
}

function finishReason(choice: AnsweredChoice, { controls }: Spoken): string {
  if (controls.finish !== undefined) return controls.finish;
  if (controls['safety-block'] === 'answer') return 'SAFETY';
  if (choice.isRefusal) return 'PROHIBITED_CONTENT';
  return FINISH_REASONS[choice.finishReason];
}

/** Thoughts are apart from the candidates' tokens, cached tokens are part of the prompt's. */
function usageOf({ usage, controls }: Spoken, visible: number, thoughts: number): unknown {
  const { promptTokens, cachedTokens } = usage;
  return bendUsage(
    {
      promptTokenCount: promptTokens,
      ...(visible > 0 ? { candidatesTokenCount: visible } : {}),
      totalTokenCount: promptTokens + visible + thoughts,
      ...(cachedTokens > 0
        ? {
            cachedContentTokenCount: cachedTokens,
            cacheTokensDetails: [{ modality: 'TEXT', tokenCount: cachedTokens }],
          }
        : {}),
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: promptTokens }],
      ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
    },
    controls,
  );
}

function envelope(
  spoken: Spoken,
  candidates: readonly object[] | null,
  usage: unknown,
  rest: object = {},
): object {
  return {
    ...(candidates === null ? {} : { candidates }),
    ...rest,
    ...(usage === undefined ? {} : { usageMetadata: usage }),
    modelVersion: spoken.controls['response-model'] ?? spoken.model.id,
    responseId: spoken.answer.id.slice(9, 32),
  };
}

/** The prompt itself was refused: no candidates, and only the prompt was read. */
export function promptBlock(spoken: Spoken): object {
  const promptFeedback = { blockReason: 'SAFETY', safetyRatings: safetyRatings(true) };
  return envelope(spoken, null, usageOf(spoken, 0, 0), { promptFeedback });
}

function callPart(choice: AnsweredChoice, i: number): Part {
  const call = choice.toolCalls[i]!;
  const args = argumentsOf(call.arguments);
  const part = { functionCall: { name: call.name, args, id: call.id.slice(5, 13) } };
  // Of parallel calls only the first is signed.
  return i === 0 ? { ...part, thoughtSignature: signCall(call.name, args) } : part;
}

function argumentsOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function picturePart(): Part {
  return { inlineData: { mimeType: 'image/png', data: PICTURE_BASE64 } };
}

/** Each part with the tokens that it cost: one token a part for a stream, whole parts otherwise. */
function* partsOf(
  choice: AnsweredChoice,
  spoken: Spoken,
): Generator<{ part: Part; tokens: number; thoughts: number }> {
  const request = spoken.request as GenerateRequest;
  const { reasoningTokens, reasoningText } = choice;
  const isShown = request.includeThoughts || spoken.controls.reasoning === true;
  let hidden = 0;
  if (isShown)
    for (const { text, tokens } of cutIntoPieces(reasoningText))
      yield { part: { text, thought: true }, tokens: 0, thoughts: tokens };
  else hidden = reasoningTokens;
  for (const { text, tokens } of cutIntoPieces(choice.text ?? '')) {
    yield { part: { text }, tokens, thoughts: hidden };
    hidden = 0;
  }
  for (const [i, call] of choice.toolCalls.entries()) {
    const tokens = countTokens(call.name) + countTokens(call.arguments);
    yield { part: callPart(choice, i), tokens, thoughts: hidden };
    hidden = 0;
  }
  for (let i = 0; i < Math.min(spoken.controls.images ?? 0, 20); i += 1)
    yield { part: picturePart(), tokens: 0, thoughts: 0 };
  if (hidden > 0) yield { part: { text: '' }, tokens: 0, thoughts: hidden };
}

function isThought(part: Part): boolean {
  return part.thought === true;
}

/** Neighbouring texts of one kind become one part, as in an answer that was not streamed. */
function joined(parts: Iterable<Part>): Part[] {
  const all: Part[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (
      typeof last?.text === 'string' &&
      typeof part.text === 'string' &&
      isThought(last) === isThought(part)
    )
      all[all.length - 1] = { ...last, text: last.text + part.text };
    else all.push(part);
  }
  return all;
}

function signedText(parts: readonly Part[], choice: AnsweredChoice): Part[] {
  const at = parts.findLastIndex((part) => typeof part.text === 'string' && !isThought(part));
  if (choice.reasoningTokens === 0 || at === -1) return [...parts];
  return parts.map((part, i) =>
    i === at ? { ...part, thoughtSignature: signText(choice.text ?? '') } : part,
  );
}

export function generateBody(spoken: Spoken): object {
  const { answer, usage, controls } = spoken;
  const candidates = answer.choices.map((choice, index) => {
    const parts = signedText(joined([...partsOf(choice, spoken)].map(({ part }) => part)), choice);
    const isBlocked = controls['safety-block'] === 'answer';
    return {
      ...(isBlocked ? {} : { content: { parts, role: 'model' } }),
      finishReason: finishReason(choice, spoken),
      ...(isBlocked ? { safetyRatings: safetyRatings(true) } : {}),
      ...(controls.citations === true ? { citationMetadata: citations() } : {}),
      ...logprobsOf(choice, spoken),
      index,
    };
  });
  const visible = usage.completionTokens - usage.reasoningTokens;
  return envelope(spoken, candidates, usageOf(spoken, visible, usage.reasoningTokens));
}

function citations(): object {
  return { citationSources: [{ startIndex: 0, endIndex: 20, uri: 'https://example.com/', license: '' }] };
}

function logprobsOf(choice: AnsweredChoice, { request, controls }: Spoken): object {
  if (!request.logprobs && controls.logprobs !== true) return {};
  const chosenCandidates = [...cutIntoPieces(choice.text ?? '')].map(({ text }, i) => ({
    token: text,
    tokenId: 1000 + i,
    logProbability: -0.0001,
  }));
  const topCandidates = chosenCandidates.map((candidate) => ({ candidates: [candidate] }));
  return { avgLogprobs: -0.0001, logprobsResult: { topCandidates, chosenCandidates } };
}

/** Usage rides on every event and grows with it. */
export function* generateEvents(spoken: Spoken): Generator<WireEvent> {
  let visible = 0;
  let thoughts = 0;
  const { controls } = spoken;
  const isUsage = controls['no-usage'] !== true;
  for (const [index, choice] of spoken.answer.choices.entries()) {
    const isBlocked = controls['safety-block'] === 'answer';
    for (const { part, tokens, thoughts: more } of partsOf(choice, spoken)) {
      visible += tokens;
      thoughts += more;
      const candidate = { content: { parts: [part], role: 'model' }, index };
      const data = JSON.stringify(envelope(spoken, [candidate], usageOf(spoken, visible, thoughts)));
      yield { event: null, data, tokens: tokens + more, isUsage };
      // A blocked answer stops in the middle.
      if (isBlocked && visible > 1) break;
    }
    const isSigned = choice.reasoningTokens > 0 && choice.toolCalls.length === 0;
    const last = isSigned ? { text: '', thoughtSignature: signText(choice.text ?? '') } : { text: '' };
    const candidate = {
      ...(isBlocked ? {} : { content: { parts: [last], role: 'model' } }),
      finishReason: finishReason(choice, spoken),
      ...(isBlocked ? { safetyRatings: safetyRatings(true) } : {}),
      ...(controls.citations === true ? { citationMetadata: citations() } : {}),
      index,
    };
    const data = JSON.stringify(envelope(spoken, [candidate], usageOf(spoken, visible, thoughts)));
    yield { event: null, data, isUsage, isEnd: true };
  }
}
