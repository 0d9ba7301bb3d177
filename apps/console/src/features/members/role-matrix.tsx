'use client';
/** Which role may do what. To read: roles of one's own come with their editor. */
import { Badge, Callout, ErrorState, Skeleton } from '@tollgate/ui';
import { Check, Minus } from 'lucide-react';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { type Role, useRoleName, useRoles } from '../common/names.ts';
import { useMe } from '../shell/use-me.ts';

export function RoleMatrix() {
  const text = useMessages('members');
  const toText = useProblemText();
  const roles = useRoles();
  if (roles.error) {
    return (
      <ErrorState
        detail={toText(roles.error)}
        requestId={roles.error.requestId}
        onRetry={() => void roles.refetch()}
      />
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <Callout>{text.rolesText}</Callout>
      {roles.data ? <Matrix roles={roles.data.data} /> : <Skeleton className="h-96" />}
    </div>
  );
}

function Matrix({ roles }: { readonly roles: readonly Role[] }) {
  const text = useMessages('members');
  const parts = useMessages('parts');
  const own = useMe().data?.role;
  const roleName = useRoleName();
  // The owner has every permission there is; other roles may know more areas only if they are custom.
  const permissions = [...new Set(roles.flatMap((role) => role.permissions))];
  const areas = [...new Set(permissions.map(areaOf))];
  return (
    <section
      aria-label={parts.permissions}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="relative overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full border-separate border-spacing-0 text-sm">
        <caption className="sr-only">{text.rolesText}</caption>
        <thead className="bg-sunken">
          <tr>
            <th
              scope="col"
              className="h-10 border-b border-line px-4 text-left text-xs font-medium text-ink-soft"
            >
              {parts.permissions}
            </th>
            {roles.map((role) => (
              <th
                key={role.id}
                scope="col"
                className="border-b border-line px-3 py-2 text-center text-xs font-medium text-ink"
              >
                <span className="flex flex-col items-center gap-1 whitespace-nowrap">
                  {roleName(role.id)}
                  {role.id === own && <Badge tone="accent">{text.yourRole}</Badge>}
                  {!role.builtIn && <Badge tone="outline">{text.custom}</Badge>}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        {areas.map((area) => (
          <AreaRows
            key={area}
            area={area}
            permissions={permissions.filter((permission) => areaOf(permission) === area)}
            roles={roles}
          />
        ))}
      </table>
    </section>
  );
}

interface AreaRowsProps {
  readonly area: string;
  readonly permissions: readonly string[];
  readonly roles: readonly Role[];
}

function AreaRows({ area, permissions, roles }: AreaRowsProps) {
  const text = useMessages('members');
  const areaNames: Readonly<Record<string, string>> = text.areas;
  const actionNames: Readonly<Record<string, string>> = text.actions;
  return (
    <tbody>
      {permissions.map((permission) => (
        <tr key={permission} className="hover:bg-hover">
          <th
            scope="row"
            className="border-b border-line px-4 py-1.5 text-left font-normal whitespace-nowrap"
          >
            {areaNames[area] ?? area}
            <span className="text-ink-faint">
              {' '}
              · {actionNames[actionOf(permission)] ?? actionOf(permission)}
            </span>
            <code className="ml-2 font-mono text-2xs text-ink-faint max-lg:hidden">{permission}</code>
          </th>
          {roles.map((role) => (
            <td key={role.id} className="border-b border-line px-3 py-1.5 text-center">
              <Allowed yes={role.permissions.includes(permission)} />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
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

const areaOf = (permission: string): string => permission.split(':')[0] ?? '';
const actionOf = (permission: string): string => permission.split(':')[1] ?? '';
