/** What is wrong with the fields of an input, by code: clients translate it, and never read the message. */
import type { z } from 'zod';
import type { FieldError } from './problem.ts';

export const FIELD_CODES = [
  'required',
  'invalid',
  'wrong_type',
  'wrong_format',
  'not_allowed',
  'unknown_field',
  'too_short',
  'too_long',
  'too_small',
  'too_large',
  'too_few',
  'too_many',
  'control_characters',
  'amount',
  'address_range',
  'taken',
  'time_zone',
  'tag_form',
  'not_future',
  'too_late',
  'unknown_reference',
  'wrong_password',
  'wrong_code',
  'weak_password',
  'invalid_email',
  'unchanged',
  'address_taken',
  'invalid_token',
  'secret_needed',
  'private_address',
  'https_needed',
  'shared_issuer',
  'range_too_long',
  'too_precise',
  'incomplete',
  /** Expected: an id of that country. */
  'tax_id',
  /** Of whoever is billed. */
  'country_needed',
  /** More than the amount that it rises to. */
  'above_limit',
] as const;
export type FieldCode = (typeof FIELD_CODES)[number];

const MAX_FIELD_ERRORS = 20;

/** For `refine`: `z.string().refine(isGood, refusal('must be good', 'invalid'))`. */
export function refusal(message: string, code: FieldCode) {
  return { message, params: { code } };
}

/** @param part Where the schema stood: `body`, `query`, `path`. */
export function toFieldErrors(part: string, error: z.ZodError): FieldError[] {
  return error.issues.slice(0, MAX_FIELD_ERRORS).flatMap((issue) => {
    const path = [part, ...issue.path.map(String)].join('.').slice(0, 300);
    if (issue.code !== 'unrecognized_keys') {
      return [{ path, message: issue.message.slice(0, 500), ...codeOf(issue) }];
    }
    return issue.keys.slice(0, MAX_FIELD_ERRORS).map((key) => ({
      path: `${path}.${key.slice(0, 100)}`,
      message: 'is not a field of this request',
      code: 'unknown_field' as const,
    }));
  });
}

const TOO_SMALL = { string: 'too_short', array: 'too_few', set: 'too_few', map: 'too_few' } as const;
const TOO_BIG = { string: 'too_long', array: 'too_many', set: 'too_many', map: 'too_many' } as const;

function codeOf(issue: z.core.$ZodIssue): Pick<FieldError, 'code' | 'limit'> {
  switch (issue.code) {
    case 'invalid_type':
      return { code: issue.input === undefined ? 'required' : 'wrong_type' };
    case 'too_small': {
      if (issue.origin === 'string' && Number(issue.minimum) === 1) return { code: 'required' };
      const kinds: Readonly<Record<string, FieldCode>> = TOO_SMALL;
      return { code: kinds[issue.origin] ?? 'too_small', limit: Number(issue.minimum) };
    }
    case 'too_big': {
      const kinds: Readonly<Record<string, FieldCode>> = TOO_BIG;
      return { code: kinds[issue.origin] ?? 'too_large', limit: Number(issue.maximum) };
    }
    case 'invalid_format':
      return { code: 'wrong_format' };
    case 'invalid_value':
      return { code: 'not_allowed' };
    case 'custom': {
      const told = FIELD_CODES.find((code) => code === issue.params?.code);
      return { code: told ?? 'invalid' };
    }
    default:
      return { code: 'invalid' };
  }
}
