'use client';
/** One filter per dimension, each with the values of the range and how many requests they had. */
import { Callout, Combobox, Field, formatCount } from '@tollgate/ui';
import { useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import type { UsageAnswer } from './usage-types.ts';
import { FILTERS, type FilterName, type UsageQuestion } from './use-usage-question.ts';

export function UsageFilters({ question }: { readonly question: UsageQuestion }) {
  const text = useMessages('usage');
  return (
    <div className="flex flex-col gap-3">
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3 xl:grid-cols-5">
        {FILTERS.map((name) => (
          <Facet key={name} name={name} question={question} />
        ))}
      </div>
      {!question.filterable && <Callout>{text.filterNotHere}</Callout>}
    </div>
  );
}

function Facet({ name, question }: { readonly name: FilterName; readonly question: UsageQuestion }) {
  const text = useMessages('usage');
  const locale = useLocale();
  const url = useUrlState();
  const usage = useApiQuery<UsageAnswer>(question.facetPath(name));
  const value = question.filters[name];
  const options = (usage.data?.data ?? [])
    .filter((row) => (row[name] ?? '') !== '')
    .map((row) => ({
      value: row[name] ?? '',
      label: row.names[name] ?? row[name] ?? '',
      hint: formatCount(row.requests, locale),
      keywords: [row[name] ?? ''],
    }));
  const known = value === undefined || options.some((option) => option.value === value);
  return (
    <Field label={text.group[name]} labelHidden>
      <Combobox
        value={value}
        onValueChange={(next) => url.set({ [name]: next })}
        clearable
        placeholder={text.allOf[name]}
        loading={usage.isLoading}
        disabled={!question.filterable && name !== 'model'}
        options={known ? options : [{ value: value ?? '', label: value ?? '' }, ...options]}
      />
    </Field>
  );
}
