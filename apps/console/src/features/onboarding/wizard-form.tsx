'use client';
/** One step of the wizard: what it is about, the fields, and on. */
import { Button, UntilTakenOver } from '@tollgate/ui';
import { ArrowRight } from 'lucide-react';
import type { FormEventHandler, ReactNode } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';

export interface WizardFormProps {
  readonly title: string;
  readonly text: string;
  readonly submitLabel?: string;
  readonly submitting: boolean;
  readonly onSubmit: FormEventHandler<HTMLFormElement>;
  readonly onSkip?: () => void;
  readonly children: ReactNode;
}

export function WizardForm(props: WizardFormProps) {
  const { title, text, submitLabel, submitting, onSubmit, onSkip, children } = props;
  const common = useMessages('common');
  return (
    <form method="post" noValidate onSubmit={onSubmit} className="flex flex-col gap-5">
      <UntilTakenOver>
        <header>
          <h1 className="text-xl font-semibold tracking-tight text-ink">{title}</h1>
          <p className="mt-1 text-base text-pretty text-ink-soft">{text}</p>
        </header>
        {children}
        <div className="flex items-center gap-2">
          <Button type="submit" variant="primary" size="lg" loading={submitting}>
            {submitLabel ?? common.next}
            <ArrowRight />
          </Button>
          {onSkip && (
            <Button variant="ghost" size="lg" onClick={onSkip}>
              {common.skip}
            </Button>
          )}
        </div>
      </UntilTakenOver>
    </form>
  );
}
