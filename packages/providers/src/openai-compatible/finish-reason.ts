/** Why generation ended, as the provider says it; kept short and plain, because it is stored and grouped by. */

const FORM = /^[a-zA-Z0-9_-]{1,40}$/;

/** @returns Empty where none was given; `other` for anything that is no short word. */
export function readFinishReason(value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  return typeof value === 'string' && FORM.test(value) ? value : 'other';
}
