import type { Metadata } from 'next';
import { RequestScreen } from '../../../../features/requests/request-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import { FirstView } from '../../../../server/first-view.tsx';
import type { IdPageProps } from '../../../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('requests')).title };
}

export default async function Page({ params }: IdPageProps) {
  return (
    <FirstView>
      <RequestScreen id={(await params).id} />
    </FirstView>
  );
}
