/**
 * What an answer says, in the fewest words: the yardstick of the replay.
 *
 * Read from recordings by small code of its own, which shares nothing with the codecs under test.
 */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export type FinishClass = 'stop' | 'length' | 'tools' | 'filtered' | 'refusal' | 'pause' | 'other';

export interface CallReading {
  readonly name: string;
  /** Parsed where it is JSON; nothing at all counts as no arguments. */
  readonly arguments: Json;
}

/** Disjoint counts, as the ledger has them; audio counts as text here. */
export interface UsageReading {
  readonly input: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

export interface ChoiceReading {
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly calls: readonly CallReading[];
  readonly finish: FinishClass | undefined;
}

export interface Reading {
  readonly choices: readonly ChoiceReading[];
  readonly usage: UsageReading | undefined;
  /** The prompt itself was refused by the provider's filter. */
  readonly isPromptBlocked: boolean;
  /** The provider reported a failure instead, or in the middle. */
  readonly isError: boolean;
}

/** A choice while it is being read. */
export interface OpenChoice {
  text: string;
  reasoning: string;
  refusal: string;
  calls: OpenCall[];
  finish: FinishClass | undefined;
}

export interface OpenCall {
  id?: string;
  name: string;
  arguments: string;
  isFree?: boolean;
}

export function openChoice(): OpenChoice {
  return { text: '', reasoning: '', refusal: '', calls: [], finish: undefined };
}

export function closeChoice({ calls, ...rest }: OpenChoice): ChoiceReading {
  return {
    ...rest,
    calls: calls.map((call) => ({
      name: call.name,
      arguments: call.isFree === true ? call.arguments : parseArguments(call.arguments),
    })),
  };
}

export function parseArguments(text: string): Json {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

type Fields = { readonly [name: string]: Json };

export function fields(value: Json | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function count(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}
