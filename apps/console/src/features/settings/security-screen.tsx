'use client';
/** How one signs in, in one place: password, passkeys, authenticator app, recovery codes, sessions, what happened. */
import type { AccountSecurity } from '@tollgate/api';
import { Button, Callout, Card, PageHeader, Skeleton } from '@tollgate/ui';
import Link from 'next/link';
import { useState } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { useMe } from '../shell/use-me.ts';
import { PasskeysCard } from './passkeys-card.tsx';
import { PasswordForm } from './password-form.tsx';
import { RecoveryCodesCard } from './recovery-codes-card.tsx';
import { RecoveryCodesDialog } from './recovery-codes-dialog.tsx';
import { SecurityEventsCard } from './security-events-card.tsx';
import { TotpCard } from './totp-card.tsx';

const PATH = '/me/security';

export function SecurityScreen() {
  const text = useMessages('security');
  const security = useApiQuery<AccountSecurity>(PATH);
  return (
    <>
      <PageHeader title={text.title} description={text.description} actions={<ShowApiCall path={PATH} />} />
      {security.data === undefined && security.error && (
        <Card flush>
          <QueryError query={security} />
        </Card>
      )}
      {security.data === undefined && !security.error && <Skeleton className="h-96 max-w-3xl" />}
      {security.data && <Loaded security={security.data} />}
    </>
  );
}

function Loaded({ security }: { readonly security: AccountSecurity }) {
  const text = useMessages('security');
  const email = useMe().data?.email ?? '';
  const [codes, setCodes] = useState<readonly string[]>();
  const hasFactor = security.passkeys.length > 0 || security.totpSince !== null;
  const show = (made: readonly string[] | null) => {
    if (made !== null) setCodes(made);
  };
  return (
    <div className="flex max-w-3xl flex-col gap-5">
      {!hasFactor && <Callout title={text.noFactorTitle}>{text.noFactorText}</Callout>}
      <PasskeysCard passkeys={security.passkeys} onCodes={show} />
      <TotpCard since={security.totpSince} onCodes={show} />
      {hasFactor && <RecoveryCodesCard left={security.recoveryCodesLeft} onCodes={show} />}
      <PasswordForm email={email} security={security} />
      <Card
        title={text.sessions}
        actions={
          <Button asChild>
            <Link href="/settings/sessions">{text.toSessions}</Link>
          </Button>
        }
      >
        <p className="text-sm text-ink-soft">{text.sessionsText(security.openSessions)}</p>
      </Card>
      <SecurityEventsCard />
      {codes && <RecoveryCodesDialog codes={codes} onClose={() => setCodes(undefined)} />}
    </div>
  );
}
