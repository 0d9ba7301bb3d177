import type { Metadata } from 'next';
import { DesignScreen } from '../../features/design/design-screen.tsx';
import { design as german } from '../../i18n/de/design.ts';
import { design as english } from '../../i18n/en/design.ts';
import { getLocale } from '../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: ((await getLocale()) === 'de' ? german : english).title };
}

export default function Page() {
  return <DesignScreen />;
}
