/**
 * Carries the API's `errors: [{path, message}]` into a react-hook-form form. What belongs to no field of
 * the form comes back, to be shown above it; nothing is dropped.
 */
import type { FieldPath, FieldValues, UseFormSetError } from 'react-hook-form';

export interface ApiFieldError {
  readonly path: string | readonly (string | number)[];
  readonly message: string;
}

/** `/limits/0/limit`, `limits[0].limit`, `body.limits.0.limit` and `['limits', 0]` all name one field. */
export function toFormPath(path: ApiFieldError['path']): string {
  const parts =
    typeof path === 'string'
      ? path.replaceAll(/\[(\w+)\]/g, '.$1').split(/[./]/)
      : path.map((part) => `${part}`);
  const named = parts.filter((part) => part !== '' && part !== '#');
  return (named[0] === 'body' && named.length > 1 ? named.slice(1) : named).join('.');
}

/**
 * @param fields Names the form shows; an error below one of them counts as that field's.
 * @returns Errors without a field in this form. The first field that has one gets focus.
 */
export function applyApiErrors<T extends FieldValues>(
  errors: readonly ApiFieldError[],
  fields: readonly FieldPath<T>[],
  setError: UseFormSetError<T>,
): ApiFieldError[] {
  const unplaced: ApiFieldError[] = [];
  let focused = false;
  for (const error of errors) {
    const field = findField(toFormPath(error.path), fields);
    if (field === undefined) {
      unplaced.push(error);
      continue;
    }
    setError(field, { type: 'server', message: error.message }, { shouldFocus: !focused });
    focused = true;
  }
  return unplaced;
}

/** The longest field that is the path or contains it: the most precise place to show the error. */
function findField<T extends FieldValues>(
  path: string,
  fields: readonly FieldPath<T>[],
): FieldPath<T> | undefined {
  return fields
    .filter((field) => path === field || path.startsWith(`${field}.`))
    .sort((left, right) => right.length - left.length)[0];
}
