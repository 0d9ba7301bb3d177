'use client';
/**
 * What the API refused, put where it belongs: at the fields it names, and the rest as one text above the
 * form. The known codes are translated; everything else is said in the API's own words.
 */
import { applyApiErrors } from '@tollgate/ui';
import { useState } from 'react';
import type { FieldPath, FieldValues, UseFormReturn } from 'react-hook-form';
import { useMessages } from '../i18n/i18n-provider.tsx';
import { ApiError } from './api-error.ts';

/** One sentence about a failure, in the reader's language where the code is known. */
export function useProblemText(): (error: unknown) => string {
  const { codes, unexpected } = useMessages('problems');
  return (error) => {
    if (!(error instanceof ApiError)) return unexpected;
    const known: Readonly<Record<string, string>> = codes;
    return known[error.code] ?? error.detail ?? error.title;
  };
}

export interface FormProblem {
  /** What belongs to no field; undefined when nothing failed. */
  readonly problem: string | undefined;
  readonly clear: () => void;
  /** Gives a failure to the fields and to `problem`. */
  readonly report: (error: unknown) => void;
}

export function useFormProblem<T extends FieldValues>(
  form: Pick<UseFormReturn<T>, 'setError'>,
  fields: readonly FieldPath<T>[],
): FormProblem {
  const [problem, setProblem] = useState<string>();
  const toText = useProblemText();
  return {
    problem,
    clear: () => setProblem(undefined),
    report: (error) => {
      if (!(error instanceof ApiError) || error.errors.length === 0) {
        setProblem(toText(error));
        return;
      }
      const unplaced = applyApiErrors(error.errors, fields, form.setError);
      setProblem(unplaced.length === 0 ? undefined : unplaced.map(({ message }) => message).join(' '));
    },
  };
}
