import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { safeNextPath } from '../../../features/auth/next-path.ts';
import { SignUpScreen } from '../../../features/auth/sign-up-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { listOAuthButtons } from '../../../server/oauth/provider-client.ts';
import { getRuntime } from '../../../server/runtime.ts';
import { findMe } from '../../../server/session.ts';
import type { SearchPageProps } from '../../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('auth')).signUp.title };
}

export default async function Page({ searchParams }: SearchPageProps) {
  const { next } = await searchParams;
  const path = safeNextPath(typeof next === 'string' ? next : undefined);
  if ((await findMe()) !== undefined) redirect(path);
  return <SignUpScreen next={path} providers={listOAuthButtons(getRuntime().config.oauth)} />;
}
