/** The neutral model as a reading, so that what a codec understood can be held against the recording. */

import type { TokenUsage } from '@tollgate/catalog';
import type { FinishKind, NeutralAnswer, NeutralEvent, Part } from '@tollgate/dialects';
import {
  closeChoice,
  type FinishClass,
  type OpenChoice,
  openChoice,
  type Reading,
  type UsageReading,
} from '../reading/reading.ts';

const FINISH_CLASS: Readonly<Record<FinishKind, FinishClass>> = {
  stop: 'stop',
  stopSequence: 'stop',
  length: 'length',
  toolCalls: 'tools',
  refusal: 'refusal',
  filtered: 'filtered',
  pause: 'pause',
  malformedCall: 'other',
  other: 'other',
};

export function readNeutralAnswer(answer: NeutralAnswer): Reading {
  const choices = answer.choices.map(({ content, finish }) => {
    const choice = openChoice();
    for (const part of content) addPart(choice, part);
    choice.finish = FINISH_CLASS[finish.kind];
    return closeChoice(choice);
  });
  return {
    choices,
    usage: neutralUsage(answer.usage),
    isPromptBlocked: choices.length === 0,
    isError: false,
  };
}

export function readNeutralEvents(events: readonly NeutralEvent[]): Reading {
  const choices: OpenChoice[] = [];
  const blocks = new Map<string, string>();
  let usage: UsageReading | undefined;
  let isPromptBlocked = false;
  let isError = false;
  for (const event of events) {
    if ('choice' in event) choices[event.choice] ??= openChoice();
    switch (event.kind) {
      case 'blockStart': {
        const choice = choices[event.choice]!;
        blocks.set(`${event.choice}/${event.block}`, event.start.kind);
        if (event.start.kind === 'whole') addPart(choice, event.start.part);
        if (event.start.kind === 'toolCall')
          choice.calls.push({ name: event.start.name, arguments: '', isFree: event.start.custom === true });
        break;
      }
      case 'blockDelta': {
        const choice = choices[event.choice]!;
        if (event.delta.kind === 'text')
          addText(choice, blocks.get(`${event.choice}/${event.block}`), event.delta.text);
        break;
      }
      case 'finish':
        choices[event.choice]!.finish = FINISH_CLASS[event.finish.kind];
        break;
      case 'usage':
        usage = neutralUsage(event.usage);
        break;
      case 'promptBlocked':
        isPromptBlocked = true;
        break;
      case 'error':
        isError = true;
        break;
      case 'start':
      case 'blockEnd':
      case 'native':
      case 'end':
    }
  }
  return {
    choices: choices.map(closeChoice),
    usage,
    isPromptBlocked: isPromptBlocked && choices.length === 0,
    isError,
  };
}

function addText(choice: OpenChoice, kind: string | undefined, text: string): void {
  if (kind === 'text' || kind === 'reasoning' || kind === 'refusal') choice[kind] += text;
  if (kind === 'toolCall') choice.calls.at(-1)!.arguments += text;
}

function addPart(choice: OpenChoice, part: Part): void {
  if (part.kind === 'text' || part.kind === 'reasoning' || part.kind === 'refusal')
    choice[part.kind] += part.text;
  if (part.kind === 'toolCall')
    choice.calls.push({ name: part.name, arguments: part.arguments, isFree: part.custom === true });
}

function neutralUsage(usage: TokenUsage | undefined): UsageReading | undefined {
  if (usage === undefined) return undefined;
  return {
    input: usage.inputTokens + usage.audioInputTokens,
    cached: usage.cachedInputTokens,
    cacheWrite: usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
    output: usage.outputTokens + usage.audioOutputTokens + (usage.units?.image_output_token ?? 0),
    reasoning: usage.reasoningTokens,
  };
}
