'use client';
/** Leaves for the identity provider of an organization. Busy until the page is left, or the leaving has failed. */
import { Button, type ButtonProps } from '@tollgate/ui';
import { useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { startOAuth } from './oauth-api.ts';
import type { SingleSignOnWay } from './single-sign-on-way.ts';

export interface SingleSignOnStart {
  /** Already checked. */
  readonly next?: string;
  /** What the provider's own form begins with. */
  readonly email?: string;
  readonly invitationToken?: string;
}

/** @returns How to leave; and whether the page is being left. */
export function useSingleSignOnStart(onProblem: (problem: string | undefined) => void) {
  const locale = useLocale();
  const toText = useProblemText();
  const problems: Readonly<Record<string, string>> = useMessages('auth').oauth.problems;
  // The same words as for whoever comes back from there with nothing.
  const findOAuthProblem = (error: unknown) =>
    error instanceof ApiError && Object.hasOwn(problems, error.code) ? problems[error.code] : undefined;
  const [leaving, setLeaving] = useState(false);
  const leave = async ({ identityProviderId }: SingleSignOnWay, start: SingleSignOnStart) => {
    setLeaving(true);
    onProblem(undefined);
    try {
      await startOAuth('sso', { ...start, locale, identityProviderId });
    } catch (error) {
      onProblem(findOAuthProblem(error) ?? toText(error));
      setLeaving(false);
    }
  };
  return [leaving, leave] as const;
}

export interface SingleSignOnButtonProps
  extends SingleSignOnStart,
    Pick<ButtonProps, 'size' | 'variant' | 'className'> {
  readonly way: SingleSignOnWay;
  readonly label?: string;
  /** Undefined clears what was reported before. */
  readonly onProblem: (problem: string | undefined) => void;
}

export function SingleSignOnButton(props: SingleSignOnButtonProps) {
  const { way, label, onProblem, next, email, invitationToken, ...button } = props;
  const { continueWith } = useMessages('auth').oauth;
  const [leaving, leave] = useSingleSignOnStart(onProblem);
  const start = {
    ...(next !== undefined && { next }),
    ...(email !== undefined && { email }),
    ...(invitationToken !== undefined && { invitationToken }),
  };
  return (
    <Button {...button} loading={leaving} onClick={() => void leave(way, start)}>
      {label ?? continueWith(way.name)}
    </Button>
  );
}
