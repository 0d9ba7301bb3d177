'use client';
/** What one organization may spend a month on what the operator resells. A reason is asked for: it stands in both audit logs. */
import type { OperatedOrganization } from '@tollgate/api';
import { Field, Input } from '@tollgate/ui';
import { useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { ORGANIZATIONS_PATH, organizationPath } from './operator-api.ts';
import { type BoundValues, boundValues, toLimitUsd } from './spend-bound.ts';
import { BoundFields } from './spend-bound-fields.tsx';

interface ResoldSpendValues extends BoundValues {
  reason: string;
}

export interface ResoldSpendDialogProps {
  readonly organization: OperatedOrganization;
  readonly onClose: () => void;
}

export function ResoldSpendDialog({ organization: opened, onClose }: ResoldSpendDialogProps) {
  const all = useMessages('operator');
  const text = all.organizations;
  const parts = useMessages('parts');
  const common = useMessages('common');
  const locale = useLocale();
  const [organization, setOrganization] = useOpened(opened);
  const { id, name } = organization;
  const toValues = ({ resoldSpend }: OperatedOrganization): ResoldSpendValues => ({
    ...boundValues(resoldSpend?.limitUsd ?? null, locale),
    reason: '',
  });
  const form = useForm<ResoldSpendValues>({ defaultValues: toValues(organization) });
  const newer = useNewerThing({
    form,
    opened: [organization, setOrganization],
    toValues,
    path: organizationPath(id),
  });
  const { errors } = form.formState;
  const save = useApiMutation<OperatedOrganization, ResoldSpendValues>(
    (values) => ({
      path: `${organizationPath(id)}/resold-spend`,
      method: 'PUT',
      json: { limitUsd: toLimitUsd(values, locale), reason: values.reason },
      ifMatch: `"${organization.resoldSpend?.version ?? 0}"`,
    }),
    { invalidates: [ORGANIZATIONS_PATH, '/budgets', '/audit-events'] },
  );
  return (
    <FormDialog
      title={text.resold.changeTitle(name)}
      description={text.resold.changeText}
      form={form}
      fields={['bound', 'limitUsd', 'reason']}
      submitLabel={common.save}
      onSubmit={(values) => save.mutateAsync(values)}
      meanwhile={newer && { newer, labels: { bound: text.bound.label, limitUsd: text.bound.amountLabel } }}
      done={text.resold.saved(name)}
      onClose={onClose}
    >
      <BoundFields
        form={form}
        label={text.bound.label}
        none={text.bound.none}
        noneText={text.bound.noneText}
      />
      <Field label={all.reason} hint={text.reasonHint} error={errors.reason?.message} required>
        <Input
          autoComplete="off"
          maxLength={300}
          {...form.register('reason', { required: parts.required })}
        />
      </Field>
    </FormDialog>
  );
}
