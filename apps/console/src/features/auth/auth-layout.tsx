'use client';
/** The frame around sign-in: the form in the middle; on wide screens, beside it, what Tollgate is. */
import { Logo, ThemeToggle } from '@tollgate/ui';
import { KeyRound, Scale, ShieldCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { LanguageMenu } from '../shell/language-menu.tsx';
import { SampleStatement } from './sample-statement.tsx';

export function AuthLayout({ children }: { readonly children: ReactNode }) {
  const { panel } = useMessages('auth');
  const points = [
    { icon: Scale, text: panel.points.metering },
    { icon: ShieldCheck, text: panel.points.budgets },
    { icon: KeyRound, text: panel.points.keys },
  ];
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)] 2xl:grid-cols-[minmax(0,5fr)_minmax(0,4fr)]">
      <div className="flex min-w-0 flex-col px-4 py-4 sm:px-8">
        <div className="flex items-center justify-between">
          <Logo />
          <div className="flex items-center gap-1">
            <LanguageMenu />
            <ThemeToggle />
          </div>
        </div>
        <main id="content" className="m-auto w-full max-w-sm py-10">
          {children}
        </main>
      </div>
      <aside className="relative hidden overflow-hidden border-l border-line bg-sunken lg:flex">
        <div className="m-auto flex w-full max-w-md flex-col gap-8 p-10">
          <div>
            <p className="text-2xl font-semibold tracking-tight text-balance text-ink">{panel.headline}</p>
            <p className="mt-1 text-2xl tracking-tight text-ink-faint">{panel.tagline}</p>
          </div>
          <SampleStatement />
          <ul className="flex flex-col gap-3">
            {points.map(({ icon: Icon, text }) => (
              <li key={text} className="flex gap-3 text-base text-ink-soft">
                <Icon aria-hidden className="mt-0.5 size-4.5 shrink-0 text-accent-ink" />
                {text}
              </li>
            ))}
          </ul>
        </div>
      </aside>
    </div>
  );
}
