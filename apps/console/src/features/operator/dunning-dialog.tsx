'use client';
/** What happens when an invoice of one organization is overdue: each step on its day, or not at all. */
import type { OperatedOrganization } from '@tollgate/api';
import { Field, Input } from '@tollgate/ui';
import { useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { etagOfTime } from '../common/request-safety.ts';
import { parseCount } from '../limits/amount.ts';
import { type OrganizationBilling, organizationPath } from './operator-api.ts';
import {
  type DunningFormValues,
  dunningValues,
  parseDays,
  parseReminderDays,
  toDunningPolicy,
} from './terms-form-values.ts';

const FIELDS = ['reminderDays', 'grace', 'softLimit', 'requestsPerMinute', 'stop'] as const;
const API_FIELDS = {
  'dunningPolicy.reminderDays': 'reminderDays',
  'dunningPolicy.grace.afterDays': 'grace',
  'dunningPolicy.softLimit.afterDays': 'softLimit',
  'dunningPolicy.softLimit.requestsPerMinute': 'requestsPerMinute',
  'dunningPolicy.stop.afterDays': 'stop',
} as const;
const MOST_DAYS = 365;

const toValues = ({ dunningPolicy }: OrganizationBilling) => dunningValues(dunningPolicy);

export interface DunningDialogProps {
  readonly organization: OperatedOrganization;
  readonly billing: OrganizationBilling;
  readonly onClose: () => void;
}

export function DunningDialog({ organization, billing: opened, onClose }: DunningDialogProps) {
  const all = useMessages('operator').organizations;
  const text = all.dunning;
  const common = useMessages('common');
  const locale = useLocale();
  const path = `${organizationPath(organization.id)}/billing`;
  const [billing, setBilling] = useOpened(opened);
  const form = useForm<DunningFormValues>({ defaultValues: toValues(billing) });
  const newer = useNewerThing({ form, opened: [billing, setBilling], toValues, path });
  const { errors } = form.formState;
  const save = useApiMutation<OrganizationBilling, DunningFormValues>(
    (values) => ({
      path,
      method: 'PATCH',
      json: { dunningPolicy: toDunningPolicy(values, locale) },
      ifMatch: etagOfTime(billing.updatedAt),
    }),
    { invalidates: [path, '/audit-events', '/billing'] },
  );
  const isDays = (typed: string) =>
    typed.trim() === '' || parseDays(typed, locale) !== undefined || all.daysWrong(MOST_DAYS);
  const days = (name: 'grace' | 'softLimit' | 'stop') => (
    <Input
      inputMode="numeric"
      autoComplete="off"
      className="tabular"
      {...form.register(name, { validate: isDays })}
    />
  );
  return (
    <FormDialog
      title={text.title(organization.name)}
      description={text.text}
      form={form}
      fields={FIELDS}
      apiFields={API_FIELDS}
      submitLabel={common.save}
      onSubmit={(values) => save.mutateAsync(values)}
      meanwhile={newer && { newer, labels: { ...text, reminderDays: text.reminders } }}
      done={text.saved(organization.name)}
      onClose={onClose}
    >
      <Field label={text.reminders} hint={text.remindersHint} error={errors.reminderDays?.message}>
        <Input
          autoFocus
          autoComplete="off"
          className="tabular"
          {...form.register('reminderDays', {
            validate: (typed) => parseReminderDays(typed, locale) !== undefined || text.remindersWrong,
          })}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.softLimit} hint={text.emptyHint} error={errors.softLimit?.message}>
          {days('softLimit')}
        </Field>
        <Field label={text.requestsPerMinute} error={errors.requestsPerMinute?.message}>
          <Input
            inputMode="numeric"
            autoComplete="off"
            className="tabular"
            {...form.register('requestsPerMinute', {
              validate: (typed, { softLimit }) =>
                softLimit.trim() === ''
                  ? typed.trim() === '' || text.bothOrNone
                  : (parseCount(typed, locale) ?? 0) > 0 || text.bothOrNone,
            })}
          />
        </Field>
        <Field label={text.grace} hint={text.emptyHint} error={errors.grace?.message}>
          {days('grace')}
        </Field>
        <Field label={text.stop} hint={text.stopHint} error={errors.stop?.message}>
          {days('stop')}
        </Field>
      </div>
    </FormDialog>
  );
}
