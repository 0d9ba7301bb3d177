/** Countries as the API takes them: codes of ISO 3166-1; the two that are in use beside it are put into its writing. */
import { z } from '@hono/zod-openapi';
import { COUNTRY_CODES, canonicalCountry } from '@tollgate/billing';
import { refusal } from '../framework/field-errors.ts';

const message = 'must be a country code of two letters, of ISO 3166-1';
const isCountry = (code: string) => COUNTRY_CODES.includes(code);

const written = z
  .string()
  .trim()
  .toUpperCase()
  .overwrite((typed) => (typed.length === 2 ? canonicalCountry(typed) || typed : typed));

export const countryCode = written.refine(isCountry, refusal(message, 'invalid'));

export const countryCodeOrNone = written.refine(
  (code) => code === '' || isCountry(code),
  refusal(message, 'invalid'),
);
