import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { safeNextPath, withProblem } from '../../../features/auth/next-path.ts';
import { SignInScreen } from '../../../features/auth/sign-in-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { listOAuthButtons } from '../../../server/oauth/provider-client.ts';
import { getRuntime } from '../../../server/runtime.ts';
import { findMe } from '../../../server/session.ts';
import type { SearchPageProps } from '../../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('auth')).signIn.title };
}

export default async function Page({ searchParams }: SearchPageProps) {
  const { next, ended, changed, problem } = await searchParams;
  const path = safeNextPath(typeof next === 'string' ? next : undefined);
  const reason = typeof problem === 'string' ? problem : undefined;
  if ((await findMe()) !== undefined) redirect(withProblem(path, reason));
  const notice = changed === '1' ? 'password-changed' : ended === '1' ? 'ended' : undefined;
  return (
    <SignInScreen
      next={path}
      notice={notice}
      problem={reason}
      providers={listOAuthButtons(getRuntime().config.oauth)}
    />
  );
}
