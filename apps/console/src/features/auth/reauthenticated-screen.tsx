'use client';
/** Where the identity provider leads back to in the small window: tells the other one, and closes. */
import { useEffect } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AuthHeading } from './auth-heading.tsx';

export const REAUTHENTICATED_CHANNEL = 'tollgate-reauthenticated';

export function ReauthenticatedScreen({ failed }: { readonly failed: boolean }) {
  const text = useMessages('security').reauthentication;
  useEffect(() => {
    const channel = new BroadcastChannel(REAUTHENTICATED_CHANNEL);
    channel.postMessage(failed ? 'failed' : 'shown');
    channel.close();
    window.close();
  }, [failed]);
  return <AuthHeading title={failed ? text.providerFailed : text.done}>{text.closeWindow}</AuthHeading>;
}
