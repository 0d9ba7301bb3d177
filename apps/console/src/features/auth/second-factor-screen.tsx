'use client';
/**
 * The organization wants a second factor: who has one shows it, who has none adds one. Or works in another organization.
 */
import type { AccountSecurity } from '@tollgate/api';
import { Button, Callout, SkeletonText } from '@tollgate/ui';
import { Fingerprint, Smartphone } from 'lucide-react';
import { useState } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { AddPasskeyDialog } from '../settings/passkey-dialogs.tsx';
import { RecoveryCodesDialog } from '../settings/recovery-codes-dialog.tsx';
import { TotpDialog } from '../settings/totp-dialog.tsx';
import { useMe } from '../shell/use-me.ts';
import { enterConsole } from './auth-api.ts';
import { AuthHeading } from './auth-heading.tsx';
import { OtherWays } from './other-ways.tsx';
import { usePasskeySupport } from './passkey-button.tsx';
import { ReauthenticationForm } from './reauthentication-form.tsx';
import { VerifyBanner } from './verify-banner.tsx';

/** @param next Already checked. */
export function SecondFactorScreen({ next }: { readonly next: string }) {
  const text = useMessages('security').wanted;
  const me = useMe().data;
  const security = useApiQuery<AccountSecurity>('/me/security');
  const organization = me?.organizations.find(({ id }) => id === me.organizationId);
  const goOn = () => enterConsole(next);
  return (
    <>
      <AuthHeading title={text.title}>{text.intro(organization?.name ?? '')}</AuthHeading>
      {me?.emailVerified === false && me.email !== null && <VerifyBanner email={me.email} />}
      {security.error && security.data === undefined && <QueryError query={security} />}
      {security.data === undefined && !security.error && <SkeletonText />}
      {security.data && <Way security={security.data} onDone={goOn} />}
      <OtherWays />
    </>
  );
}

interface WayProps {
  readonly security: AccountSecurity;
  readonly onDone: () => void;
}

function Way({ security: { passkeys, totpSince }, onDone }: WayProps) {
  // As it was when the page opened: of a factor that is added here, the recovery codes are still to be kept.
  const [hadFactor] = useState(passkeys.length > 0 || totpSince !== null);
  return hadFactor ? <ReauthenticationForm onShown={onDone} /> : <AddFactor onDone={onDone} />;
}

function AddFactor({ onDone }: { readonly onDone: () => void }) {
  const text = useMessages('security').wanted;
  const supported = usePasskeySupport();
  const [adding, setAdding] = useState<'passkey' | 'totp'>();
  const [codes, setCodes] = useState<readonly string[]>();
  const added = (made: readonly string[] | null) => {
    if (made === null) onDone();
    else setCodes(made);
  };
  const close = () => setAdding(undefined);
  return (
    <div className="flex flex-col gap-2.5">
      {supported && (
        <Button
          size="lg"
          variant="primary"
          icon={<Fingerprint />}
          className="w-full"
          onClick={() => setAdding('passkey')}
        >
          {text.addPasskey}
        </Button>
      )}
      <Button
        size="lg"
        variant={supported ? 'secondary' : 'primary'}
        icon={<Smartphone />}
        className="w-full"
        onClick={() => setAdding('totp')}
      >
        {text.addTotp}
      </Button>
      <Callout className="mt-2">{text.which}</Callout>
      {adding === 'passkey' && <AddPasskeyDialog onAdded={added} onClose={close} />}
      {adding === 'totp' && <TotpDialog onConfirmed={added} onClose={close} />}
      {codes && <RecoveryCodesDialog codes={codes} onClose={onDone} />}
    </div>
  );
}
