'use client';
/** Gives many keys another owner, or another team. */
import { Callout, Field } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { TeamSelect } from '../common/team-select.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { OwnerSelect } from './owner-select.tsx';
import { type BulkDialogProps, useBulkChange } from './use-bulk-change.ts';

export function BulkOwnerDialog({ keys, onClose, onDone }: BulkDialogProps) {
  const text = useMessages('hygiene').bulk;
  const owners = useMessages('keys').owners;
  // Not chosen yet is no owner: who applies without choosing would make them the organization's.
  const form = useForm<{ ownerId: string | undefined }>({ defaultValues: { ownerId: undefined } });
  const change = useBulkChange(keys);
  return (
    <FormDialog
      form={form}
      fields={['ownerId']}
      apiFields={{ 'change.ownerId': 'ownerId' }}
      title={text.ownerTitle(keys.length)}
      description={text.ownerText}
      submitLabel={text.submit}
      onSubmit={({ ownerId }) => change.mutateAsync({ kind: 'owner', ownerId: ownerId || null })}
      onDone={({ data }) => onDone(data)}
      onClose={onClose}
    >
      <Field label={owners.label} hint={owners.hint} error={form.formState.errors.ownerId?.message} required>
        <Controller
          control={form.control}
          name="ownerId"
          rules={{ validate: (ownerId) => ownerId !== undefined || text.ownerMissing }}
          render={({ field }) => <OwnerSelect value={field.value} onChange={field.onChange} />}
        />
      </Field>
    </FormDialog>
  );
}

export function BulkTeamDialog({ keys, onClose, onDone }: BulkDialogProps) {
  const text = useMessages('hygiene').bulk;
  const words = useMessages('keys').form;
  const mayAny = usePermission('keys:write-any');
  const form = useForm<{ teamId: string }>({ defaultValues: { teamId: '' } });
  const change = useBulkChange(keys);
  return (
    <FormDialog
      form={form}
      fields={['teamId']}
      apiFields={{ 'change.teamId': 'teamId' }}
      title={text.teamTitle(keys.length)}
      description={text.teamText}
      submitLabel={text.submit}
      onSubmit={({ teamId }) => change.mutateAsync({ kind: 'team', teamId })}
      onDone={({ data }) => onDone(data)}
      onClose={onClose}
    >
      <Field label={words.team} error={form.formState.errors.teamId?.message} required>
        <Controller
          control={form.control}
          name="teamId"
          rules={{ validate: (teamId) => teamId !== '' || text.teamMissing }}
          render={({ field }) => (
            <TeamSelect value={field.value} onChange={field.onChange} ownOnly={!mayAny} />
          )}
        />
      </Field>
      <Callout tone="info">{text.teamRules}</Callout>
    </FormDialog>
  );
}
