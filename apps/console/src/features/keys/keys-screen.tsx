'use client';
/** Every key of the organization, newest first. Filters are in the address. */
import type { KeyWithSecret } from '@tollgate/api';
import { Button, PageHeader } from '@tollgate/ui';
import { Plus, ShieldCheck } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
// Not later: a secret that is shown once must not depend on a script that may fail to come.
import { KeySecretDialog } from './key-secret-dialog.tsx';
import { KeysCsv } from './keys-csv.tsx';
import { KeysTable, keysPath } from './keys-table.tsx';

const CreateKeyDialog = later(async () => (await import('./key-dialog.tsx')).CreateKeyDialog);

export function KeysScreen() {
  const text = useMessages('keys');
  const hygiene = useMessages('hygiene');
  const url = useUrlState();
  const mayWrite = usePermission('keys:write');
  const [created, setCreated] = useState<KeyWithSecret>();
  const creating = mayWrite && url.get('create') === '1';
  const open = () => url.set({ create: '1' });
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path={keysPath(url)} />
            <Button asChild>
              <Link href="/key-hygiene">
                <ShieldCheck aria-hidden />
                {hygiene.title}
              </Link>
            </Button>
            <KeysCsv path={keysPath(url)} />
            {mayWrite && (
              <Button variant="primary" icon={<Plus />} onClick={open}>
                {text.create}
              </Button>
            )}
          </>
        }
      />
      <Guarded permission="keys:read">
        <KeysTable onCreate={mayWrite ? open : undefined} />
      </Guarded>
      {creating && (
        <CreateKeyDialog
          teamId={url.get('team')}
          ownerId={url.get('owner')}
          onClose={() => url.set({ create: undefined })}
          onCreated={setCreated}
        />
      )}
      {created && <KeySecretDialog created={created} onClose={() => setCreated(undefined)} />}
    </>
  );
}
