'use client';
import { Field, Input, toast } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { TeamSelect } from '../common/team-select.tsx';
import { RoleSelect } from './role-select.tsx';
import { useSendInvitation } from './use-invitations.ts';

interface InviteForm {
  email: string;
  role: string;
  teamId: string;
}

export interface InviteDialogProps {
  readonly onClose: () => void;
  readonly onInvited: () => void;
}

export function InviteDialog({ onClose, onInvited }: InviteDialogProps) {
  const text = useMessages('members');
  const common = useMessages('common');
  const parts = useMessages('parts');
  const send = useSendInvitation();
  const formKey = useIdempotencyKey();
  const form = useForm<InviteForm>({ defaultValues: { email: '', role: 'developer', teamId: '' } });
  const { errors } = form.formState;
  const submit = async ({ teamId, ...fields }: InviteForm) => {
    const json = { ...fields, ...(teamId && { teamId }) };
    const idempotencyKey = idempotencyKeyOf(formKey, json);
    const invitation = await send.mutateAsync({ ...json, idempotencyKey });
    toast.success(text.invited(invitation.email));
    onInvited();
  };
  return (
    <FormDialog
      title={text.inviteTitle}
      description={text.inviteText}
      form={form}
      fields={['email', 'role', 'teamId']}
      submitLabel={text.sendInvitation}
      onSubmit={submit}
      onClose={onClose}
    >
      <Field label={common.email} error={errors.email?.message} required>
        <Input
          autoFocus
          type="email"
          autoComplete="off"
          placeholder={text.emailPlaceholder}
          {...form.register('email', { required: parts.required })}
        />
      </Field>
      <Field label={parts.role} error={errors.role?.message} hint={text.roleHint}>
        <Controller
          control={form.control}
          name="role"
          render={({ field }) => <RoleSelect value={field.value} onChange={field.onChange} />}
        />
      </Field>
      <Field label={parts.team} error={errors.teamId?.message} hint={text.teamHint} optional>
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
