'use client';
import { Button, Callout } from '@tollgate/ui';
import Link from 'next/link';
import { useState } from 'react';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { signOut } from './auth-api.ts';
import { AuthHeading } from './auth-heading.tsx';

/** Asks first: a foreign page must not end a session by sending a browser here. */
export function SignOutScreen() {
  const text = useMessages('auth').signOut;
  const toText = useProblemText();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = async () => {
    setBusy(true);
    try {
      await signOut();
    } catch (error) {
      setProblem(toText(error));
      setBusy(false);
    }
  };
  return (
    <>
      <AuthHeading title={text.title}>{text.text}</AuthHeading>
      {problem && (
        <Callout tone="negative" live className="mb-4">
          {problem}
        </Callout>
      )}
      <div className="flex flex-col gap-2">
        <Button variant="primary" size="lg" loading={busy} autoFocus onClick={() => void submit()}>
          {text.submit}
        </Button>
        <Button asChild variant="ghost" size="lg">
          <Link href="/">{text.stay}</Link>
        </Button>
      </div>
    </>
  );
}
