'use client';
import { Button, Callout, Spinner } from '@tollgate/ui';
import Link from 'next/link';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { apiFetch, signInPath } from '../../api/client.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AuthHeading } from './auth-heading.tsx';
import { LinkButton } from './link-button.tsx';
import { useFragmentToken } from './use-fragment-token.ts';
import { dropWaitingToken, findWaitingToken, keepWaitingToken } from './waiting-token.ts';

type Verification = 'checking' | 'signed-out' | 'waiting' | 'other-account' | 'done' | 'failed';

/** @param signedIn Whether there is a session: without one, nothing is verified. */
export function VerifyEmailScreen({ signedIn }: { readonly signedIn: boolean }) {
  const text = useMessages('auth').verifyEmail;
  const state = useVerification(signedIn);
  switch (state) {
    case 'checking':
      return (
        <p role="status" className="flex items-center gap-2 text-base text-ink-soft">
          <Spinner />
          {text.checking}
        </p>
      );
    case 'signed-out':
      return <SignInFirst />;
    case 'other-account':
      return (
        <>
          <AuthHeading title={text.otherAccount}>{text.otherAccountText}</AuthHeading>
          <LinkButton href="/sign-out" primary label={text.signOut} />
          <LinkButton href="/" label={text.toConsole} />
        </>
      );
    case 'done':
      return (
        <>
          <AuthHeading title={text.done}>{text.doneText}</AuthHeading>
          <LinkButton href="/" primary label={text.toConsole} />
        </>
      );
    case 'failed':
    case 'waiting':
      return (
        <>
          <AuthHeading title={state === 'failed' ? text.failed : text.title}>
            {state === 'failed' ? text.failedText : text.waiting}
          </AuthHeading>
          {signedIn ? (
            <ResendButton />
          ) : (
            <LinkButton href={signInPath('/verify-email')} primary label={text.signInToResend} />
          )}
          <LinkButton href="/" label={text.toConsole} />
        </>
      );
  }
}

/** The link waits in this tab for the session; whoever never made the account gets another way. */
function SignInFirst() {
  const text = useMessages('auth').verifyEmail;
  return (
    <>
      <AuthHeading title={text.signInFirst}>{text.signInFirstText}</AuthHeading>
      <LinkButton href={signInPath('/verify-email')} primary label={text.signIn} />
      <Callout title={text.notMine} className="mt-6">
        <p>{text.notMineText}</p>
        <Link href="/forgot-password" className="text-accent-ink hover:underline">
          {text.takeOver}
        </Link>
      </Callout>
    </>
  );
}

function useVerification(signedIn: boolean): Verification {
  const token = useFragmentToken();
  const [state, setState] = useState<Verification>('checking');
  // The token works once; effects may run twice.
  const sent = useRef(false);
  useEffect(() => {
    if (token === undefined || sent.current) return;
    const link = token ?? findWaitingToken('verification');
    if (link === null) {
      setState('waiting');
      return;
    }
    if (!signedIn) {
      keepWaitingToken('verification', link);
      setState('signed-out');
      return;
    }
    sent.current = true;
    apiFetch('/auth/verify-email', { json: { token: link }, keepOnUnauthorized: true }).then(
      () => {
        dropWaitingToken('verification');
        setState('done');
      },
      (error: unknown) => {
        if (error instanceof ApiError && error.code === 'link_for_other_account') {
          keepWaitingToken('verification', link);
          setState('other-account');
          return;
        }
        dropWaitingToken('verification');
        setState('failed');
      },
    );
  }, [token, signedIn]);
  return state;
}

function ResendButton() {
  const text = useMessages('auth').verifyEmail;
  const toText = useProblemText();
  const [state, setState] = useState<'idle' | 'busy' | 'sent'>('idle');
  const [problem, setProblem] = useState<string>();
  const send = async () => {
    setState('busy');
    setProblem(undefined);
    try {
      await apiFetch('/auth/resend-verification', { method: 'POST' });
      setState('sent');
    } catch (error) {
      setProblem(toText(error));
      setState('idle');
    }
  };
  if (state === 'sent') {
    return (
      <Callout tone="positive" live>
        {text.resent}
      </Callout>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      {problem && (
        <Callout tone="negative" live>
          {problem}
        </Callout>
      )}
      <Button variant="primary" size="lg" loading={state === 'busy'} onClick={() => void send()}>
        {text.resend}
      </Button>
    </div>
  );
}
