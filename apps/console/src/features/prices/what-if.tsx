'use client';
/** What usage would have cost elsewhere: a period's or one request's, the same tokens at other prices. */
import type { ListedPrice, WhatIf as WhatIfAnswer } from '@tollgate/api';
import {
  Button,
  Callout,
  Card,
  EmptyState,
  Field,
  formatNumber,
  Input,
  Money,
  MultiSelect,
  Select,
  UntilTakenOver,
} from '@tollgate/ui';
import { Scale } from 'lucide-react';
import { useEffect, useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { useFoundRows } from '../common/found-select.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { useOrganizationZone } from '../shell/use-me.ts';
import { WHAT_IF_PATH } from './price-api.ts';
import {
  EARLIEST_FIELD,
  fieldOfInstant,
  instantOfField,
  LATEST_FIELD,
  MOST_MODELS,
  PERIODS,
  readQuestion,
  toBody,
  toUrl,
  type WhatIfQuestion,
} from './what-if-question.ts';

const OFFERED_PRICES = 100;

export function WhatIf() {
  const text = useMessages('prices').compare;
  const toText = useProblemText();
  const url = useUrlState();
  const question = readQuestion(url.get);
  const { requestId, days, models, at } = question;
  const ask = (change: Partial<WhatIfQuestion>) => url.set(toUrl(change));
  const timeZone = useOrganizationZone();
  // Not read back from the address: a year that is being typed is a time only with its last digit.
  const [typedAt, setTypedAt] = useState(() => fieldOfInstant(at, timeZone));
  const [wrong, setWrong] = useState<string>();
  const { mutate, ...compare } = useApiMutation<WhatIfAnswer, object>(
    (json) => ({ path: WHAT_IF_PATH, json }),
    { showsError: true, judges: ['/prices', '/operator/prices', '/operator/markup-rules'] },
  );
  const submit = () => {
    const body = toBody(question, Date.now());
    setWrong(body !== undefined ? undefined : models.length > MOST_MODELS ? text.tooMany : text.wrong);
    if (body !== undefined) mutate(body);
  };
  // A link that holds a question shows its answer.
  const [led] = useState(() => toBody(question, Date.now()));
  useEffect(() => {
    if (led !== undefined) mutate(led);
  }, [led, mutate]);
  return (
    <div className="flex flex-col gap-4">
      <p className="max-w-prose text-sm text-ink-soft">{text.text}</p>
      <Card>
        <form
          className="grid items-start gap-4 sm:grid-cols-3"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <UntilTakenOver>
            {requestId === undefined ? (
              <Field label={text.period}>
                <Select
                  value={days}
                  onValueChange={(value) => ask({ days: value })}
                  options={PERIODS.map((value) => ({ value, label: text.days(value) }))}
                />
              </Field>
            ) : (
              <Field
                label={text.request}
                action={
                  <button
                    type="button"
                    className="rounded-xs hover:underline"
                    onClick={() => url.set({ request: undefined })}
                  >
                    {text.wholePeriod}
                  </button>
                }
              >
                <Input readOnly value={requestId} className="font-mono text-xs" />
              </Field>
            )}
            <Field label={text.at} hint={text.atHint} error={wrong}>
              <ModelChoice value={models} onChange={(value) => ask({ models: value })} />
            </Field>
            <Field label={text.pricesOf} hint={text.pricesOfHint(timeZone)}>
              <Input
                type="datetime-local"
                min={EARLIEST_FIELD}
                max={LATEST_FIELD}
                value={typedAt}
                onChange={({ target }) => {
                  setTypedAt(target.value);
                  url.set({ at: instantOfField(target.value, timeZone) });
                }}
              />
            </Field>
            <div className="sm:col-span-3">
              <Button type="submit" variant="primary" loading={compare.isPending}>
                {text.submit}
              </Button>
            </div>
          </UntilTakenOver>
        </form>
      </Card>
      {compare.error && (
        <Callout tone="negative" live>
          {toText(compare.error)}
        </Callout>
      )}
      {compare.data === undefined ? (
        <Card flush>
          <EmptyState icon={<Scale />} title={text.emptyTitle}>
            {text.emptyText}
          </EmptyState>
        </Card>
      ) : (
        compare.data.alternatives.map((alternative) => (
          <Alternative
            key={JSON.stringify([alternative.provider, alternative.model, alternative.at])}
            alternative={alternative}
          />
        ))
      )}
    </div>
  );
}

interface ModelChoiceProps {
  readonly value: readonly string[];
  readonly onChange: (models: readonly string[]) => void;
}

/** Models with a price, found in the book while somebody types. */
function ModelChoice({ value, onChange }: ModelChoiceProps) {
  const { rows, search } = useFoundRows<ListedPrice>((q) =>
    withQuery('/prices', { q, state: 'in-force', limit: OFFERED_PRICES }),
  );
  const found = rows.map(({ provider, model }) => `${provider}/${model}`);
  const others = value.filter((name) => !found.includes(name));
  return (
    <MultiSelect
      value={value}
      onValueChange={onChange}
      options={[
        ...others.map((name) => ({ value: name, label: name, isNamedOnly: true })),
        ...[...new Set(found)].map((name) => ({ value: name, label: name })),
      ]}
      {...search}
    />
  );
}

function Alternative({ alternative }: { readonly alternative: WhatIfAnswer['alternatives'][number] }) {
  const text = useMessages('prices').compare;
  const { ownerOperator } = useMessages('providers');
  const locale = useLocale();
  const title =
    alternative.model === null ? text.sameModels : `${alternative.provider ?? ''}/${alternative.model}`;
  const rows = [
    ...alternative.lines.map((line) => {
      const name = `${line.provider}/${line.model}`;
      return { ...line, name: line.credentialOwner === 'operator' ? `${name} · ${ownerOperator}` : name };
    }),
    { ...alternative, name: text.total },
  ];
  return (
    <Card
      title={title}
      description={
        alternative.unpricedAttempts > 0 && text.unpriced(formatNumber(alternative.unpricedAttempts, locale))
      }
    >
      {alternative.lines.length === 0 ? (
        <p className="text-sm text-ink-soft">{text.nothing}</p>
      ) : (
        <div className="overflow-x-auto">
          <table className="w-full text-sm">
            <thead>
              <tr className="text-xs text-ink-faint [&>th]:py-1.5 [&>th]:pr-4 [&>th]:text-right [&>th]:font-medium">
                <th scope="col" className="!text-left">
                  {text.used}
                </th>
                <th scope="col">{text.requests}</th>
                <th scope="col">{text.actual}</th>
                <th scope="col">{text.other}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, position) => (
                <tr
                  key={row.name}
                  className={`[&>*]:border-t [&>*]:border-line [&>*]:py-1.5 [&>*]:pr-4 ${position === rows.length - 1 ? 'font-medium' : ''}`}
                >
                  <th scope="row" className="text-left font-[inherit] wrap-anywhere">
                    {row.name}
                  </th>
                  <td className="tabular text-right">{formatNumber(row.attempts, locale)}</td>
                  <td className="text-right">
                    <Money value={row.spentUsd} />
                  </td>
                  <td className="text-right">
                    <Money value={row.otherSpentUsd} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
