'use client';
/** Where the identity provider leads back to in the small window: tells the other one, and closes. */
import { useEffect } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AuthHeading } from './auth-heading.tsx';

export const REAUTHENTICATED_CHANNEL = 'tollgate-reauthenticated';

/** @param problem Why not; undefined: it was shown. */
export function ReauthenticatedScreen({ problem }: { readonly problem?: string | undefined }) {
  const text = useMessages('security').reauthentication;
  const { reauthentication_not_shown: notShown } = useMessages('problems').codes;
  useEffect(() => {
    const channel = new BroadcastChannel(REAUTHENTICATED_CHANNEL);
    channel.postMessage(problem ?? 'shown');
    channel.close();
    window.close();
  }, [problem]);
  const title =
    problem === undefined
      ? text.done
      : problem === 'reauthentication_not_shown'
        ? notShown
        : text.providerFailed;
  return <AuthHeading title={title}>{text.closeWindow}</AuthHeading>;
}
