'use client';
/** What organizations that are made from now on may spend a month on what the operator resells. */
import type { NewResoldSpend } from '@tollgate/api';
import { Card, Skeleton, toast } from '@tollgate/ui';
import { useForm } from 'react-hook-form';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ChangedMeanwhile, useNewerState } from '../common/newer-state.tsx';
import { QueryError } from '../common/query-error.tsx';
import { etagOfTime } from '../common/request-safety.ts';
import { SettingsForm } from '../settings/settings-form.tsx';
import { NEW_RESOLD_SPEND_PATH } from './operator-api.ts';
import { type FiguresValues, figuresValues, shownPlaces, toFigures } from './spend-bound.ts';
import { BoundFields } from './spend-bound-fields.tsx';

export function NewResoldSpendCard() {
  const spend = useApiQuery<NewResoldSpend>(NEW_RESOLD_SPEND_PATH);
  if (spend.data !== undefined) return <SpendForm spend={spend.data} />;
  if (spend.error === null) return <Skeleton className="h-64 max-w-3xl" />;
  return (
    <Card flush className="max-w-3xl">
      <QueryError query={spend} />
    </Card>
  );
}

function SpendForm({ spend }: { readonly spend: NewResoldSpend }) {
  const { organizations, resale } = useMessages('operator');
  const text = resale.newSpend;
  const common = useMessages('common');
  const locale = useLocale();
  const { byPayment } = spend;
  const saved = figuresValues(spend, locale);
  const form = useForm<FiguresValues>({ defaultValues: saved });
  const path = NEW_RESOLD_SPEND_PATH;
  const newer = useNewerState({ form, values: saved, version: spend.updatedAt, path });
  const change = useApiMutation<NewResoldSpend, FiguresValues>(
    (values) => ({
      path: NEW_RESOLD_SPEND_PATH,
      method: 'PUT',
      json: toFigures(values, locale, byPayment),
      ifMatch: etagOfTime(spend.updatedAt),
    }),
    { invalidates: [NEW_RESOLD_SPEND_PATH, '/audit-events'] },
  );
  return (
    <div className="max-w-3xl">
      <SettingsForm
        title={text.title}
        description={text.text}
        form={form}
        fields={['firstBound', 'firstLimitUsd', 'bound', 'limitUsd']}
        apiFields={shownPlaces(form.watch())}
        submitLabel={common.save}
        onSubmit={async (values) => {
          if (await newer.save(values, () => change.mutateAsync(values))) toast.success(common.saved);
        }}
      >
        <ChangedMeanwhile
          newer={newer}
          labels={{
            firstBound: text.label,
            firstLimitUsd: text.firstAmount,
            bound: byPayment ? text.usual : text.label,
            limitUsd: byPayment ? text.usualAmount : organizations.bound.amountLabel,
          }}
          valueText={(name, value) =>
            name === 'bound' || name === 'firstBound'
              ? value === 'none'
                ? text.none
                : organizations.bound.amount
              : undefined
          }
        />
        {byPayment && (
          <BoundFields
            form={form}
            label={text.label}
            none={text.none}
            noneText={text.noneText}
            hint={text.firstHint}
            names={{ bound: 'firstBound', amount: 'firstLimitUsd', label: text.firstAmount }}
          />
        )}
        <BoundFields
          form={form}
          label={byPayment ? text.usual : text.label}
          none={text.none}
          noneText={byPayment ? text.usualNoneText : text.noneText}
          hint={byPayment ? text.usualHint : undefined}
          {...(byPayment && { names: { bound: 'bound', amount: 'limitUsd', label: text.usualAmount } })}
        />
        <p className="text-sm text-ink-soft">{text.others}</p>
      </SettingsForm>
    </div>
  );
}
