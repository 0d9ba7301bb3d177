/** Between the fields of the key form and the body that the API takes. Pure. */
import type { EffectiveKeyRules, Key } from '@tollgate/api';
import type { Signs } from '../common/merge-newer.ts';
import { endOfDateText } from '../usage/zoned-time.ts';
import { type KeyRulesBody, type KeyRuleValues, NO_KEY_RULES } from './key-rules.ts';

export const EXPIRY_PRESETS = [
  'usual',
  'never',
  'days7',
  'days30',
  'days90',
  'days365',
  'keep',
  'custom',
] as const;
export type ExpiryPreset = (typeof EXPIRY_PRESETS)[number];
const PRESET_DAYS = { days7: 7, days30: 30, days90: 90, days365: 365 } as const;
const DAY_MS = 86_400_000;

/** Owned by nobody but the organization. */
export const ORGANIZATION_OWNER = '';

export interface KeyFormValues extends KeyRuleValues {
  name: string;
  /** Empty for none. */
  teamId: string;
  ownerId: string;
  expiry: ExpiryPreset;
  /** `2026-12-31`, for `custom`. */
  expiryDate: string;
  models: readonly string[];
  /** All, though the rules name some. */
  allModels: boolean;
  providers: readonly string[];
  endpoints: readonly string[];
  ipAllowlist: string;
  tags: string;
}

export interface KeyBody extends KeyRulesBody {
  readonly name: string;
  readonly teamId: string | null;
  readonly ownerId: string | null;
  readonly expiresAt?: string | null;
  /** Left out of a new key: as the rules say. */
  readonly models?: readonly string[];
  readonly providers: readonly string[];
  readonly endpoints: readonly string[];
  readonly ipAllowlist: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A new key is the caller's own and ends by itself: what is forgotten does not stay open. */
export function newKeyValues(membershipId: string | null): KeyFormValues {
  return {
    ...NO_KEY_RULES,
    name: '',
    teamId: '',
    ownerId: membershipId ?? ORGANIZATION_OWNER,
    expiry: 'days90',
    expiryDate: '',
    models: [],
    allModels: false,
    providers: [],
    endpoints: [],
    ipAllowlist: '',
    tags: '',
  };
}

export function keyValues(key: Key): KeyFormValues {
  return {
    ...NO_KEY_RULES,
    name: key.name,
    teamId: key.teamId ?? '',
    ownerId: key.ownerId ?? ORGANIZATION_OWNER,
    expiry: 'keep',
    expiryDate: '',
    models: key.models,
    allModels: false,
    providers: key.providers,
    endpoints: key.endpoints,
    ipAllowlist: key.ipAllowlist.join('\n'),
    tags: Object.entries(key.tags)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n'),
  };
}

/** The form chooses a new end and never shows the one that is stored. */
export function keySigns({ expiresAt }: Pick<Key, 'expiresAt'>): Signs<KeyFormValues> {
  return { expiry: expiresAt };
}

const SCOPE_FIELDS: readonly string[] = ['models', 'providers', 'endpoints', 'ipAllowlist'];

/** Whether it is a part of the scope that nothing stands in: then it restricts nothing. */
export function isOpenToAll(name: keyof KeyFormValues, values: KeyFormValues): boolean {
  const value = values[name];
  return SCOPE_FIELDS.includes(name) && typeof value !== 'boolean' && value?.length === 0;
}

type UsualExpiry = Pick<EffectiveKeyRules, 'defaultExpiryDays' | 'maxAgeDays'>;

/** When new keys end where nobody says otherwise, and which level says so: never behind the maximum age. */
export function usualExpiryRule(rules: UsualExpiry | undefined): UsualExpiry['maxAgeDays'] {
  const { defaultExpiryDays = null, maxAgeDays = null }: Partial<UsualExpiry> = rules ?? {};
  if (defaultExpiryDays === null || maxAgeDays === null) return defaultExpiryDays ?? maxAgeDays;
  return maxAgeDays.value < defaultExpiryDays.value ? maxAgeDays : defaultExpiryDays;
}

/** What a new key may end by: nothing that the rules refuse, and "as they say" only where they say something. */
export function newKeyExpiries(rules: UsualExpiry | undefined): readonly ExpiryPreset[] {
  const maxDays = rules?.maxAgeDays?.value ?? Number.POSITIVE_INFINITY;
  return EXPIRY_PRESETS.filter((preset) => {
    if (preset === 'keep') return false;
    if (preset === 'usual') return usualExpiryRule(rules) !== null;
    if (preset === 'never') return maxDays === Number.POSITIVE_INFINITY;
    return preset === 'custom' || PRESET_DAYS[preset] <= maxDays;
  });
}

/** The models that a new key is sent with; undefined: as the rules say. */
export function toNewModels({ models, allModels }: Pick<KeyFormValues, 'models' | 'allModels'>) {
  return models.length > 0 || allModels ? models : undefined;
}

const linesOf = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** @returns The first line that is no `name=value`. */
export function findWrongTag(text: string): string | undefined {
  return linesOf(text).find((line) => line.indexOf('=') < 1);
}

/**
 * @param timeZone Where a day that somebody chose ends.
 * @returns Undefined for no change, or for what the rules say; null for never; an instant that may lie in the past.
 */
export function toExpiresAt(
  values: KeyFormValues,
  nowMs: number,
  timeZone: string,
): string | null | undefined {
  switch (values.expiry) {
    case 'keep':
    case 'usual':
      return undefined;
    case 'never':
      return null;
    case 'custom': {
      const endMs = endOfDateText(values.expiryDate, timeZone);
      return endMs === undefined ? undefined : new Date(endMs).toISOString();
    }
    default:
      return new Date(nowMs + PRESET_DAYS[values.expiry] * DAY_MS).toISOString();
  }
}

export function toKeyBody(values: KeyFormValues, nowMs: number, timeZone: string): KeyBody {
  const expiresAt = toExpiresAt(values, nowMs, timeZone);
  const tags = linesOf(values.tags).map((line) => {
    const equals = line.indexOf('=');
    return [line.slice(0, equals).trim(), line.slice(equals + 1).trim()] as const;
  });
  return {
    name: values.name.trim(),
    teamId: values.teamId || null,
    ownerId: values.ownerId || null,
    ...(expiresAt !== undefined && { expiresAt }),
    models: values.models,
    providers: values.providers,
    endpoints: values.endpoints,
    ipAllowlist: linesOf(values.ipAllowlist),
    tags: Object.fromEntries(tags),
  };
}
