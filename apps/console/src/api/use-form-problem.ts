'use client';
/**
 * What the API refused, put where it belongs: at the fields it names, and the rest as one text above the
 * form. Reasons, codes of problems and codes of fields are translated, the most exact of them that is known; the rest is said
 * in the API's own words.
 */
import { applyApiErrors, toFormPath } from '@tollgate/ui';
import { useState } from 'react';
import type { FieldPath, FieldValues, UseFormReturn } from 'react-hook-form';
import { useLocale, useMessages } from '../i18n/i18n-provider.tsx';
import { ApiError, type ApiFieldProblem } from './api-error.ts';

/** One sentence about a failure, in the reader's language where the code is known. */
export function useProblemText(): (error: unknown) => string {
  const { codes, reasons, unexpected } = useMessages('problems');
  const locale = useLocale();
  const toFieldText = useFieldProblemText();
  return (error) => {
    if (!(error instanceof ApiError)) return unexpected;
    const knownReasons: Readonly<Record<string, (counts: Readonly<Record<string, string>>) => string>> =
      reasons;
    const toReason = knownReasons[error.reason ?? ''];
    if (toReason !== undefined) return toReason({ ...error.names, ...writtenCounts(error.counts, locale) });
    const known: Readonly<Record<string, string>> = codes;
    const [first] = error.errors;
    // What is wrong with a field says more than that something is.
    if (first !== undefined && error.code === 'invalid_request') return toFieldText(first);
    return known[error.code] ?? (first && toFieldText(first)) ?? error.detail ?? error.title;
  };
}

function writtenCounts(
  counts: Readonly<Record<string, number>>,
  locale: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, count.toLocaleString(locale)]),
  );
}

const STATUS = /\(\d{3}\)$|(?<=answered )\d{3}$/;

/** Why a call to somebody else's host failed; a fault that is not known says it in the API's words. */
export function useFaultText(): (fault: string | null, text: string) => string {
  const { faults } = useMessages('problems');
  return (fault, text) => {
    const known: Readonly<Record<string, string>> = faults;
    const said = known[fault ?? ''];
    const status = STATUS.exec(text)?.[0].replaceAll(/\D/g, '');
    if (said === undefined) return text;
    return status === undefined ? said : `${said} (${status})`;
  };
}

/** Codes whose own English text says more than a general one can. */
const SAID_BY_MESSAGE: readonly string[] = ['invalid', 'wrong_format'];

/** What is wrong with a field, in the reader's language. */
export function useFieldProblemText(): (problem: ApiFieldProblem) => string {
  const { fields } = useMessages('problems');
  const locale = useLocale();
  return ({ code = 'invalid', message, limit, expected = '' }) => {
    const known: Readonly<Record<string, (limit: string) => string>> = fields;
    const text = known[code];
    if (locale === 'en' && (text === undefined || SAID_BY_MESSAGE.includes(code))) return message;
    return (text ?? fields.invalid)(limit === undefined ? expected : limit.toLocaleString(locale));
  };
}

export interface FormProblem {
  /** What belongs to no field; undefined when nothing failed. */
  readonly problem: string | undefined;
  readonly clear: () => void;
  /** Gives a failure to the fields and to `problem`. */
  readonly report: (error: unknown) => void;
}

/** @param apiFields Fields that the API knows under another path. */
export function useFormProblem<T extends FieldValues>(
  form: Pick<UseFormReturn<T>, 'setError'>,
  fields: readonly FieldPath<T>[],
  apiFields: Readonly<Record<string, FieldPath<T>>> = {},
): FormProblem {
  const [problem, setProblem] = useState<string>();
  const toText = useProblemText();
  const toFieldText = useFieldProblemText();
  return {
    problem,
    clear: () => setProblem(undefined),
    report: (error) => {
      if (!(error instanceof ApiError) || error.errors.length === 0) {
        setProblem(toText(error));
        return;
      }
      const told = error.errors.map((each) => ({
        path: apiFields[toFormPath(each.path)] ?? each.path,
        message: toFieldText(each),
      }));
      const unplaced = applyApiErrors(told, fields, form.setError);
      setProblem(unplaced.length === 0 ? undefined : unplaced.map(({ message }) => message).join(' '));
    },
  };
}
