import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { AuthLayout } from '../../features/auth/auth-layout.tsx';
import { safeNextPath } from '../../features/auth/next-path.ts';
import { SecondFactorScreen } from '../../features/auth/second-factor-screen.tsx';
import { SignedIn } from '../../features/signed-in/signed-in.tsx';
import { getMessages } from '../../i18n/server.ts';
import { getRuntime } from '../../server/runtime.ts';
import { requireMe } from '../../server/session.ts';
import type { SearchPageProps } from '../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('security')).wanted.title };
}

/** Outside the console's frame: nothing else can be done in the organization before this. */
export default async function Page({ searchParams }: SearchPageProps) {
  const { next } = await searchParams;
  const path = safeNextPath(typeof next === 'string' ? next : undefined);
  const { me, organizationId } = await requireMe();
  if (!me.secondFactorMissing) redirect(path);
  return (
    <SignedIn me={me} organizationId={organizationId} gatewayUrl={getRuntime().config.gatewayUrl}>
      <AuthLayout>
        <SecondFactorScreen next={path} />
      </AuthLayout>
    </SignedIn>
  );
}
