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
import { useDesignText } from './use-design-text.ts';

export function DesignScreen() {
  const text = useDesignText();
  return (
    <div className="mx-auto max-w-7xl px-4 py-6 sm:px-6">
      <SkipLink />
      <main id="content" tabIndex={-1} className="outline-none">
        <PageHeader
          title={text.title}
          description={text.description}
          badge={<LogoMark />}
          actions={
            <>
              <LanguageMenu />
              <ThemeToggle />
            </>
          }
        />
        <div className="flex flex-col gap-10">
          <Section title={text.sections.tokens}>
            <TokensSample />
          </Section>
          <Section title={text.sections.actions}>
            <ActionsSample />
          </Section>
          <Section title={text.sections.forms}>
            <FormSample />
          </Section>
          <Section title={text.sections.figures}>
            <ChartsSample />
          </Section>
          <Section title={text.sections.tables}>
            <TableSample />
          </Section>
          <Section title={text.sections.content}>
            <ContentSample />
          </Section>
          <Section title={text.sections.states}>
            <StatesSample />
          </Section>
          <Section title={text.sections.windows}>
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
