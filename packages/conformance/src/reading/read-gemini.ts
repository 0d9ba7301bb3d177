/** Gemini's generateContent; a stream is answers one after another. */
import {
  closeChoice,
  count,
  type FinishClass,
  fields,
  type Json,
  list,
  type OpenCall,
  type OpenChoice,
  openChoice,
  type Reading,
  text,
  type UsageReading,
} from './reading.ts';

const FINISH: Readonly<Record<string, FinishClass>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'filtered',
  RECITATION: 'filtered',
  BLOCKLIST: 'filtered',
  PROHIBITED_CONTENT: 'filtered',
  SPII: 'filtered',
  IMAGE_SAFETY: 'filtered',
  IMAGE_PROHIBITED_CONTENT: 'filtered',
  IMAGE_RECITATION: 'filtered',
  LANGUAGE: 'filtered',
  MODEL_ARMOR: 'filtered',
};

/** One of these is in every answer. */
const MEMBERS = ['candidates', 'promptFeedback', 'usageMetadata'];
/** Gemini has no reason of its own for calls, and sometimes gives none or one that is new. */
const SAYS_LITTLE = new Set<FinishClass | undefined>(['stop', 'other', undefined]);

export function readGemini(chunks: readonly Json[]): Reading {
  const choices: OpenChoice[] = [];
  let usage: UsageReading | undefined;
  let isError = false;
  for (const chunk of chunks.map(fields)) {
    if (chunk.error !== undefined || !MEMBERS.some((name) => chunk[name] !== undefined)) isError = true;
    usage = geminiUsage(fields(chunk.usageMetadata)) ?? usage;
    list(chunk.candidates).forEach((item, position) => {
      const candidate = fields(item);
      const index = typeof candidate.index === 'number' ? candidate.index : position;
      choices[index] ??= openChoice();
      for (const part of list(fields(candidate.content).parts).map(fields)) addPart(choices[index], part);
      const reason = text(candidate.finishReason);
      if (reason !== '') choices[index].finish = FINISH[reason] ?? 'other';
    });
  }
  for (const choice of choices)
    if (choice !== undefined && choice.calls.length > 0 && SAYS_LITTLE.has(choice.finish))
      choice.finish = 'tools';
  return {
    choices: choices.filter((choice) => choice !== undefined).map(closeChoice),
    usage,
    // No candidate and no failure: it was not answered, whether or not a reason is given.
    isPromptBlocked: !isError && choices.length === 0,
    isError,
  };
}

function addPart(choice: OpenChoice, part: ReturnType<typeof fields>): void {
  if (part.thought === true) choice.reasoning += text(part.text);
  else choice.text += text(part.text);
  if (part.functionCall === undefined) return;
  const call = fields(part.functionCall);
  if (text(call.name) !== '')
    choice.calls.push({ name: text(call.name), arguments: JSON.stringify(call.args ?? {}) });
  const last = choice.calls.at(-1);
  if (last !== undefined) addPartialArguments(last, list(call.partialArgs));
}

/** Arguments that come bit by bit: each names its place, `$.operations[0].price`, and strings grow. */
function addPartialArguments(call: OpenCall, parts: readonly Json[]): void {
  if (parts.length === 0) return;
  const root = JSON.parse(call.arguments) as Tree;
  for (const part of parts.map(fields)) {
    const steps = text(part.jsonPath).match(/[^.[\]$]+/g) ?? [];
    const value = part.stringValue ?? part.numberValue ?? part.boolValue ?? null;
    let place = root;
    steps.slice(0, -1).forEach((step, at) => {
      place[step] ??= /^\d+$/.test(steps[at + 1] ?? '') ? [] : {};
      place = place[step] as unknown as Tree;
    });
    const name = steps.at(-1) ?? '';
    const before = place[name];
    place[name] = typeof before === 'string' && typeof value === 'string' ? before + value : value;
  }
  call.arguments = JSON.stringify(root);
}

type Tree = Record<string, Json>;

/** `promptTokenCount` includes cached ones; thoughts are apart from the candidates; tools' prompts are input. */
function geminiUsage(usage: ReturnType<typeof fields>): UsageReading | undefined {
  const numbers = ['promptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount', 'totalTokenCount'];
  if (!numbers.some((name) => typeof usage[name] === 'number')) return undefined;
  const cached = count(usage.cachedContentTokenCount);
  return {
    input: count(usage.promptTokenCount) - cached + count(usage.toolUsePromptTokenCount),
    cached,
    cacheWrite: 0,
    output: count(usage.candidatesTokenCount),
    reasoning: count(usage.thoughtsTokenCount),
  };
}
