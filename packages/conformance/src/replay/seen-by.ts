/**
 * How an answer shows in a client's format: what the format has words for, and in which words.
 *
 * Both the recording and what the client got are brought into this shape and must then be equal.
 */
import type { ClientFormat } from '../clients/client-format.ts';
import { type ChoiceReading, type FinishClass, fields, type Json, type Reading } from '../reading/reading.ts';

export interface SeenChoice {
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly calls: readonly { readonly name: string; readonly arguments: Json }[];
  readonly finish: FinishClass;
}

export interface Seen {
  readonly choices: readonly SeenChoice[];
  readonly usage: {
    readonly input: number;
    readonly cached: number;
    readonly output: number;
  };
}

/** Formats that answer once, however many answers there are. */
const HAS_ONE_CHOICE = new Set<ClientFormat>(['openai-responses', 'anthropic-messages']);
/** Formats in which a refusal is text like any other. */
const REFUSES_IN_TEXT = new Set<ClientFormat>(['anthropic-messages', 'gemini-generate']);

/** Several reasons of one format are one of another: compared is the coarser. */
const FINISH: Readonly<Record<ClientFormat, Readonly<Record<FinishClass, FinishClass>>>> = {
  'openai-chat': same({ refusal: 'filtered', pause: 'stop', other: 'stop' }),
  'openai-responses': same({ refusal: 'stop', pause: 'stop', other: 'stop' }),
  'anthropic-messages': same({ filtered: 'refusal', other: 'stop' }),
  'gemini-generate': same({ refusal: 'filtered', pause: 'stop', other: 'stop' }),
};

function same(change: Partial<Record<FinishClass, FinishClass>>): Record<FinishClass, FinishClass> {
  return {
    stop: 'stop',
    length: 'length',
    tools: 'tools',
    filtered: 'filtered',
    refusal: 'refusal',
    pause: 'pause',
    other: 'other',
    ...change,
  };
}

export function seenBy(format: ClientFormat, { choices, usage, isPromptBlocked }: Reading): Seen {
  const shown = HAS_ONE_CHOICE.has(format) ? choices.slice(0, 1) : choices;
  const all = isPromptBlocked && shown.length === 0 ? [BLOCKED] : shown;
  return {
    choices: all.map((choice) => seenChoice(format, choice)).filter((choice) => !isEmpty(choice)),
    usage: {
      input: usage === undefined ? 0 : usage.input + usage.cached + usage.cacheWrite,
      cached: usage?.cached ?? 0,
      output: usage === undefined ? 0 : usage.output + usage.reasoning,
    },
  };
}

/** A blocked prompt has no choice in one format and an empty one in another. */
const BLOCKED: ChoiceReading = { text: '', reasoning: '', refusal: '', calls: [], finish: 'filtered' };

/** Nothing was said and nothing told: as good as no choice at all. */
function isEmpty(choice: SeenChoice): boolean {
  const isSilent = `${choice.text}${choice.reasoning}${choice.refusal}` === '' && choice.calls.length === 0;
  return isSilent && choice.finish === 'stop';
}

function seenChoice(format: ClientFormat, choice: ChoiceReading): SeenChoice {
  const inText = REFUSES_IN_TEXT.has(format);
  return {
    text: inText ? choice.text + choice.refusal : choice.text,
    // Where several pieces of thinking are joined, formats differ in the empty lines between them.
    reasoning: choice.reasoning.replaceAll(/\s+/g, ''),
    refusal: inText ? '' : choice.refusal,
    calls: choice.calls.map(({ name, arguments: given }) => ({
      name,
      arguments: seenArguments(format, given),
    })),
    finish: FINISH[format][choice.finish ?? 'stop'],
  };
}

/** Where arguments must be an object, what the model wrote otherwise stands inside one. */
function seenArguments(format: ClientFormat, given: Json): Json {
  if (given === null) return {};
  const { invalid_json: invalid, input } = fields(given);
  const isWrapped = REFUSES_IN_TEXT.has(format) && Object.keys(fields(given)).length === 1;
  if (isWrapped && typeof invalid === 'string') return invalid;
  return isWrapped && typeof input === 'string' ? input : given;
}
