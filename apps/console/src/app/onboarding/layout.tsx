import { Logo, ThemeToggle } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { LanguageMenu } from '../../features/shell/language-menu.tsx';
import { SignedIn } from '../../features/signed-in/signed-in.tsx';
import { getRuntime } from '../../server/runtime.ts';
import { requireMe } from '../../server/session.ts';

export default async function Layout({ children }: { readonly children: ReactNode }) {
  const { me, organizationId } = await requireMe();
  return (
    <SignedIn me={me} organizationId={organizationId} gatewayUrl={getRuntime().config.gatewayUrl}>
      <div className="flex min-h-dvh flex-col">
        <div className="flex items-center justify-between px-4 py-4 sm:px-8">
          <Logo />
          <div className="flex items-center gap-1">
            <LanguageMenu />
            <ThemeToggle />
          </div>
        </div>
        <main id="content" className="mx-auto w-full max-w-2xl flex-1 px-4 py-8">
          {children}
        </main>
      </div>
    </SignedIn>
  );
}
