/** Schemas that many routes share. Text is bounded, and free of control characters. */
import { z } from '@hono/zod-openapi';
import { refusal } from './field-errors.ts';

const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** One line of text that people typed. */
export const text = (maxLength: number) =>
  z
    .string()
    .trim()
    .max(maxLength)
    .refine(
      (value) => !CONTROL.test(value),
      refusal('must not contain control characters', 'control_characters'),
    );

export const filledText = (maxLength: number) =>
  text(maxLength).refine((value) => value !== '', refusal('must not be empty', 'required'));

export const name = filledText(100);
export const idParam = z.object({ id: z.string().min(1).max(100) });
export const id = z.string().min(1).max(100);
export const timestamp = z.iso.datetime().openapi({ description: 'ISO 8601, UTC' });

const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1);

/** An instant that clients send, with or without an offset; a `Date` inside. */
export const instant = z.iso
  .datetime({ offset: true })
  .max(40)
  .refine((value) => {
    const ms = Date.parse(value);
    return ms >= EARLIEST_MS && ms < LATEST_MS;
  }, 'must lie between the years 2000 and 2200')
  .transform((value) => new Date(value));

/** A decimal string in USD. */
export const usd = z.string().openapi({ description: 'USD, a decimal string', example: '1.25' });

const count = (description: string) => z.int().openapi({ description });

/** Kinds of tokens, each apart from the others: all five make up what a provider counted. */
export const tokenCounts = {
  inputTokens: count('Text and audio that was neither read from nor written to a cache'),
  cachedInputTokens: count('Read from the provider’s cache'),
  cacheWriteTokens: count('Written to the provider’s cache'),
  outputTokens: count('Text and audio, without reasoning'),
  reasoningTokens: count('Thought and not said'),
};

export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, refusal('must be an IANA time zone', 'time_zone'));

const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;

/** The runtime lists one name of each zone only: `Asia/Calcutta`, though everybody says `Asia/Kolkata`. */
function isTimeZone(value: string): boolean {
  if (!ZONE_NAME.test(value)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** `true` or `false` in a query. */
export const queryFlag = z.enum(['true', 'false']).transform((value) => value === 'true');

export function iso(date: Date): string;
export function iso(date: Date | null): string | null;
export function iso(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}

/** Without the properties that are undefined: what `exactOptionalPropertyTypes` wants. */
export function definedOnly<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

export const MAX_ASKED_IDS = 100;

/** Of a query: what stands between its commas, each once. */
export const commaSeparated = z
  .string()
  .max(MAX_ASKED_IDS * 101)
  .transform((value) => [...new Set(value.split(',').filter((part) => part !== ''))]);

export const askedIds = commaSeparated.pipe(z.array(text(100)).max(MAX_ASKED_IDS));
