import type { Metadata } from 'next';
import { ReauthenticatedScreen } from '../../../features/auth/reauthenticated-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import type { SearchPageProps } from '../../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('security')).reauthentication.title };
}

export default async function Page({ searchParams }: SearchPageProps) {
  const { problem } = await searchParams;
  return <ReauthenticatedScreen problem={Array.isArray(problem) ? problem[0] : problem} />;
}
