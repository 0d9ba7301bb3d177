'use client';
/** Makes a role of one's own, from nothing or from another, or changes one. */
import type { Role } from '@tollgate/api';
import { Callout, Checkbox, Field, Input } from '@tollgate/ui';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { useMe } from '../shell/use-me.ts';
import { withoutPermission, withPermission } from './chosen-permissions.ts';
import { groupPermissions, usePermissionText } from './permission-text.ts';

export interface RoleFormDialogProps {
  /** What the form begins with. */
  readonly start: {
    readonly name: string;
    readonly description: string;
    readonly permissions: readonly string[];
  };
  /** The role to change; undefined: a new one. */
  readonly role?: Role | undefined;
  /** Every permission there is. */
  readonly all: readonly string[];
  readonly onClose: () => void;
}

interface RoleValues {
  name: string;
  description: string;
  permissions: readonly string[];
}

const toValues = ({ name, description, permissions }: RoleFormDialogProps['start']): RoleValues => ({
  name,
  description,
  permissions: [...permissions],
});

export function RoleFormDialog({ start, role: opened, all, onClose }: RoleFormDialogProps) {
  const text = useMessages('members');
  const common = useMessages('common');
  const parts = useMessages('parts');
  const me = useMe().data;
  const [role, setRole] = useOpened(opened);
  const form = useForm<RoleValues>({ defaultValues: toValues(start) });
  const newer = useNewerThing({ form, opened: [role, setRole], toValues, path: `/roles/${role?.id}` });
  const { name: permissionName } = usePermissionText();
  const { errors } = form.formState;
  const chosen = useWatch({ control: form.control, name: 'permissions' });
  const save = useSaveRole(role);
  return (
    <FormDialog
      title={role === undefined ? text.newRole : text.editRole}
      description={text.roleFormText}
      size="lg"
      form={form}
      fields={['name', 'description', 'permissions']}
      submitLabel={role === undefined ? common.create : common.save}
      onSubmit={(values) => save.mutateAsync(values)}
      meanwhile={
        newer && {
          newer,
          labels: { name: text.roleName, description: text.roleDescription, permissions: parts.permissions },
          valueText: (name, { permissions }) =>
            name === 'permissions' ? permissions.map(permissionName).join(', ') : undefined,
        }
      }
      done={({ name }) => (role === undefined ? text.roleCreated(name) : text.roleSaved(name))}
      onClose={onClose}
    >
      {role !== undefined && role.id === me?.role && <Callout tone="warning">{text.ownRole}</Callout>}
      {role !== undefined && (role.memberCount ?? 0) > 0 && role.id !== me?.role && (
        <Callout>{text.roleHeld(role.memberCount ?? 0)}</Callout>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.roleName} error={errors.name?.message} required>
          <Input
            autoFocus
            autoComplete="off"
            placeholder={text.roleNamePlaceholder}
            {...form.register('name', { required: parts.required })}
          />
        </Field>
        <Field label={text.roleDescription} error={errors.description?.message} optional>
          <Input
            autoComplete="off"
            placeholder={text.roleDescriptionPlaceholder}
            {...form.register('description')}
          />
        </Field>
      </div>
      {errors.permissions?.message !== undefined && (
        <Callout tone="negative" live>
          {errors.permissions.message}
        </Callout>
      )}
      <Controller
        control={form.control}
        name="permissions"
        render={({ field }) => (
          <PermissionChoice
            all={all}
            own={me?.permissions ?? []}
            value={field.value}
            onChange={field.onChange}
          />
        )}
      />
      {chosen.length === 0 && <Callout tone="warning">{text.allowNothing}</Callout>}
    </FormDialog>
  );
}

function useSaveRole(role: Role | undefined) {
  const formKey = useIdempotencyKey();
  return useApiMutation<Role, RoleValues>(
    (json) =>
      role === undefined
        ? { path: '/roles', json, idempotencyKey: idempotencyKeyOf(formKey, json) }
        : {
            path: `/roles/${encodeURIComponent(role.id)}`,
            method: 'PATCH',
            json,
            ifMatch: `"${role.version}"`,
          },
    { invalidates: ['/roles', '/me', '/members'] },
  );
}

interface PermissionChoiceProps {
  readonly all: readonly string[];
  /** What one may give away. */
  readonly own: readonly string[];
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}

function PermissionChoice({ all, own, value, onChange }: PermissionChoiceProps) {
  const text = useMessages('members');
  return (
    <div className="flex flex-col gap-4">
      {groupPermissions(all).map(({ group, permissions }) => {
        const grantable = permissions.filter((permission) => own.includes(permission));
        const ticked = permissions.filter((permission) => value.includes(permission)).length;
        const toggleAll = (checked: boolean) =>
          onChange(
            checked
              ? grantable.reduce(withPermission, [...value])
              : grantable.reduce(withoutPermission, [...value]),
          );
        return (
          <fieldset key={group} className="min-w-0 rounded-md border border-line">
            <legend className="sr-only">{text.groups[group]}</legend>
            <div className="flex items-center justify-between gap-3 rounded-t-md border-b border-line bg-sunken px-3 py-2">
              <Checkbox
                label={text.groups[group]}
                className="font-medium"
                checked={ticked === 0 ? false : ticked === permissions.length ? true : 'indeterminate'}
                disabled={grantable.length === 0}
                onCheckedChange={toggleAll}
              />
              <span className="tabular text-xs text-ink-faint">
                {text.allowedOf(ticked, permissions.length)}
              </span>
            </div>
            <div className="grid gap-x-6 gap-y-3 p-3 sm:grid-cols-2">
              {permissions.map((permission) => (
                <PermissionBox
                  key={permission}
                  permission={permission}
                  checked={value.includes(permission)}
                  grantable={own.includes(permission)}
                  onChange={(checked) =>
                    onChange(
                      checked ? withPermission(value, permission) : withoutPermission(value, permission),
                    )
                  }
                />
              ))}
            </div>
          </fieldset>
        );
      })}
    </div>
  );
}

interface PermissionBoxProps {
  readonly permission: string;
  readonly checked: boolean;
  readonly grantable: boolean;
  readonly onChange: (checked: boolean) => void;
}

function PermissionBox({ permission, checked, grantable, onChange }: PermissionBoxProps) {
  const text = useMessages('members');
  const { name, sentence } = usePermissionText();
  return (
    <Checkbox
      label={name(permission)}
      description={grantable ? sentence(permission) : `${sentence(permission)} ${text.notYours}`}
      checked={checked}
      disabled={!grantable}
      onCheckedChange={onChange}
    />
  );
}
