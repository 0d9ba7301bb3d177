import type { Metadata } from 'next';
import { TeamScreen } from '../../../../features/teams/team-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import type { IdPageProps } from '../../../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('teams')).title };
}

export default async function Page({ params }: IdPageProps) {
  return <TeamScreen teamId={(await params).id} />;
}
