'use client';
/** Stops serving an organization, or serves it again. A reason is asked for: it stands in both audit logs. */
import type { OperatedOrganization, OperatedOrganizationDetail } from '@tollgate/api';
import { Callout, Field, formatNumber, Input, useUi } from '@tollgate/ui';
import { useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { ORGANIZATIONS_PATH, organizationPath } from './operator-api.ts';

export interface SuspendDialogProps {
  readonly organization: OperatedOrganizationDetail;
  readonly action: 'suspend' | 'resume';
  readonly onClose: () => void;
}

export function SuspendDialog({ organization, action, onClose }: SuspendDialogProps) {
  const all = useMessages('operator');
  const text = all.organizations;
  const parts = useMessages('parts');
  const { id, name } = organization;
  const { labels, locale } = useUi();
  const form = useForm({ defaultValues: { reason: '', name: '' } });
  const { errors } = form.formState;
  const act = useApiMutation<OperatedOrganization, { reason: string }>(
    (json) => ({ path: `${organizationPath(id)}/${action}`, json }),
    { invalidates: [ORGANIZATIONS_PATH, '/audit-events', '/me'] },
  );
  const isTakingOver = action === 'suspend' && organization.suspendedBy === 'dunning';
  const stops = action === 'suspend' && !isTakingOver;
  const consequence =
    action === 'resume'
      ? organization.suspendedBy === 'dunning'
        ? text.resumeDunningText
        : text.resumeText
      : isTakingOver
        ? text.takeOverText
        : text.suspendText;
  return (
    <FormDialog
      title={action === 'suspend' ? text.suspendTitle(name) : text.resumeTitle(name)}
      form={form}
      fields={['reason', 'name']}
      submitLabel={isTakingOver ? text.takeOver : action === 'suspend' ? text.suspend : text.resume}
      onSubmit={({ reason }) => act.mutateAsync({ reason })}
      done={action === 'suspend' ? text.suspended(name) : text.resumed(name)}
      onClose={onClose}
    >
      <Callout tone={action === 'suspend' ? 'warning' : 'info'}>
        {stops && (
          <p className="font-medium">
            {organization.requestsLastHour === 0
              ? text.stopsNothing
              : text.stops(formatNumber(organization.requestsLastHour, locale))}
          </p>
        )}
        {consequence}
      </Callout>
      <Field label={all.reason} hint={text.reasonHint} error={errors.reason?.message} required>
        <Input
          autoFocus
          autoComplete="off"
          maxLength={300}
          placeholder={text.reasonPlaceholder}
          {...form.register('reason', { required: parts.required })}
        />
      </Field>
      {stops && (
        <Field label={labels.typeToConfirm(name)} error={errors.name?.message} required>
          <Input
            autoComplete="off"
            spellCheck={false}
            {...form.register('name', { validate: (typed) => typed.trim() === name || text.nameWrong })}
          />
        </Field>
      )}
    </FormDialog>
  );
}
