'use client';
/** Whose budgets hold for a call, and who is charged with it. Absent where teams may not be read. */
import { Field } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { TeamSelect } from '../common/team-select.tsx';
import { usePermission } from '../signed-in/use-permission.ts';

export function TeamField({
  teamId,
  onChange,
}: {
  readonly teamId: string;
  readonly onChange: (teamId: string) => void;
}) {
  const text = useMessages('playground');
  const mayAny = usePermission('keys:write-any');
  if (!usePermission('teams:read')) return null;
  return (
    <Field label={text.team}>
      <TeamSelect value={teamId} onChange={onChange} clearable placeholder={text.noTeam} ownOnly={!mayAny} />
    </Field>
  );
}
