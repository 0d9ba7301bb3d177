import type { Metadata } from 'next';
import { TeamScreen } from '../../../../features/teams/team-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import { FirstView } from '../../../../server/first-view.tsx';
import type { IdPageProps } from '../../../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('teams')).title };
}

export default async function Page({ params }: IdPageProps) {
  return (
    <FirstView>
      <TeamScreen teamId={(await params).id} />
    </FirstView>
  );
}
