/** A generateContent answer as the neutral one. Providers are not trusted: what is of another type is not there. */
import { isJsonObject, listIn, textIn } from '../json/json-value.ts';
import type { NeutralAnswer, NeutralChoice } from '../neutral/answer.ts';
import type { Citation, Part } from '../neutral/parts.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { createAnswerIds, otherCandidateMembers, readPart } from './content-reader.ts';
import { readGeminiFinish } from './finish-reason.ts';
import { groundingOf, readCitations } from './grounding.ts';
import { readLogprobs } from './logprobs.ts';
import { findProto, proto } from './proto.ts';
import { readGenerateUsage, searchUnits, withSearches } from './usage.ts';

/** @returns Undefined where the body is no answer of this format. */
export function readGenerateAnswer(body: JsonValue): NeutralAnswer | undefined {
  const answer = findProto(body);
  if (answer === undefined || answer.error !== undefined) return undefined;
  const { candidates, promptFeedback, usageMetadata, modelVersion, responseId, createTime } = answer;
  if (!Array.isArray(candidates) && promptFeedback === undefined && usageMetadata === undefined)
    return undefined;
  const id = textIn(responseId) ?? '';
  const model = textIn(modelVersion) ?? '';
  const ids = createAnswerIds(id);
  const choices = listIn(candidates).map((candidate) => readCandidate(proto(candidate), ids));
  const { blockReason } = proto(promptFeedback);
  const usage = withSearches(
    readGenerateUsage(proto(usageMetadata)),
    searchUnits(model, groundingOf(candidates)),
  );
  const createdAt = readTime(createTime);
  const members = nativeMembersOf(answer);
  return {
    id,
    model,
    choices,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(usage === undefined ? {} : { usage }),
    ...readAnsweredTier(usageMetadata),
    ...(typeof blockReason === 'string' && choices.length === 0 ? { promptBlocked: blockReason } : {}),
    ...(members === undefined ? {} : { nativeMembers: { members } }),
  };
}

function readCandidate(candidate: JsonObject, ids: ReturnType<typeof createAnswerIds>): NeutralChoice {
  const parts = listIn(proto(candidate.content).parts).flatMap(
    (part) => readPart(part, '', ids, () => {}) ?? [],
  );
  const logprobs = readLogprobs(candidate.logprobsResult);
  return {
    content: withCitations(joinTexts(parts), candidate),
    finish: readGeminiFinish(
      candidate.finishReason,
      parts.some(({ kind }) => kind === 'toolCall'),
    ),
    ...(logprobs === undefined ? {} : { logprobs }),
  };
}

/** Pieces of one text (Gemini cuts long ones) are one part, so that ranges in them mean something. */
function joinTexts(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const isUnsigned = last !== undefined && 'signature' in last ? last.signature === undefined : true;
    if (part.kind === 'text' && last?.kind === 'text' && isUnsigned) {
      joined[joined.length - 1] = { ...part, text: last.text + part.text };
    } else joined.push(part);
  }
  return joined;
}

/** They are told of the whole answer, and belong to its last text: their ranges count from its first. */
function withCitations(parts: Part[], candidate: JsonObject): readonly Part[] {
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
  const at = parts.findLastIndex(({ kind }) => kind === 'text');
  const last = parts[at];
  if (last?.kind !== 'text') return parts;
  const citations = readCitations(candidate, texts.join('')).map((citation) =>
    moved(citation, texts.slice(0, -1).join('').length),
  );
  if (citations.length > 0) parts[at] = { ...last, citations };
  return parts;
}

function moved(citation: Citation, offset: number): Citation {
  const { start, end, ...rest } = citation;
  if (start === undefined || end === undefined || offset === 0) return citation;
  return start < offset ? rest : { ...rest, start: start - offset, end: end - offset };
}

/** Ratings, grounding and the like: under their own names for the first candidate, else with its place. */
export function nativeMembersOf(answer: JsonObject): JsonObject | undefined {
  const members: Record<string, JsonValue> = {};
  listIn(answer.candidates).forEach((candidate, index) => {
    if (!isJsonObject(candidate)) return;
    for (const [name, value] of otherCandidateMembers(candidate)) {
      members[index === 0 ? name : `candidates[${index}].${name}`] = value;
    }
  });
  const { promptFeedback } = answer;
  if (promptFeedback !== undefined) members.promptFeedback = promptFeedback;
  return Object.keys(members).length === 0 ? undefined : members;
}

export function readAnsweredTier(usageMetadata: JsonValue | undefined): { readonly serviceTier?: string } {
  const { serviceTier } = proto(usageMetadata);
  if (typeof serviceTier !== 'string' || serviceTier === '' || serviceTier === 'unspecified') return {};
  const tier = serviceTier.toLowerCase();
  return { serviceTier: tier === 'standard' ? 'default' : tier };
}

/** Vertex tells it, as RFC 3339. */
export function readTime(value: JsonValue | undefined): number | undefined {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}
