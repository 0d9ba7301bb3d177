'use client';
import { Button, Callout, Spinner } from '@tollgate/ui';
import Link from 'next/link';
import { useEffect, useRef, useState } from 'react';
import { apiFetch } from '../../api/client.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AuthHeading } from './auth-heading.tsx';
import { useFragmentToken } from './use-fragment-token.ts';

type Verification = 'checking' | 'waiting' | 'done' | 'failed';

/** @param signedIn Whether a new link can be asked for here. */
export function VerifyEmailScreen({ signedIn }: { readonly signedIn: boolean }) {
  const text = useMessages('auth').verifyEmail;
  const state = useVerification();
  if (state === 'checking') {
    return (
      <p role="status" className="flex items-center gap-2 text-base text-ink-soft">
        <Spinner />
        {text.checking}
      </p>
    );
  }
  if (state === 'done') {
    return (
      <>
        <AuthHeading title={text.done}>{text.doneText}</AuthHeading>
        <Button asChild variant="primary" size="lg" className="w-full">
          <Link href="/">{text.toConsole}</Link>
        </Button>
      </>
    );
  }
  return (
    <>
      <AuthHeading title={state === 'failed' ? text.failed : text.title}>
        {state === 'failed' ? text.failedText : text.waiting}
      </AuthHeading>
      {signedIn && <ResendButton />}
      <Button asChild variant="ghost" size="lg" className="mt-2 w-full">
        <Link href="/">{text.toConsole}</Link>
      </Button>
    </>
  );
}

function useVerification(): Verification {
  const token = useFragmentToken();
  const [state, setState] = useState<Verification>('checking');
  // The token works once; effects may run twice.
  const sent = useRef(false);
  useEffect(() => {
    if (token === undefined || sent.current) return;
    if (token === null) {
      setState('waiting');
      return;
    }
    sent.current = true;
    apiFetch('/auth/verify-email', { json: { token } }).then(
      () => setState('done'),
      () => setState('failed'),
    );
  }, [token]);
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
