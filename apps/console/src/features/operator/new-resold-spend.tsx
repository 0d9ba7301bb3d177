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
import { type BoundValues, boundValues, toLimitUsd } from './spend-bound.ts';
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
  const saved = boundValues(spend.limitUsd, locale);
  const form = useForm<BoundValues>({ defaultValues: saved });
  const path = NEW_RESOLD_SPEND_PATH;
  const newer = useNewerState({ form, values: saved, version: spend.updatedAt, path });
  const change = useApiMutation<NewResoldSpend, BoundValues>(
    (values) => ({
      path: NEW_RESOLD_SPEND_PATH,
      method: 'PUT',
      json: { limitUsd: toLimitUsd(values, locale) },
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
        fields={['bound', 'limitUsd']}
        submitLabel={common.save}
        onSubmit={async (values) => {
          if (await newer.save(values, () => change.mutateAsync(values))) toast.success(common.saved);
        }}
      >
        <ChangedMeanwhile
          newer={newer}
          labels={{ bound: text.label, limitUsd: organizations.bound.amountLabel }}
          valueText={(name, value) =>
            name === 'bound' ? (value === 'none' ? text.none : organizations.bound.amount) : undefined
          }
        />
        <BoundFields form={form} label={text.label} none={text.none} noneText={text.noneText} />
        <p className="text-sm text-ink-soft">{text.others}</p>
      </SettingsForm>
    </div>
  );
}
