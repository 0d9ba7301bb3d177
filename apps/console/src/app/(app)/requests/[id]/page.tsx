import type { Metadata } from 'next';
import { RequestScreen } from '../../../../features/requests/request-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import type { IdPageProps } from '../../../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('requests')).title };
}

export default async function Page({ params }: IdPageProps) {
  return <RequestScreen id={(await params).id} />;
}
