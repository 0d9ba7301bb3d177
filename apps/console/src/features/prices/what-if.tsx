'use client';
/** What usage would have cost elsewhere: the same tokens at other prices. */
import type { WhatIf as WhatIfAnswer } from '@tollgate/api';
import {
  Button,
  Callout,
  Card,
  EmptyState,
  Field,
  formatNumber,
  Input,
  Money,
  Select,
  Textarea,
} from '@tollgate/ui';
import { Scale } from 'lucide-react';
import { useState } from 'react';
import { useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { toInstant } from './price-api.ts';

const DAY_MS = 86_400_000;
const PERIODS = ['1', '7', '30', '90'] as const;

type Alternative = { provider?: string; model?: string; at?: string };

/** One per line, `provider/model`; models may have slashes in their names. @returns Undefined: not readable. */
function parseAlternatives(typed: string, at: string | undefined): Alternative[] | undefined {
  const lines = typed.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  if (lines.length === 0) return at === undefined ? undefined : [{ at }];
  if (lines.length > 5 || lines.some((line) => !/^[^/\s]+\/\S+$/.test(line))) return undefined;
  return lines.map((line) => {
    const slash = line.indexOf('/');
    const named = { provider: line.slice(0, slash), model: line.slice(slash + 1) };
    return at === undefined ? named : { ...named, at };
  });
}

export function WhatIf({ startWith }: { readonly startWith: string }) {
  const text = useMessages('prices').compare;
  const toText = useProblemText();
  const [days, setDays] = useState<(typeof PERIODS)[number]>('30');
  const [models, setModels] = useState(startWith);
  const [at, setAt] = useState('');
  const [wrong, setWrong] = useState(false);
  const compare = useApiMutation<WhatIfAnswer, object>((json) => ({ path: '/prices/what-if', json }));
  const submit = () => {
    const alternatives = parseAlternatives(models, toInstant(at));
    setWrong(alternatives === undefined);
    if (alternatives === undefined) return;
    compare.mutate({ from: new Date(Date.now() - Number(days) * DAY_MS).toISOString(), alternatives });
  };
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
          <Field label={text.period}>
            <Select
              value={days}
              onValueChange={setDays}
              options={PERIODS.map((value) => ({ value, label: text.days(value) }))}
            />
          </Field>
          <Field label={text.at} hint={text.atHint} error={wrong ? text.wrong : undefined}>
            <Textarea
              rows={3}
              spellCheck={false}
              className="font-mono text-xs"
              value={models}
              onChange={(event) => setModels(event.target.value)}
            />
          </Field>
          <Field label={text.pricesOf} hint={text.pricesOfHint}>
            <Input type="datetime-local" value={at} onChange={(event) => setAt(event.target.value)} />
          </Field>
          <div className="sm:col-span-3">
            <Button type="submit" variant="primary" loading={compare.isPending}>
              {text.submit}
            </Button>
          </div>
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

function Alternative({ alternative }: { readonly alternative: WhatIfAnswer['alternatives'][number] }) {
  const prices = useMessages('prices');
  const text = prices.compare;
  const locale = useLocale();
  const title =
    alternative.model === null ? text.sameModels : `${alternative.provider ?? ''}/${alternative.model}`;
  const rows = [
    ...alternative.lines.map((line) => ({ name: `${line.provider}/${line.model}`, ...line })),
    { name: text.total, ...alternative },
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
                    <Money value={row.costUsd} />
                  </td>
                  <td className="text-right">
                    <Money value={row.otherCostUsd} />
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
