'use client';
/** All components with their states on one page: for people who build screens, and for looking at changes. */
import { LogoMark, PageHeader, SkipLink, ThemeToggle } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { LanguageMenu } from '../shell/language-menu.tsx';
import { ActionsSample } from './actions-sample.tsx';
import { ChartsSample } from './charts-sample.tsx';
import { ContentSample } from './content-sample.tsx';
import { FormSample } from './form-sample.tsx';
import { OverlaysSample } from './overlays-sample.tsx';
import { StatesSample } from './states-sample.tsx';
import { TableSample } from './table-sample.tsx';
import { TokensSample } from './tokens-sample.tsx';

export function DesignScreen() {
  return (
    <div className="mx-auto max-w-7xl px-4 py-6 sm:px-6">
      <SkipLink />
      <main id="content" tabIndex={-1} className="outline-none">
        <PageHeader
          title="Design system"
          description="Every component of the console with its states. Switch theme and language at the right."
          badge={<LogoMark />}
          actions={
            <>
              <LanguageMenu />
              <ThemeToggle />
            </>
          }
        />
        <div className="flex flex-col gap-10">
          <Section title="Tokens">
            <TokensSample />
          </Section>
          <Section title="Actions">
            <ActionsSample />
          </Section>
          <Section title="Forms">
            <FormSample />
          </Section>
          <Section title="Figures and charts">
            <ChartsSample />
          </Section>
          <Section title="Tables">
            <TableSample />
          </Section>
          <Section title="Content">
            <ContentSample />
          </Section>
          <Section title="States">
            <StatesSample />
          </Section>
          <Section title="Windows">
            <OverlaysSample />
          </Section>
        </div>
      </main>
    </div>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="flex min-w-0 flex-col gap-4">
      <h2 className="border-b border-line pb-1.5 text-lg font-semibold text-ink">{title}</h2>
      {children}
    </section>
  );
}
