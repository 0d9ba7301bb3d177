import type { SignInWays } from '@tollgate/api';
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { AuthLayout } from '../../features/auth/auth-layout.tsx';
import { findMissingSignOn, type MissingSignOn } from '../../features/auth/missing-sign-on.ts';
import { safeNextPath, takeProblem } from '../../features/auth/next-path.ts';
import { SingleSignOnWantedScreen } from '../../features/auth/single-sign-on-wanted-screen.tsx';
import { SignedIn } from '../../features/signed-in/signed-in.tsx';
import { getMessages } from '../../i18n/server.ts';
import { askApi } from '../../server/api.ts';
import { getRuntime } from '../../server/runtime.ts';
import { requireMe } from '../../server/session.ts';
import type { SearchPageProps } from '../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('auth')).singleSignOn.wantedTitle };
}

/** Outside the console's frame: nothing else can be done in the organization before this. */
export default async function Page({ searchParams }: SearchPageProps) {
  const { next } = await searchParams;
  const { path, problem } = takeProblem(safeNextPath(typeof next === 'string' ? next : undefined));
  const { me, organizationId } = await requireMe();
  const missing = findMissingSignOn(me);
  if (missing === undefined) redirect(path);
  return (
    <SignedIn me={me} organizationId={organizationId} gatewayUrl={getRuntime().config.gatewayUrl}>
      <AuthLayout>
        <SingleSignOnWantedScreen
          next={path}
          missing={missing}
          problem={problem}
          providerName={(await findProviderName(me.email, missing)) ?? missing.organizationName}
        />
      </AuthLayout>
    </SignedIn>
  );
}

/** Whoever may not enter cannot read the provider of the organization: it is told as the sign-in page tells it. */
async function findProviderName(
  email: string | null,
  { identityProviderId }: MissingSignOn,
): Promise<string | undefined> {
  const answer = await askApi('/auth/sign-in-ways', { email });
  if (!answer.ok) return undefined;
  const { singleSignOn } = (await answer.json()) as SignInWays;
  return singleSignOn?.identityProviderId === identityProviderId ? singleSignOn?.name : undefined;
}
