import type { Metadata } from 'next';
import { RateLimitsScreen } from '../../../features/rate-limits/rate-limits-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';
import { FirstView } from '../../../server/first-view.tsx';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('rateLimits')).title };
}

export default function Page() {
  return (
    <FirstView>
      <RateLimitsScreen />
    </FirstView>
  );
}
