'use client';
/** What the models behind targets are: who serves them, for how much, and how that went lately. Only of models that are on the page. */
import type { Model } from '@tollgate/api';
import { type ComboboxOption, formatMoney } from '@tollgate/ui';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useLocale } from '../../i18n/i18n-provider.tsx';
import { type FoundRows, useFoundRows } from '../common/found-select.tsx';
import type { CredentialStanding } from '../providers/credential-standing.ts';
import { useCredentialStandings } from '../providers/use-credential-figures.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { type NamedModels, useNamedModels } from './named-models.ts';
import { useEditorText } from './use-editor-text.ts';

export interface TargetFacts extends NamedModels {
  readonly standings: ReadonlyMap<string, CredentialStanding> | undefined;
}

const TargetContext = createContext<TargetFacts | undefined>(undefined);

/** @param names Of every target on the page. */
export function TargetFactsProvider({
  names,
  children,
}: {
  readonly names: readonly string[];
  readonly children: ReactNode;
}) {
  const models = useNamedModels(names);
  const { standings } = useCredentialStandings();
  const facts = useMemo(() => ({ ...models, standings }), [models, standings]);
  return <TargetContext value={facts}>{children}</TargetContext>;
}

export function useTargetFacts(): TargetFacts {
  const facts = useContext(TargetContext);
  if (facts === undefined)
    throw new Error('Cannot tell of targets: TargetFactsProvider must be above, got none');
  return facts;
}

const SHOWN_MODELS = 100;

/** Models to choose from, found by the server: bare names first where several serve one, then each with its provider. */
export function useModelSearch(): FoundRows<unknown>['search'] & {
  readonly options: readonly ComboboxOption[];
} {
  const text = useEditorText().target;
  const locale = useLocale();
  const allowed = usePermission('models:read');
  const { rows, search } = useFoundRows<Model>(
    allowed ? (q) => withQuery('/models', { q, limit: SHOWN_MODELS }) : undefined,
  );
  const options = useMemo(
    () =>
      [...Map.groupBy(rows, ({ name }) => name)].flatMap(([name, members]) => [
        {
          value: name,
          label: name,
          hint: joined([text.anyProvider, members.length === 1 && priceText(members[0], locale)]),
        },
        ...members.map((model) => ({ value: model.id, label: model.id, hint: priceText(model, locale) })),
      ]),
    [rows, text, locale],
  );
  return { ...search, options };
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
