'use client';
/** "Continue with Google": one button for each provider that is configured, above the form. */
import { Button, Callout } from '@tollgate/ui';
import { useState } from 'react';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { startOAuth } from './oauth-api.ts';

export interface OAuthProvider {
  readonly id: string;
  readonly name: string;
}

export interface OAuthButtonsProps {
  readonly providers: readonly OAuthProvider[];
  /** Already checked. */
  readonly next: string;
}

export function OAuthButtons({ providers, next }: OAuthButtonsProps) {
  const text = useMessages('auth').oauth;
  const locale = useLocale();
  const toText = useProblemText();
  const [busyId, setBusyId] = useState<string>();
  const [problem, setProblem] = useState<string>();
  if (providers.length === 0) return null;
  const start = async (id: string) => {
    setBusyId(id);
    setProblem(undefined);
    try {
      // The page is left when this resolves: the button stays busy.
      await startOAuth(id, { next, locale });
    } catch (error) {
      setProblem(toText(error));
      setBusyId(undefined);
    }
  };
  return (
    <div className="mb-5 flex flex-col gap-2.5">
      {problem && (
        <Callout tone="negative" live>
          {problem}
        </Callout>
      )}
      {providers.map(({ id, name }) => (
        <Button
          key={id}
          size="lg"
          className="w-full"
          loading={busyId === id}
          disabled={busyId !== undefined}
          onClick={() => void start(id)}
        >
          {text.continueWith(name)}
        </Button>
      ))}
      <div className="mt-2.5 flex items-center gap-3 text-sm text-ink-faint">
        <span aria-hidden className="h-px flex-1 bg-line" />
        {text.or}
        <span aria-hidden className="h-px flex-1 bg-line" />
      </div>
    </div>
  );
}

/** Why somebody came back without being signed in. */
export function OAuthProblem({ code }: { readonly code: string }) {
  const { problems } = useMessages('auth').oauth;
  // The code stands in the address, so anything can: only what is known is said.
  const known: Readonly<Record<string, string>> = problems;
  return (
    <Callout tone="negative" live className="mb-4">
      {Object.hasOwn(known, code) ? known[code] : problems.failed}
    </Callout>
  );
}
