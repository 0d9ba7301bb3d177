'use client';
/** What is to be done, in the order in which it can be done, until somebody has signed in by the provider. */
import { Card } from '@tollgate/ui';
import { CircleCheck } from 'lucide-react';
import { LearnMore } from '../docs/learn-more.tsx';
import type { Domain, IdentityProvider } from './single-sign-on-api.ts';
import { useSingleSignOnText } from './use-single-sign-on-text.ts';

export interface SetUpStepsProps {
  readonly domains: readonly Domain[];
  readonly provider: IdentityProvider | null;
}

export function SetUpSteps({ domains, provider }: SetUpStepsProps) {
  const text = useSingleSignOnText().steps;
  const hasSignedIn = provider !== null && provider.signedInAt !== null;
  const steps = [
    {
      title: text.domain,
      text: text.domainText,
      done: domains.some(({ verifiedAt }) => verifiedAt !== null),
    },
    { title: text.provider, text: text.providerText, done: provider !== null },
    { title: text.signIn, text: text.signInText, done: hasSignedIn },
  ];
  if (steps.every(({ done }) => done)) return null;
  return (
    <Card title={text.title} description={<LearnMore page="single-sign-on" />}>
      <ol className="flex flex-col gap-3">
        {steps.map((step, place) => (
          <li key={step.title} className="flex gap-3">
            <span className="flex size-6 shrink-0 items-center justify-center">
              {step.done ? (
                <CircleCheck aria-hidden className="size-5 text-positive" />
              ) : (
                <span
                  aria-hidden
                  className="tabular flex size-5.5 items-center justify-center rounded-full border border-line-strong text-xs font-medium text-ink-soft"
                >
                  {place + 1}
                </span>
              )}
            </span>
            <div className="min-w-0">
              <p className="text-sm/6 font-medium text-ink">
                {step.title}
                {step.done && <span className="sr-only"> ({text.done})</span>}
              </p>
              <p className="text-sm text-ink-soft">{step.text}</p>
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}
