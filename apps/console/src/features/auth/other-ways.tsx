'use client';
/** Instead of what an organization wants first: working in another, or signing out. */
import { Button } from '@tollgate/ui';
import { chooseOrganization } from '../../api/organization.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useMe } from '../shell/use-me.ts';
import { enterConsole, signOut } from './auth-api.ts';

const SHOWN_MAX = 5;

export function OtherWays() {
  const text = useMessages('security').wanted;
  const me = useMe().data;
  const others = me?.organizations.filter(({ id }) => id !== me.organizationId) ?? [];
  return (
    <div className="mt-6 flex flex-wrap gap-x-4 gap-y-2">
      {others.slice(0, SHOWN_MAX).map(({ id, name }) => (
        <Button
          key={id}
          variant="link"
          onClick={() => {
            chooseOrganization(id);
            enterConsole('/');
          }}
        >
          {text.workIn(name)}
        </Button>
      ))}
      <Button variant="link" onClick={() => void signOut()}>
        {text.signOut}
      </Button>
    </div>
  );
}
