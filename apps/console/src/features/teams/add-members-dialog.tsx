'use client';
/** Several members into a team at once: one request for each, one after the other, and who could not be added stays chosen. */
import { useQueryClient } from '@tanstack/react-query';
import type { Team } from '@tollgate/api';
import { Field, toast } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { refreshAfterChange } from '../../api/after-change.ts';
import { apiFetch } from '../../api/client.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { changeEach } from '../common/change-each.ts';
import { FormDialog } from '../common/form-dialog.tsx';
import { MemberMultiSelect } from '../common/member-select.tsx';

/** More are no longer looked over before they are added. */
const MOST = 50;

export interface AddMembersDialogProps {
  readonly team: Team;
  readonly onClose: () => void;
}

export function AddMembersDialog({ team, onClose }: AddMembersDialogProps) {
  const text = useMessages('teams');
  const parts = useMessages('parts');
  const queryClient = useQueryClient();
  const form = useForm<{ memberIds: readonly string[] }>({ defaultValues: { memberIds: [] } });
  const add = async ({ memberIds }: { readonly memberIds: readonly string[] }) => {
    const send = (id: string) => apiFetch<unknown>(`/teams/${team.id}/members/${id}`, { method: 'PUT' });
    const { changed, failed } = await changeEach(memberIds, send, new AbortController().signal);
    await refreshAfterChange(queryClient, ['/teams', '/members']);
    if (changed > 0) toast.success(text.membersAdded(changed));
    const [first] = failed;
    if (first === undefined) return;
    form.setValue(
      'memberIds',
      failed.map(({ row }) => row),
    );
    throw first.error;
  };
  return (
    <FormDialog
      form={form}
      fields={['memberIds']}
      title={text.addMembersTitle(team.name)}
      submitLabel={text.addMembersSubmit}
      onSubmit={add}
      onClose={onClose}
    >
      <Field
        label={text.members}
        hint={text.addMembersHint(MOST)}
        error={form.formState.errors.memberIds?.message}
        required
      >
        <Controller
          control={form.control}
          name="memberIds"
          rules={{
            validate: ({ length }) =>
              length === 0 ? parts.required : length <= MOST || text.addMembersHint(MOST),
          }}
          render={({ field }) => <MemberMultiSelect value={field.value} onValueChange={field.onChange} />}
        />
      </Field>
    </FormDialog>
  );
}
