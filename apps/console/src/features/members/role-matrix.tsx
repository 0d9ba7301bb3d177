'use client';
/** Which role may do what, in words; roles of one's own are made, copied, changed and deleted here. */
import type { Role } from '@tollgate/api';
import { Badge, Button, type MenuEntry, Skeleton, Tooltip } from '@tollgate/ui';
import { Check, Copy, Minus, Pencil, Plus, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';
import { SectionHead } from '../common/list-section.tsx';
import { useRoleName, useRoles } from '../common/names.ts';
import { QueryError } from '../common/query-error.tsx';
import { RowMenu } from '../common/row-actions.tsx';
import { useMe } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { DeleteRole } from './delete-role.tsx';
import { groupPermissions, usePermissionText } from './permission-text.ts';

const RoleFormDialog = later(async () => (await import('./role-form-dialog.tsx')).RoleFormDialog);

type Opened = { readonly kind: 'new' } | { readonly kind: 'copy' | 'edit' | 'delete'; readonly role: Role };

export function RoleMatrix() {
  const text = useMessages('members');
  const roles = useRoles();
  const mayWrite = usePermission('roles:write');
  const [opened, setOpened] = useState<Opened>();
  if (roles.error && roles.data === undefined) {
    return <QueryError query={roles} />;
  }
  const rows = roles.data?.data;
  return (
    <div className="flex flex-col gap-3">
      <SectionHead
        text={text.rolesText}
        actions={
          mayWrite && (
            <Button icon={<Plus />} onClick={() => setOpened({ kind: 'new' })}>
              {text.newRole}
            </Button>
          )
        }
      />
      {rows ? <Matrix roles={rows} onOpen={setOpened} /> : <Skeleton className="h-96" />}
      {opened && rows && <OpenedDialog opened={opened} roles={rows} onClose={() => setOpened(undefined)} />}
    </div>
  );
}

/** The owner has every permission there is. */
function allPermissions(roles: readonly Role[]): readonly string[] {
  return [...new Set(roles.flatMap((role) => role.permissions))];
}

interface OpenedDialogProps {
  readonly opened: Opened;
  readonly roles: readonly Role[];
  readonly onClose: () => void;
}

function OpenedDialog({ opened, roles, onClose }: OpenedDialogProps) {
  const text = useMessages('members');
  const roleName = useRoleName();
  const own = useMe().data?.permissions ?? [];
  const all = allPermissions(roles);
  switch (opened.kind) {
    case 'delete':
      return <DeleteRole role={opened.role} onClose={onClose} />;
    case 'edit':
      return <RoleFormDialog start={opened.role} role={opened.role} all={all} onClose={onClose} />;
    case 'copy': {
      const { role } = opened;
      const start = {
        name: text.copyOf(roleName(role.id)),
        description: role.builtIn ? '' : role.description,
        permissions: role.permissions.filter((permission) => own.includes(permission)),
      };
      return <RoleFormDialog start={start} all={all} onClose={onClose} />;
    }
    case 'new':
      return (
        <RoleFormDialog start={{ name: '', description: '', permissions: [] }} all={all} onClose={onClose} />
      );
  }
}

interface MatrixProps {
  readonly roles: readonly Role[];
  readonly onOpen: (opened: Opened) => void;
}

function Matrix({ roles, onOpen }: MatrixProps) {
  const text = useMessages('members');
  const parts = useMessages('parts');
  return (
    <section
      aria-label={parts.permissions}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="relative max-h-[calc(100dvh-13rem)] overflow-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full border-separate border-spacing-0 text-sm">
        <caption className="sr-only">{text.rolesText}</caption>
        <thead>
          <tr>
            <th
              scope="col"
              className="sticky top-0 left-0 z-20 min-w-40 border-b border-line bg-sunken px-4 py-2 text-left align-bottom text-xs font-medium text-ink-soft"
            >
              {parts.permissions}
            </th>
            {roles.map((role) => (
              <RoleHead key={role.id} role={role} onOpen={onOpen} />
            ))}
          </tr>
        </thead>
        {groupPermissions(allPermissions(roles)).map(({ group, permissions }) => (
          <tbody key={group}>
            <tr>
              <th
                scope="rowgroup"
                colSpan={roles.length + 1}
                className="border-b border-line bg-canvas px-4 pt-4 pb-1.5 text-left text-xs font-semibold text-ink"
              >
                <span className="sticky left-4">{text.groups[group]}</span>
              </th>
            </tr>
            {permissions.map((permission) => (
              <PermissionRow key={permission} permission={permission} roles={roles} />
            ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}

function RoleHead({ role, onOpen }: { readonly role: Role } & Pick<MatrixProps, 'onOpen'>) {
  const text = useMessages('members');
  const own = useMe().data?.role;
  const roleName = useRoleName();
  const described: Readonly<Record<string, string>> = text.roleDescriptions;
  const description = role.builtIn ? described[role.id] : role.description;
  const name = roleName(role.id);
  return (
    <th
      scope="col"
      className="sticky top-0 z-10 min-w-28 border-b border-line bg-sunken px-2 py-2 text-center align-bottom text-xs font-medium text-ink"
    >
      <span className="flex flex-col items-center gap-1">
        <span className="flex flex-wrap justify-center gap-1">
          {role.id === own && <Badge tone="accent">{text.yourRole}</Badge>}
          {!role.builtIn && <Badge tone="outline">{text.custom}</Badge>}
        </span>
        <span className="flex items-center gap-0.5">
          {description ? (
            <Tooltip content={description}>
              <button type="button" className="max-w-40 rounded-xs wrap-break-word">
                {name}
              </button>
            </Tooltip>
          ) : (
            <span className="max-w-40 wrap-break-word">{name}</span>
          )}
          <RoleMenu role={role} name={name} onOpen={onOpen} />
        </span>
        <HolderCount role={role} />
      </span>
    </th>
  );
}

function HolderCount({ role }: { readonly role: Role }) {
  const text = useMessages('members');
  if (role.memberCount === null) return null;
  if (role.memberCount === 0) return <span className="font-normal text-ink-faint">{text.nobody}</span>;
  return (
    <Link
      href={withQuery('/members', { role: role.id })}
      className="tabular font-normal whitespace-nowrap text-ink-faint hover:text-ink hover:underline"
    >
      {text.memberCount(role.memberCount)}
    </Link>
  );
}

function RoleMenu({
  role,
  name,
  onOpen,
}: { readonly role: Role; readonly name: string } & Pick<MatrixProps, 'onOpen'>) {
  const text = useMessages('members');
  const mayWrite = usePermission('roles:write');
  const own = useMe().data?.permissions ?? [];
  if (!mayWrite) return null;
  const isWithin = role.permissions.every((permission) => own.includes(permission));
  const hint = isWithin ? undefined : text.notYours;
  const entries: MenuEntry[] = [
    { label: text.copyRole, icon: <Copy />, onSelect: () => onOpen({ kind: 'copy', role }) },
  ];
  if (!role.builtIn) {
    entries.unshift({
      label: text.editRole,
      icon: <Pencil />,
      hint,
      disabled: !isWithin,
      onSelect: () => onOpen({ kind: 'edit', role }),
    });
    entries.push(
      { kind: 'separator' },
      {
        label: text.deleteRole,
        icon: <Trash2 />,
        tone: 'danger',
        disabled: !isWithin,
        onSelect: () => onOpen({ kind: 'delete', role }),
      },
    );
  }
  return <RowMenu label={text.roleMenu(name)} entries={entries} />;
}

interface PermissionRowProps {
  readonly permission: string;
  readonly roles: readonly Role[];
}

function PermissionRow({ permission, roles }: PermissionRowProps) {
  const { areaName, actionName, sentence } = usePermissionText();
  return (
    <tr className="group">
      <th
        scope="row"
        className="sticky left-0 z-10 w-full min-w-40 border-b border-line bg-surface px-4 py-1.5 text-left font-normal group-hover:bg-hover"
      >
        <span className="flex flex-wrap items-baseline gap-x-2">
          <span>
            {areaName(permission)} <span className="text-ink-faint">· {actionName(permission)}</span>
          </span>
          <code className="font-mono text-2xs text-ink-faint max-lg:hidden">{permission}</code>
        </span>
        <span className="block max-w-prose text-xs text-ink-soft max-sm:hidden">{sentence(permission)}</span>
      </th>
      {roles.map((role) => (
        <td key={role.id} className="border-b border-line px-3 py-1.5 text-center group-hover:bg-hover">
          <Allowed yes={(role.permissions as readonly string[]).includes(permission)} />
        </td>
      ))}
    </tr>
  );
}

function Allowed({ yes }: { readonly yes: boolean }) {
  const text = useMessages('members');
  return yes ? (
    <>
      <Check aria-hidden className="mx-auto size-4 text-positive" />
      <span className="sr-only">{text.allowed}</span>
    </>
  ) : (
    <>
      <Minus aria-hidden className="mx-auto size-4 text-ink-disabled" />
      <span className="sr-only">{text.notAllowed}</span>
    </>
  );
}
