'use client';
/** The link to somebody's new address: opened in a session of their account, it changes the address. */
import { Spinner } from '@tollgate/ui';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { apiFetch, signInPath } from '../../api/client.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AuthHeading } from './auth-heading.tsx';
import { LinkButton } from './link-button.tsx';
import { useFragmentToken } from './use-fragment-token.ts';
import { dropWaitingToken, findWaitingToken, keepWaitingToken } from './waiting-token.ts';

type Confirmation =
  | { readonly kind: 'checking' | 'signed-out' | 'taken' | 'failed' }
  | { readonly kind: 'done'; readonly email: string };

/** @param signedIn Whether there is a session: without one, nothing changes. */
export function ConfirmEmailScreen({ signedIn }: { readonly signedIn: boolean }) {
  const text = useMessages('auth').confirmEmail;
  const state = useConfirmation(signedIn);
  switch (state.kind) {
    case 'checking':
      return (
        <p role="status" className="flex items-center gap-2 text-base text-ink-soft">
          <Spinner />
          {text.checking}
        </p>
      );
    case 'signed-out':
      return (
        <>
          <AuthHeading title={text.signInFirst}>{text.signInFirstText}</AuthHeading>
          <LinkButton href={signInPath('/confirm-email')} primary label={text.signIn} />
        </>
      );
    case 'done':
      return (
        <>
          <AuthHeading title={text.done}>{text.doneText(state.email)}</AuthHeading>
          <LinkButton href="/settings/profile" primary label={text.toProfile} />
        </>
      );
    case 'taken':
    case 'failed':
      return (
        <>
          <AuthHeading title={text[state.kind]}>{text[`${state.kind}Text`]}</AuthHeading>
          <LinkButton href={signedIn ? '/settings/profile' : '/sign-in'} label={text.toProfile} />
        </>
      );
  }
}

function useConfirmation(signedIn: boolean): Confirmation {
  const token = useFragmentToken();
  const [state, setState] = useState<Confirmation>({ kind: 'checking' });
  // The token works once; effects may run twice.
  const sent = useRef(false);
  useEffect(() => {
    if (token === undefined || sent.current) return;
    const link = token ?? findWaitingToken('email_change');
    if (link === null) {
      setState({ kind: 'failed' });
      return;
    }
    if (!signedIn) {
      keepWaitingToken('email_change', link);
      setState({ kind: 'signed-out' });
      return;
    }
    sent.current = true;
    dropWaitingToken('email_change');
    apiFetch<{ email: string }>('/me/email/confirm', {
      json: { token: link },
      keepOnUnauthorized: true,
    }).then(
      ({ email }) => setState({ kind: 'done', email }),
      (error: unknown) =>
        setState({ kind: error instanceof ApiError && error.code === 'email_taken' ? 'taken' : 'failed' }),
    );
  }, [token, signedIn]);
  return state;
}
