'use client';
/**
 * For forms that stay on the page: when somebody else changes the same thing meanwhile, what was typed is kept, fields
 * that nobody touched show the newer state, and it is said which ones saving would replace.
 *
 * Forms in dialogs keep their values by themselves: see FormDialog.
 */
import { useQueryClient } from '@tanstack/react-query';
import { Button, Callout } from '@tollgate/ui';
import { useEffect, useRef, useState } from 'react';
import type { DefaultValues, FieldValues, Path, PathValue, UseFormReturn } from 'react-hook-form';
import { ApiError } from '../../api/api-error.ts';
import { apiQueryKey } from '../../api/query-key.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { contestedAfter, mergeNewer } from './merge-newer.ts';

export interface NewerStateOptions<T extends FieldValues> {
  readonly form: UseFormReturn<T>;
  /** What the form would be filled with now. */
  readonly values: T;
  /** Another one says that the thing was changed, by anybody. */
  readonly version: string | number;
  /** Where the newer state is read when a change is refused because there is one. */
  readonly path: string;
}

export interface NewerState<T> {
  /** Undefined: nobody has changed it since the form was filled or saved. */
  readonly contested: readonly (keyof T & string)[] | undefined;
  readonly latest: T;
  /** Drops what was typed. */
  readonly takeLatest: () => void;
  /**
   * Runs a change.
   * @returns False where somebody else was first; then the form has what they changed, and says so.
   */
  readonly save: (values: T, change: () => Promise<unknown>) => Promise<boolean>;
}

export function useNewerState<T extends FieldValues>(options: NewerStateOptions<T>): NewerState<T> {
  const { form, values, version, path } = options;
  const queryClient = useQueryClient();
  const [contested, setContested] = useState<readonly (keyof T & string)[]>();
  const base = useRef({ version, values });
  const sent = useRef<T>(undefined);
  useEffect(() => {
    if (base.current.version === version) return;
    const merged = mergeNewer(base.current.values, form.getValues(), values, { sent: sent.current });
    sent.current = undefined;
    base.current = { version, values };
    form.reset(values as DefaultValues<T>);
    for (const name of merged.typed) {
      form.setValue(name as Path<T>, merged.values[name] as PathValue<T, Path<T>>, { shouldDirty: true });
    }
    setContested((earlier) => contestedAfter(earlier, merged));
  }, [version, values, form]);
  return {
    contested,
    latest: values,
    takeLatest: () => {
      form.reset(values as DefaultValues<T>);
      setContested(undefined);
    },
    save: async (typed, change) => {
      sent.current = typed;
      try {
        await change();
        setContested(undefined);
        return true;
      } catch (error) {
        sent.current = undefined;
        if (!(error instanceof ApiError) || error.code !== 'version_conflict') throw error;
        await queryClient
          .refetchQueries({ queryKey: apiQueryKey(path) }, { throwOnError: true })
          .catch(() => {
            // The newer state cannot be read: the refusal is all that can be said.
            throw error;
          });
        setContested((before) => before ?? []);
        return false;
      }
    },
  };
}

export interface ChangedMeanwhileProps<T> {
  readonly newer: NewerState<T>;
  /** What the fields are called. */
  readonly labels: Readonly<Record<keyof T & string, string>>;
  /** Of a field whose value is no text for people. */
  readonly valueText?: (name: keyof T & string, value: T[keyof T & string]) => string | undefined;
}

/** Says that somebody else was first, and what of theirs another save would replace. */
export function ChangedMeanwhile<T extends object>({ newer, labels, valueText }: ChangedMeanwhileProps<T>) {
  const text = useMessages('parts').changedMeanwhile;
  const { contested, latest } = newer;
  if (contested === undefined) return null;
  const shown = (name: keyof T & string): string => {
    const said = valueText?.(name, latest[name]);
    if (said !== undefined) return said;
    const value: unknown = latest[name];
    if (typeof value === 'boolean') return value ? text.on : text.off;
    return Array.isArray(value) ? value.join(', ') : String(value);
  };
  return (
    <Callout
      tone="warning"
      live
      title={text.title}
      action={
        <Button size="sm" onClick={newer.takeLatest}>
          {text.take}
        </Button>
      }
    >
      <p>{contested.length === 0 ? text.untouched : text.contested}</p>
      {contested.length > 0 && (
        <ul className="mt-1 list-disc pl-4">
          {contested.map((name) => (
            <li key={name} className="wrap-anywhere">
              {text.now(labels[name], shown(name))}
            </li>
          ))}
        </ul>
      )}
    </Callout>
  );
}
