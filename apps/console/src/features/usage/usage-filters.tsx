'use client';
/** What is filtered by, a chip for each value; one more at a time, with the values of the range and how many requests they had. */
import { Button, Callout, Combobox, Field, formatCount, IconButton, Input, Select } from '@tollgate/ui';
import { X } from 'lucide-react';
import { useState } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import type { Dimension, UsageAnswer } from './usage-types.ts';
import {
  FILTERS,
  type FilterName,
  MOST_VALUES,
  printFilter,
  TAG_FILTER,
  type UsageQuestion,
} from './use-usage-question.ts';

const NAMED: readonly FilterName[] = ['team', 'key', 'provider', 'member', 'credential'];

export function UsageFilters({ question }: { readonly question: UsageQuestion }) {
  const text = useMessages('usage');
  const url = useUrlState();
  const [adding, setAdding] = useState<FilterName>();
  const active = FILTERS.filter((name) => question.filters[name] !== undefined);
  const valuesOf = (name: FilterName) => question.filters[name] ?? [];
  const free = FILTERS.filter((name) => valuesOf(name).length < (name === 'tag' ? 1 : MOST_VALUES));
  const ignored = active.filter((name) => !question.applies(name));
  const add = (name: FilterName, value: string | undefined) => {
    setAdding(undefined);
    if (value !== undefined) url.set({ [name]: printFilter(name, [...valuesOf(name), value]) });
  };
  return (
    <>
      {active.map((name) => (
        <Chips key={name} name={name} question={question} />
      ))}
      <Select<FilterName | ''>
        compact
        aria-label={text.addFilter}
        placeholder={text.addFilter}
        value={adding ?? ''}
        onValueChange={(name) => setAdding(name === '' ? undefined : name)}
        options={free.map((name) => ({ value: name, label: text.group[name] }))}
      />
      {adding === 'tag' && <TagFilter onApply={(value) => add('tag', value)} />}
      {adding !== undefined && adding !== 'tag' && (
        <ValuePicker name={adding} question={question} onChoose={(value) => add(adding, value)} />
      )}
      {active.flatMap(valuesOf).length > 1 && (
        <Button
          variant="ghost"
          size="sm"
          onClick={() => url.set(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}
        >
          {text.clearAll}
        </Button>
      )}
      {ignored.length > 0 && (
        <Callout className="order-last w-full">
          {text.filterNotHere(ignored.map((name) => text.group[name]).join(', '))}
        </Callout>
      )}
    </>
  );
}

/** Of one dimension: any of its values is enough. */
function Chips({ name, question }: { readonly name: FilterName; readonly question: UsageQuestion }) {
  const text = useMessages('usage');
  const url = useUrlState();
  const values = question.filters[name] ?? [];
  // Only ids have names that would have to be asked for.
  const isId = NAMED.includes(name);
  // Members are found with the service accounts of their filter, which takes as long as everything else together.
  const path = name === 'member' ? question.facetPath(name) : question.valuePath(name, values);
  const { data } = useApiQuery<UsageAnswer>(isId ? path : undefined);
  return values.map((value, place) => (
    <Chip
      key={value}
      group={name === 'tag' ? text.tag : text.group[name]}
      label={data?.data.find((row) => row[name as Dimension] === value)?.names[name] ?? value}
      isOther={place > 0}
      applies={question.applies(name)}
      onRemove={() => url.set({ [name]: printFilter(name, values.toSpliced(place, 1)) })}
    />
  ));
}

interface ChipProps {
  readonly group: string;
  readonly label: string;
  /** Stands behind another value of its dimension. */
  readonly isOther: boolean;
  readonly applies: boolean;
  readonly onRemove: () => void;
}

function Chip({ group, label, isOther, applies, onRemove }: ChipProps) {
  const text = useMessages('usage');
  return (
    <span
      className={`inline-flex h-control max-w-full items-center gap-1 rounded-sm border pr-0.5 pl-2 text-sm ${
        applies
          ? 'border-accent bg-accent-soft text-accent-ink'
          : 'border-line-strong bg-sunken text-ink-faint line-through'
      }`}
    >
      <span className="shrink-0">{isOther ? text.or : `${group}:`}</span>
      <span className="min-w-0 truncate font-medium">{label}</span>
      <IconButton size="sm" label={text.removeFilter(`${group}: ${label}`)} onClick={onRemove}>
        <X />
      </IconButton>
    </span>
  );
}

interface ValuePickerProps {
  readonly name: Exclude<FilterName, 'tag'>;
  readonly question: UsageQuestion;
  readonly onChoose: (value: string | undefined) => void;
}

function ValuePicker({ name, question, onChoose }: ValuePickerProps) {
  const text = useMessages('usage');
  const locale = useLocale();
  const usage = useApiQuery<UsageAnswer>(question.facetPath(name));
  const options = (usage.data?.data ?? [])
    .filter((row) => (row[name] ?? '') !== '' && !question.filters[name]?.includes(row[name] ?? ''))
    .map((row) => ({
      value: row[name] ?? '',
      label: row.names[name] ?? row[name] ?? '',
      hint: formatCount(row.requests, locale),
      keywords: [row[name] ?? ''],
    }));
  return (
    <Field label={text.group[name]} labelHidden className="w-56">
      <Combobox
        value={undefined}
        onValueChange={onChoose}
        placeholder={text.group[name]}
        loading={usage.isLoading}
        options={options}
      />
    </Field>
  );
}

function TagFilter({ onApply }: { readonly onApply: (value: string) => void }) {
  const text = useMessages('usage');
  const [typed, setTyped] = useState('');
  const isGood = TAG_FILTER.test(typed);
  return (
    <form
      className="flex items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood) onApply(typed);
      }}
    >
      <Field label={text.tagFilter} labelHidden>
        <Input
          autoFocus
          placeholder={text.tagFilter}
          className="w-48 font-mono"
          value={typed}
          maxLength={300}
          onChange={(event) => setTyped(event.target.value.trim())}
        />
      </Field>
      <Button type="submit" disabled={!isGood}>
        {text.apply}
      </Button>
    </form>
  );
}
