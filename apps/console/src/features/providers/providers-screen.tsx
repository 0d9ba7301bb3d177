'use client';
/** The organization's own credentials, and those that the operator resells to it. */
import type { ProviderCredential } from '@tollgate/api';
import { Button, PageHeader } from '@tollgate/ui';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { later } from '../common/later.tsx';
import { ListCsv } from '../common/list-csv.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { CredentialTable, type Opened, useIsShown } from './credential-table.tsx';
import { ResoldCredentials } from './resold-credentials.tsx';
import { TestDialog } from './test-dialog.tsx';

const CredentialDialog = later(async () => (await import('./credential-dialog.tsx')).CredentialDialog);
const SwitchOffCredential = later(
  async () => (await import('./credential-questions.tsx')).SwitchOffCredential,
);
const DeleteCredential = later(async () => (await import('./credential-questions.tsx')).DeleteCredential);
const KeyDialog = later(async () => (await import('./key-dialog.tsx')).KeyDialog);

const CSV = {
  id: ({ id }: ProviderCredential) => id,
  name: ({ name }: ProviderCredential) => name,
  provider: ({ provider }: ProviderCredential) => provider,
  baseUrl: ({ baseUrl }: ProviderCredential) => baseUrl,
  secretHint: ({ secretHint }: ProviderCredential) => secretHint,
  secretSetAt: ({ secretSetAt }: ProviderCredential) => secretSetAt,
  region: ({ region }: ProviderCredential) => region,
  livemode: ({ livemode }: ProviderCredential) => livemode,
  priority: ({ priority }: ProviderCredential) => priority,
  models: ({ models }: ProviderCredential) => models.join(' '),
  disabledAt: ({ disabledAt }: ProviderCredential) => disabledAt,
  lastTestedAt: ({ lastTestedAt }: ProviderCredential) => lastTestedAt,
  lastTestOk: ({ lastTestOk }: ProviderCredential) => lastTestOk,
  createdAt: ({ createdAt }: ProviderCredential) => createdAt,
};

function CredentialsCsv() {
  const isShown = useIsShown();
  return (
    <ListCsv<ProviderCredential>
      permission="provider-credentials:read"
      path="/provider-credentials"
      name="provider-credentials"
      columns={CSV}
      toShown={(rows) => rows.filter(isShown)}
    />
  );
}

export function ProvidersScreen() {
  const text = useMessages('providers');
  const mayWrite = usePermission('provider-credentials:write');
  const [opened, setOpened] = useState<Opened>();
  const close = () => setOpened(undefined);
  const testSaved = (credential: ProviderCredential) => setOpened({ kind: 'test', credential });
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={
          <>
            <ShowApiCall path="/provider-credentials" />
            <CredentialsCsv />
            {mayWrite && (
              <Button variant="primary" icon={<Plus />} onClick={() => setOpened({ kind: 'add' })}>
                {text.add}
              </Button>
            )}
          </>
        }
      />
      <Guarded permission="provider-credentials:read">
        <div className="flex flex-col gap-6">
          <CredentialTable open={setOpened} />
          <ResoldCredentials />
        </div>
      </Guarded>
      {opened?.kind === 'add' && <CredentialDialog onClose={close} onSaved={testSaved} />}
      {opened?.kind === 'edit' && (
        <CredentialDialog credential={opened.credential} onClose={close} onSaved={testSaved} />
      )}
      {opened?.kind === 'key' && (
        <KeyDialog credential={opened.credential} onClose={close} onSaved={testSaved} />
      )}
      {opened?.kind === 'test' && (
        <TestDialog key={opened.credential.id} credential={opened.credential} onClose={close} />
      )}
      {opened?.kind === 'disable' && <SwitchOffCredential credential={opened.credential} onClose={close} />}
      {opened?.kind === 'delete' && <DeleteCredential credential={opened.credential} onClose={close} />}
    </>
  );
}
