'use client';
/** Stops serving an organization, or serves it again. A reason is asked for: it stands in both audit logs. */
import type { OperatedOrganization } from '@tollgate/api';
import { Callout, Field, Input } from '@tollgate/ui';
import { useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { ORGANIZATIONS_PATH, organizationPath } from './operator-api.ts';

export interface SuspendDialogProps {
  readonly organization: OperatedOrganization;
  readonly action: 'suspend' | 'resume';
  readonly onClose: () => void;
}

export function SuspendDialog({ organization, action, onClose }: SuspendDialogProps) {
  const all = useMessages('operator');
  const text = all.organizations;
  const parts = useMessages('parts');
  const { id, name } = organization;
  const form = useForm<{ reason: string }>({ defaultValues: { reason: '' } });
  const act = useApiMutation<OperatedOrganization, { reason: string }>(
    (json) => ({ path: `${organizationPath(id)}/${action}`, json }),
    { invalidates: [ORGANIZATIONS_PATH, '/audit-events', '/me'] },
  );
  const isTakingOver = action === 'suspend' && organization.suspendedBy === 'dunning';
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
      fields={['reason']}
      submitLabel={isTakingOver ? text.takeOver : action === 'suspend' ? text.suspend : text.resume}
      onSubmit={(values) => act.mutateAsync(values)}
      done={action === 'suspend' ? text.suspended(name) : text.resumed(name)}
      onClose={onClose}
    >
      <Callout tone={action === 'suspend' ? 'warning' : 'info'}>{consequence}</Callout>
      <Field label={all.reason} hint={text.reasonHint} error={form.formState.errors.reason?.message} required>
        <Input
          autoFocus
          autoComplete="off"
          maxLength={300}
          placeholder={text.reasonPlaceholder}
          {...form.register('reason', { required: parts.required })}
        />
      </Field>
    </FormDialog>
  );
}
