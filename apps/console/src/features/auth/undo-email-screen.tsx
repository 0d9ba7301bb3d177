'use client';
/** The link that an old address got: takes the change back. Asked for once more, because programs open links, too. */
import { Button, Callout, SkeletonText } from '@tollgate/ui';
import { useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { apiFetch } from '../../api/client.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { AuthHeading } from './auth-heading.tsx';
import { LinkButton } from './link-button.tsx';
import { useFragmentToken } from './use-fragment-token.ts';

type State =
  | { readonly kind: 'asking' | 'busy' | 'failed' }
  | { readonly kind: 'done'; readonly email: string };

export function UndoEmailScreen() {
  const text = useMessages('auth').undoEmail;
  const toText = useProblemText();
  const token = useFragmentToken();
  const [state, setState] = useState<State>({ kind: 'asking' });
  const [problem, setProblem] = useState<string>();
  if (token === undefined) return <SkeletonText />;
  if (token === null || state.kind === 'failed') {
    return (
      <>
        <AuthHeading title={text.failed}>{text.failedText}</AuthHeading>
        <LinkButton href="/sign-in" label={text.toSignIn} />
      </>
    );
  }
  if (state.kind === 'done') {
    return (
      <>
        <AuthHeading title={text.done}>{text.doneText(state.email)}</AuthHeading>
        <LinkButton href="/sign-in" primary label={text.toSignIn} />
      </>
    );
  }
  const undo = async () => {
    setState({ kind: 'busy' });
    setProblem(undefined);
    try {
      const { email } = await apiFetch<{ email: string }>('/auth/undo-email-change', {
        json: { token },
        keepOnUnauthorized: true,
      });
      setState({ kind: 'done', email });
    } catch (error) {
      if (error instanceof ApiError && error.status === 400) {
        setState({ kind: 'failed' });
        return;
      }
      setProblem(toText(error));
      setState({ kind: 'asking' });
    }
  };
  return (
    <>
      <AuthHeading title={text.title}>{text.intro}</AuthHeading>
      {problem && (
        <Callout tone="negative" live>
          {problem}
        </Callout>
      )}
      <ul className="mb-6 flex list-disc flex-col gap-1.5 pl-5 text-sm text-ink-soft">
        {text.consequences.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <Button
        variant="primary"
        size="lg"
        className="w-full"
        loading={state.kind === 'busy'}
        onClick={() => void undo()}
      >
        {text.submit}
      </Button>
    </>
  );
}
