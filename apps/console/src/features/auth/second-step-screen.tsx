'use client';
/** The second step on a page of its own, after an identity provider. What it asks for, the API knows by a cookie. */
import { ErrorState, SkeletonText } from '@tollgate/ui';
import { useEffect, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { enterConsole, getSecondStep, type SecondStep } from './auth-api.ts';
import { AuthHeading } from './auth-heading.tsx';
import { withNext } from './next-path.ts';
import { SecondStepForm } from './second-step-form.tsx';

/** @param next Already checked. */
export function SecondStepScreen({ next }: { readonly next: string }) {
  const text = useMessages('security').secondStep;
  const toText = useProblemText();
  const [step, setStep] = useState<SecondStep>();
  const [problem, setProblem] = useState<string>();
  const restart = () => enterConsole(withNext('/sign-in', next));
  useEffect(() => {
    getSecondStep().then(setStep, (error: unknown) => {
      if (error instanceof ApiError && error.code === 'sign_in_expired')
        enterConsole(withNext('/sign-in', next));
      else setProblem(toText(error));
    });
  }, []);
  return (
    <>
      <AuthHeading title={text.title}>{text.intro}</AuthHeading>
      {problem !== undefined && <ErrorState detail={problem} onRetry={() => window.location.reload()} />}
      {problem === undefined && step === undefined && <SkeletonText />}
      {step && (
        <SecondStepForm
          {...step}
          // What stands in the fragment, an invitation, has never left this browser.
          onSignedIn={() => enterConsole(`${next}${window.location.hash}`)}
          onRestart={restart}
        />
      )}
    </>
  );
}
