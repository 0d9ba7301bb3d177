/** What is compared with what, as the address has it and as the API is asked. Pure. */
import { instantOfWall, wallAt } from '@tollgate/clock/wall-clock';
import type { UrlChange } from '../common/use-url-state.ts';

export const PERIODS = ['1', '7', '30', '90'] as const;
export type PeriodDays = (typeof PERIODS)[number];
export const MOST_MODELS = 5;
const DAY_MS = 86_400_000;

export interface WhatIfQuestion {
  readonly requestId: string | undefined;
  readonly days: PeriodDays;
  /** As `provider/model`; models may have slashes in their names. */
  readonly models: readonly string[];
  /** Whose prices: an instant, ISO 8601. */
  readonly at: string | undefined;
}

export function readQuestion(get: (name: string) => string | undefined): WhatIfQuestion {
  const at = Date.parse(get('at') ?? '');
  return {
    requestId: get('request'),
    days: PERIODS.find((days) => days === get('days')) ?? '30',
    models: [...new Set((get('models') ?? '').split(',').filter((name) => name.includes('/')))],
    at: Number.isNaN(at) ? undefined : new Date(at).toISOString(),
  };
}

export function toUrl({ days, models, at }: Partial<WhatIfQuestion>): UrlChange {
  return {
    ...(days !== undefined && { days: days === '30' ? undefined : days }),
    ...(models !== undefined && { models: models.join(',') }),
    ...(at !== undefined && { at }),
  };
}

/** @returns Undefined: nothing to compare with, or too much. */
export function toBody({ requestId, days, models, at }: WhatIfQuestion, nowMs: number): object | undefined {
  if (models.length > MOST_MODELS || (models.length === 0 && at === undefined)) return undefined;
  const when = at === undefined ? {} : { at };
  const alternatives = models.map((name) => {
    const slash = name.indexOf('/');
    return { provider: name.slice(0, slash), model: name.slice(slash + 1), ...when };
  });
  return {
    ...(requestId === undefined
      ? { from: new Date(nowMs - Number(days) * DAY_MS).toISOString() }
      : { requestId }),
    alternatives: alternatives.length === 0 ? [when] : alternatives,
  };
}

/** @returns What the form would ask; before it asks for anything, the same models at the prices of now. */
export function toShownBody(question: WhatIfQuestion, nowMs: number): object {
  const asked = { ...question, models: question.models.slice(0, MOST_MODELS) };
  return toBody(asked, nowMs) ?? toBody({ ...asked, at: new Date(nowMs).toISOString() }, nowMs) ?? {};
}

/** What the field takes: before, somebody is still typing the year. */
export const EARLIEST_FIELD = '2000-01-01T00:00';
export const LATEST_FIELD = '9999-12-30T23:59';

/** `2026-11-21T08:30` of a field, by the clocks of a zone. @returns Nothing for a text that is no time, or not yet. */
export function instantOfField(typed: string, timeZone: string): string | undefined {
  const wall = Date.parse(`${typed}Z`);
  const isWhole = wall >= Date.parse(`${EARLIEST_FIELD}Z`) && wall <= Date.parse(`${LATEST_FIELD}Z`);
  return !isWhole ? undefined : new Date(instantOfWall(wall, timeZone)).toISOString();
}

export function fieldOfInstant(at: string | undefined, timeZone: string): string {
  return at === undefined ? '' : new Date(wallAt(Date.parse(at), timeZone)).toISOString().slice(0, 16);
}
