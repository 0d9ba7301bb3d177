'use client';
/** Makes a service account, or changes one. */
import type { ServiceAccount } from '@tollgate/api';
import { Field, Input, toast } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { useTeamNames } from '../common/team-names.ts';
import { TeamSelect } from '../common/team-select.tsx';

interface Values {
  name: string;
  teamId: string;
}

const toValues = (account: ServiceAccount | undefined): Values => ({
  name: account?.name ?? '',
  teamId: account?.teamId ?? '',
});

export interface ServiceAccountDialogProps {
  /** Undefined: a new one. */
  readonly account?: ServiceAccount;
  readonly onClose: () => void;
  readonly onDone: (account: ServiceAccount) => void;
}

export function ServiceAccountDialog({ account: opened, onClose, onDone }: ServiceAccountDialogProps) {
  const text = useMessages('serviceAccounts');
  const parts = useMessages('parts');
  const [account, setAccount] = useOpened(opened);
  const form = useForm<Values>({ defaultValues: toValues(account) });
  const newer = useNewerThing({
    form,
    opened: [account, setAccount],
    toValues,
    path: `/service-accounts/${account?.id}`,
  });
  const teamName = useTeamNames([account?.teamId]);
  const key = useIdempotencyKey();
  const save = useApiMutation<ServiceAccount, { name: string; teamId: string | null }>(
    (json) =>
      account === undefined
        ? { path: '/service-accounts', json, idempotencyKey: idempotencyKeyOf(key, json) }
        : {
            path: `/service-accounts/${account.id}`,
            method: 'PATCH',
            json,
            ifMatch: `"${Date.parse(account.updatedAt)}"`,
          },
    { invalidates: ['/service-accounts'] },
  );
  const { errors } = form.formState;
  return (
    <FormDialog
      form={form}
      fields={['name', 'teamId']}
      title={account === undefined ? text.create : text.editTitle}
      description={text.createText}
      submitLabel={account === undefined ? text.create : text.save}
      meanwhile={
        newer && {
          newer,
          labels: { name: text.name, teamId: parts.team },
          valueText: (name, { teamId }) =>
            name === 'teamId' && teamId !== '' ? teamName(teamId) : undefined,
        }
      }
      onSubmit={({ name, teamId }) => save.mutateAsync({ name: name.trim(), teamId: teamId || null })}
      onDone={(made) => {
        if (account === undefined) toast.success(text.createdNow(made.name));
        onDone(made);
      }}
      onClose={onClose}
    >
      <Field label={text.name} hint={text.nameHint} error={errors.name?.message} required>
        <Input
          autoFocus
          autoComplete="off"
          {...form.register('name', { validate: (name) => name.trim() !== '' || parts.required })}
        />
      </Field>
      <Field label={parts.team} hint={text.teamHint} error={errors.teamId?.message}>
        <Controller
          control={form.control}
          name="teamId"
          render={({ field }) => (
            <TeamSelect value={field.value} onChange={field.onChange} clearable placeholder={parts.noTeam} />
          )}
        />
      </Field>
    </FormDialog>
  );
}
