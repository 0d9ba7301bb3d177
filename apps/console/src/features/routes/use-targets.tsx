'use client';
/** What the models behind targets are: who serves them, for how much, and how that went lately. Asked once a page. */
import type { Model } from '@tollgate/api';
import { type ComboboxOption, formatMoney } from '@tollgate/ui';
import { createContext, type ReactNode, useCallback, useContext, useMemo } from 'react';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import { useModels } from '../models/model-api.ts';
import type { CredentialStanding } from '../providers/credential-standing.ts';
import { useCredentialStandings } from '../providers/use-credential-figures.ts';
import { useEditorText } from './use-editor-text.ts';

export interface TargetFacts {
  /** Models that a target's name means: one with its provider, or all that are called so. */
  readonly find: (name: string) => readonly Model[];
  readonly search: (typed: string) => readonly ComboboxOption[];
  readonly loading: boolean;
  /** Whether `find` knows all there are. */
  readonly complete: boolean;
  readonly standings: ReadonlyMap<string, CredentialStanding> | undefined;
}

const TargetContext = createContext<TargetFacts | undefined>(undefined);

export function TargetFactsProvider({ children }: { readonly children: ReactNode }) {
  return <TargetContext value={useFacts()}>{children}</TargetContext>;
}

export function useTargetFacts(): TargetFacts {
  const facts = useContext(TargetContext);
  if (facts === undefined)
    throw new Error('Cannot tell of targets: TargetFactsProvider must be above, got none');
  return facts;
}

function useFacts(): TargetFacts {
  const { rows, isLoading, isComplete } = useModels();
  const standings = useCredentialStandings();
  const toOptions = useToOptions();
  const byName = useMemo(() => indexByName(rows), [rows]);
  const find = useCallback((name: string) => byName.get(name.trim()) ?? [], [byName]);
  const search = useCallback((typed: string) => toOptions(rows, typed), [rows, toOptions]);
  return useMemo(
    () => ({ find, search, loading: isLoading, complete: isComplete, standings }),
    [find, search, isLoading, isComplete, standings],
  );
}

function indexByName(models: readonly Model[]): ReadonlyMap<string, readonly Model[]> {
  const byName = new Map<string, Model[]>();
  for (const model of models) {
    for (const name of new Set([model.id, model.name, ...model.aliases])) {
      byName.set(name, [...(byName.get(name) ?? []), model]);
    }
  }
  return byName;
}

const SHOWN_MODELS = 100;

/** Bare names first where several serve one, then each with its provider. */
function useToOptions(): (models: readonly Model[], typed: string) => readonly ComboboxOption[] {
  const text = useEditorText().target;
  const locale = useLocale();
  return useCallback(
    (models, typed) => {
      const wanted = typed.trim().toLowerCase();
      const found = models.filter(({ id }) => id.toLowerCase().includes(wanted)).slice(0, SHOWN_MODELS);
      return [...Map.groupBy(found, ({ name }) => name)].flatMap(([name, members]) => [
        {
          value: name,
          label: name,
          hint: joined([text.anyProvider, members.length === 1 && priceText(members[0], locale)]),
        },
        ...members.map((model) => ({
          value: model.id,
          label: model.id,
          hint: priceText(model, locale),
        })),
      ]);
    },
    [text, locale],
  );
}

const joined = (parts: readonly (string | false | undefined)[]) =>
  parts.filter((part) => typeof part === 'string' && part !== '').join(' · ');

function priceText(model: Model | undefined, locale: string): string | undefined {
  const input = model?.price?.components.input?.usdPerMillion;
  const output = model?.price?.components.output?.usdPerMillion;
  const amounts = [input, output].filter((amount) => amount !== null && amount !== undefined);
  return amounts.length === 0
    ? undefined
    : amounts.map((amount) => formatMoney(amount, { locale })).join(' / ');
}
