'use client';
/** Range, interval, grouping, mode, comparison and filters. All of it goes to the address. */
import { Field, Input, Select, Switch } from '@tollgate/ui';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { UsageFilters } from './usage-filters.tsx';
import { RANGES } from './usage-range.ts';
import { DIMENSIONS } from './usage-types.ts';
import type { UsageQuestion } from './use-usage-question.ts';
import { calendarDate, toDateText } from './zoned-time.ts';

export function UsageControls({ question }: { readonly question: UsageQuestion }) {
  const text = useMessages('usage');
  const url = useUrlState();
  const { range, rangeName, timeZone } = question;
  const chooseRange = (name: string) =>
    url.set({
      range: name === '30d' ? undefined : name,
      interval: undefined,
      // A custom range starts as what was shown, to be moved from there.
      from: name === 'custom' ? toDateText(calendarDate(range.fromMs, timeZone)) : undefined,
      to: name === 'custom' ? toDateText(calendarDate(range.toMs - 1, timeZone)) : undefined,
    });
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select
        compact
        aria-label={text.range}
        value={rangeName}
        onValueChange={chooseRange}
        options={RANGES.map((name) => ({ value: name, label: text.ranges[name] }))}
      />
      {rangeName === 'custom' && <CustomDates />}
      <Select
        compact
        aria-label={text.interval}
        value={question.interval}
        onValueChange={(interval) => url.set({ interval })}
        options={question.range.intervals.map((name) => ({ value: name, label: text.intervals[name] }))}
      />
      <GroupPicker question={question} />
      <SecondGroupPicker question={question} />
      <Select
        compact
        aria-label={text.mode}
        value={question.mode}
        onValueChange={(mode) => url.set({ mode: mode === 'all' ? undefined : mode })}
        options={(['all', 'live', 'test'] as const).map((name) => ({
          value: name,
          label: text.modes[name],
        }))}
      />
      <UsageFilters question={question} />
      <Switch
        className="sm:ml-auto"
        label={text.compare}
        checked={question.compare}
        onCheckedChange={(compare) => url.set({ compare: compare ? undefined : '0' })}
      />
    </div>
  );
}

function CustomDates() {
  const text = useMessages('usage');
  const url = useUrlState();
  return (
    <>
      {(['from', 'to'] as const).map((name) => (
        <Input
          key={name}
          type="date"
          aria-label={text[name]}
          className="w-auto"
          value={url.get(name) ?? ''}
          onChange={(event) => url.set({ [name]: event.target.value, interval: undefined })}
        />
      ))}
    </>
  );
}

const TAG = 'tag';

function GroupPicker({ question }: { readonly question: UsageQuestion }) {
  const text = useMessages('usage');
  const url = useUrlState();
  const isTag = question.groupBy.startsWith('tag:');
  const [naming, setNaming] = useState(false);
  const [tagName, setTagName] = useState(isTag ? question.groupBy.slice(4) : '');
  const choose = (group: string) => {
    setNaming(group === TAG);
    if (group !== TAG) url.set({ group: group === 'model' ? undefined : group, group2: undefined });
  };
  const apply = () => {
    if (/^[A-Za-z0-9_.-]{1,64}$/.test(tagName)) url.set({ group: `tag:${tagName}` });
  };
  return (
    <>
      <Select
        compact
        aria-label={text.groupBy}
        lead={text.groupBy}
        value={isTag || naming ? TAG : question.groupBy}
        onValueChange={choose}
        options={[...DIMENSIONS, TAG, 'none'].map((name) => ({
          value: name,
          label: text.group[name as keyof typeof text.group],
        }))}
      />
      {(isTag || naming) && (
        <form
          className="contents"
          onSubmit={(event) => {
            event.preventDefault();
            apply();
          }}
        >
          <Field label={text.tagName} labelHidden>
            <Input
              autoFocus={naming}
              placeholder={text.tagName}
              className="w-40 font-mono"
              value={tagName}
              onChange={(event) => setTagName(event.target.value.trim())}
              onBlur={apply}
            />
          </Field>
        </form>
      )}
    </>
  );
}

const NO_SECOND = 'none';

/** End users and tags are told apart by model alone. */
function SecondGroupPicker({ question }: { readonly question: UsageQuestion }) {
  const text = useMessages('usage');
  const url = useUrlState();
  const { groupBy, groups } = question;
  if (groupBy === 'none') return null;
  const isApart = groupBy === 'endUser' || groupBy.startsWith('tag:');
  const names = isApart
    ? (['model'] as const)
    : DIMENSIONS.filter((name) => name !== groupBy && name !== 'endUser');
  return (
    <Select
      compact
      aria-label={text.groupBy2}
      lead={text.groupBy2}
      value={groups[1] ?? NO_SECOND}
      onValueChange={(name) => url.set({ group2: name === NO_SECOND ? undefined : name })}
      options={[
        { value: NO_SECOND, label: text.noSecond },
        ...names.map((name) => ({ value: name, label: text.group[name] })),
      ]}
    />
  );
}
