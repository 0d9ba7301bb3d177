import type { Metadata } from 'next';
import { KeyScreen } from '../../../../features/keys/key-screen.tsx';
import { getMessages } from '../../../../i18n/server.ts';
import { FirstView } from '../../../../server/first-view.tsx';
import type { IdPageProps } from '../../../page-props.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('keys')).title };
}

export default async function Page({ params }: IdPageProps) {
  return (
    <FirstView>
      <KeyScreen id={(await params).id} />
    </FirstView>
  );
}
