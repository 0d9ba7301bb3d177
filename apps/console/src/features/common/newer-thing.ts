'use client';
/**
 * A dialog over a thing that somebody else changes while it is open. The dialog begins with the thing as it was opened and sends that
 * version, whatever the page behind it reads meanwhile; refused for a newer one, it takes that over: what was typed stays, all other
 * fields show the newer state, and the next save replaces that version.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DefaultValues, FieldValues, Path, PathValue, UseFormReturn } from 'react-hook-form';
import { ApiError } from '../../api/api-error.ts';
import { apiFetch } from '../../api/client.ts';
import { apiQueryKey, collectionOf } from '../../api/query-key.ts';
import type { ApiPage } from '../../api/use-api.ts';
import { contestedAfter, mergeNewer, type Signs } from './merge-newer.ts';
import type { NewerState } from './newer-state.tsx';

/** What a form dialog says of a change by somebody else. */
export interface Meanwhile<T> {
  readonly newer: NewerState<T>;
  /** What the fields that can be changed are called. */
  readonly labels: Readonly<Partial<Record<keyof T & string, string>>>;
  /** Of a field whose value is no text for people. */
  readonly valueText?: (name: keyof T & string, latest: T) => string | undefined;
}

/** @param thing Undefined: a new one, which nobody else can have changed. @returns As it is to be changed: its version is the one to send. */
export function useOpened<Thing>(thing: Thing): readonly [Thing, (newer: NonNullable<Thing>) => void] {
  return useState(thing);
}

export interface NewerThingOptions<Thing, T extends FieldValues> {
  readonly form: UseFormReturn<T>;
  /** Of `useOpened`. */
  readonly opened: readonly [Thing | undefined, (newer: Thing) => void];
  readonly toValues: (thing: Thing) => T;
  /** Of fields that never show what is stored: what tells that it was changed. `typed` is what the form holds. */
  readonly toSigns?: (thing: Thing, typed: T) => Signs<T>;
  /** Where it is read: by itself, or as a row of a list. */
  readonly path: string;
  /** In a list. */
  readonly isThis?: (row: Thing) => boolean;
}

export function useNewerThing<Thing, T extends FieldValues>(
  options: NewerThingOptions<Thing, T>,
): NewerState<T> | undefined {
  const { form, opened, toValues, toSigns, path, isThis } = options;
  const [thing, setThing] = opened;
  const queryClient = useQueryClient();
  const [contested, setContested] = useState<NewerState<T>['contested']>();
  if (thing === undefined) return undefined;
  const latest = toValues(thing);
  const takeOver = (newer: Thing) => {
    const values = toValues(newer);
    const typed = form.getValues();
    const signs = toSigns && ([toSigns(thing, typed), toSigns(newer, typed)] as const);
    const merged = mergeNewer(latest, typed, values, { signs });
    form.reset(values as DefaultValues<T>);
    for (const name of merged.typed) {
      form.setValue(name as Path<T>, merged.values[name] as PathValue<T, Path<T>>, { shouldDirty: true });
    }
    setThing(newer);
    setContested((earlier) => contestedAfter(earlier ?? [], merged));
    // What stands behind the dialog is as old as what it was opened with: the page of the thing, and the list that has it as a row.
    const stale = isThis === undefined ? collectionOf(path) : path.split('?', 1)[0]!;
    void queryClient.invalidateQueries({ queryKey: apiQueryKey(stale) });
  };
  return {
    contested,
    latest,
    takeLatest: () => {
      form.reset(latest as DefaultValues<T>);
      setContested(undefined);
    },
    save: async (_, change) => {
      try {
        await change();
        return true;
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'version_conflict') throw error;
        const newer = await read(path, isThis).catch(() => undefined);
        // The newer state cannot be read: the refusal is all that can be said.
        if (newer === undefined) throw error;
        takeOver(newer);
        return false;
      }
    },
  };
}

async function read<Thing>(
  path: string,
  isThis: ((row: Thing) => boolean) | undefined,
): Promise<Thing | undefined> {
  if (isThis === undefined) return apiFetch<Thing>(path);
  return (await apiFetch<Pick<ApiPage<Thing>, 'data'>>(path)).data.find(isThis);
}
