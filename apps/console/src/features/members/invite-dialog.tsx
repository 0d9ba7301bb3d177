'use client';
import { Callout, Field, Input, toast } from '@tollgate/ui';
import { useEffect, useRef, useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { changeEach } from '../common/change-each.ts';
import { FormDialog } from '../common/form-dialog.tsx';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { TeamSelect } from '../common/team-select.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { AddedSeats } from './added-seats.tsx';
import { findNonAddresses, MAX_ADDRESSES, readAddresses } from './addresses.ts';
import { RoleSelect } from './role-select.tsx';
import { useSendInvitation } from './use-invitations.ts';

/** Of what is no address. */
const SHOWN_MAX = 3;

interface InviteForm {
  email: string;
  role: string;
  teamId: string;
}

interface Refused {
  readonly email: string;
  readonly reason: string;
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
  const mayPlace = usePermission('teams:write');
  // In a team comes power over its keys: who manages those of their own teams alone gives no other.
  const mayAny = usePermission('keys:write-any');
  const form = useForm<InviteForm>({ defaultValues: { email: '', role: 'developer', teamId: '' } });
  const { errors } = form.formState;
  const toText = useProblemText();
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  const running = useRef<AbortController>(undefined);
  // Who closes the dialog or leaves the page stops what is not sent yet.
  useEffect(() => () => running.current?.abort(), []);
  const close = () => {
    running.current?.abort();
    onClose();
  };
  const invite = ({ teamId, ...fields }: InviteForm) => {
    const json = { ...fields, ...(teamId && { teamId }) };
    return send.mutateAsync({ ...json, idempotencyKey: idempotencyKeyOf(formKey, json) });
  };
  /** @returns Whether all are invited and somebody still looks on. Who could not be stays in the field, with the reason below. */
  const submit = async (values: InviteForm): Promise<boolean> => {
    setRefused([]);
    const addresses = readAddresses(values.email);
    const [only = ''] = addresses;
    running.current = new AbortController();
    const { signal } = running.current;
    if (addresses.length === 1) {
      try {
        toast.success(text.invited((await invite({ ...values, email: only })).email));
      } catch (error) {
        // Nobody sees the form any more.
        if (signal.aborted) toast.error(text.notInvitedNames(only));
        throw error;
      }
      return !signal.aborted;
    }
    const { changed, failed, left } = await changeEach(
      addresses,
      (email) => invite({ ...values, email }),
      signal,
    );
    if (signal.aborted) {
      const names = failed.map(({ row }) => row).join(', ');
      if (left > 0) toast.info(text.inviteStopped(changed, left));
      else if (changed > 0) toast.success(text.invitedMany(changed));
      if (names !== '') toast.error(text.notInvitedNames(names));
      return false;
    }
    if (changed > 0) toast.success(text.invitedMany(changed));
    // Where nobody was invited, what was typed stays as it was.
    if (changed > 0) form.setValue('email', failed.map(({ row }) => row).join(', '));
    setRefused(failed.map(({ row, error }) => ({ email: row, reason: toText(error) })));
    return failed.length === 0;
  };
  return (
    <FormDialog
      title={text.inviteTitle}
      description={text.inviteText}
      form={form}
      fields={['email', 'role', 'teamId']}
      submitLabel={text.sendInvitation}
      onSubmit={submit}
      onDone={(isDone) => {
        if (!isDone) return;
        onInvited();
        onClose();
      }}
      onClose={close}
    >
      <Field label={common.email} error={errors.email?.message} hint={text.emailHint} required>
        <Input
          autoFocus
          type="text"
          inputMode="email"
          autoComplete="off"
          placeholder={text.emailPlaceholder}
          {...form.register('email', {
            validate: (typed) => {
              const addresses = readAddresses(typed);
              if (addresses.length === 0) return parts.required;
              if (addresses.length > MAX_ADDRESSES) return text.tooManyAddresses(MAX_ADDRESSES);
              // Each is a call of its own: of a pasted sentence not one is sent.
              const others = addresses.length > 1 ? findNonAddresses(addresses) : [];
              return (
                others.length === 0 || text.noAddresses(others.slice(0, SHOWN_MAX).join(' '), others.length)
              );
            },
          })}
        />
      </Field>
      <AddedSeats count={readAddresses(form.watch('email')).length} />
      {refused.length > 0 && (
        <Callout tone="negative" title={text.notInvited} live>
          <ul>
            {refused.map(({ email, reason }) => (
              <li key={email} className="wrap-anywhere">
                {email}: {reason}
              </li>
            ))}
          </ul>
        </Callout>
      )}
      <Field label={parts.role} error={errors.role?.message} hint={text.roleHint}>
        <Controller
          control={form.control}
          name="role"
          render={({ field }) => <RoleSelect value={field.value} onChange={field.onChange} />}
        />
      </Field>
      {mayPlace && (
        <Field label={parts.team} error={errors.teamId?.message} hint={text.teamHint} optional>
          <Controller
            control={form.control}
            name="teamId"
            render={({ field }) => (
              <TeamSelect
                value={field.value}
                onChange={field.onChange}
                ownOnly={!mayAny}
                clearable
                placeholder={parts.noTeam}
              />
            )}
          />
        </Field>
      )}
    </FormDialog>
  );
}
