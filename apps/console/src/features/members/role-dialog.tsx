'use client';
import type { Member } from '@tollgate/api';
import { Field, toast } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useRoleName } from '../common/names.ts';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { changeRoleCall, STALE_AFTER_MEMBER_CHANGE } from './member-api.ts';
import { RoleSelect } from './role-select.tsx';

interface RoleDialogProps {
  readonly member: Member;
  readonly onClose: () => void;
}

const toValues = ({ role }: Member) => ({ role });

export function RoleDialog({ member: opened, onClose }: RoleDialogProps) {
  const text = useMessages('members');
  const common = useMessages('common');
  const parts = useMessages('parts');
  const roleName = useRoleName();
  const [member, setMember] = useOpened(opened);
  const name = member.name || member.email;
  const form = useForm<{ role: string }>({ defaultValues: toValues(member) });
  const newer = useNewerThing<Member, { role: string }>({
    form,
    opened: [member, setMember],
    toValues,
    path: `/members/${member.id}`,
  });
  const change = useApiMutation<Member, { role: string }>(({ role }) => changeRoleCall(member, role), {
    invalidates: STALE_AFTER_MEMBER_CHANGE,
  });
  return (
    <FormDialog
      title={text.changeRoleTitle(name)}
      description={text.changeRoleText}
      size="sm"
      form={form}
      fields={['role']}
      submitLabel={common.save}
      onSubmit={async (values) => {
        const saved = await change.mutateAsync(values);
        toast.success(text.roleChanged(name, roleName(saved.role)));
      }}
      meanwhile={newer && { newer, labels: { role: parts.role }, valueText: (_, { role }) => roleName(role) }}
      onClose={onClose}
    >
      <Field label={parts.role} error={form.formState.errors.role?.message} hint={text.roleHint}>
        <Controller
          control={form.control}
          name="role"
          render={({ field }) => <RoleSelect value={field.value} onChange={field.onChange} />}
        />
      </Field>
    </FormDialog>
  );
}
