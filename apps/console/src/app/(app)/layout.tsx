import { redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { VerifyBanner } from '../../features/auth/verify-banner.tsx';
import { ConsoleShell } from '../../features/shell/console-shell.tsx';
import { FindSources } from '../../features/signed-in/find-sources.tsx';
import { SignedIn } from '../../features/signed-in/signed-in.tsx';
import { getRuntime } from '../../server/runtime.ts';
import { findGatePath, requireMe } from '../../server/session.ts';

/** Only for people who are signed in, and in an organization. What they may see, the API decides. */
export default async function Layout({ children }: { readonly children: ReactNode }) {
  const { me, organizationId } = await requireMe();
  if (organizationId === undefined) redirect('/onboarding');
  const gate = await findGatePath(me);
  if (gate !== undefined) redirect(gate);
  const banner = me.emailVerified || me.email === null ? undefined : <VerifyBanner email={me.email} />;
  return (
    <SignedIn me={me} organizationId={organizationId} gatewayUrl={getRuntime().config.gatewayUrl}>
      <ConsoleShell organizationId={organizationId} banner={banner}>
        <FindSources />
        {children}
      </ConsoleShell>
    </SignedIn>
  );
}
