import type { Metadata } from 'next';
import { OnboardingScreen } from '../../features/onboarding/onboarding-screen.tsx';
import { getMessages } from '../../i18n/server.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getMessages('onboarding')).title };
}

export default function Page() {
  return <OnboardingScreen />;
}
