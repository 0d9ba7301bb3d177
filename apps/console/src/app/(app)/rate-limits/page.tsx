import type { Metadata } from 'next';
import { RateLimitsScreen } from '../../../features/rate-limits/rate-limits-screen.tsx';
import { getMessages } from '../../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('rateLimits')).title };
}

export default function Page() {
  return <RateLimitsScreen />;
}
