'use client';
/** Every key of the organization, newest first. Filters are in the address. */
import { Button, PageHeader } from '@tollgate/ui';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { CreateKeyDialog } from './key-dialog.tsx';
import { KeySecretDialog } from './key-secret-dialog.tsx';
import type { KeyWithSecret } from './key-types.ts';
import { KeysTable, keysPath } from './keys-table.tsx';

export function KeysScreen() {
  const text = useMessages('keys');
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
          onClose={() => url.set({ create: undefined })}
          onCreated={setCreated}
        />
      )}
      {created && <KeySecretDialog created={created} onClose={() => setCreated(undefined)} />}
    </>
  );
}
