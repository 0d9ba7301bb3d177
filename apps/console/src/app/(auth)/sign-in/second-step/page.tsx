import type { Metadata } from 'next';
import { safeNextPath } from '../../../../features/auth/next-path.ts';
import { SecondStepScreen } from '../../../../features/auth/second-step-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import type { SearchPageProps } from '../../../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('security')).secondStep.title };
}

export default async function Page({ searchParams }: SearchPageProps) {
  const { next } = await searchParams;
  return <SecondStepScreen next={safeNextPath(typeof next === 'string' ? next : undefined)} />;
}
