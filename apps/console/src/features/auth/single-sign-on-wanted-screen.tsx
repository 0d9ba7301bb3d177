'use client';
/** The organization lets its people in by its identity provider alone, and this session came another way. */
import { Callout } from '@tollgate/ui';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useMe } from '../shell/use-me.ts';
import { AuthHeading } from './auth-heading.tsx';
import type { MissingSignOn } from './missing-sign-on.ts';
import { OAuthProblem } from './oauth-buttons.tsx';
import { OtherWays } from './other-ways.tsx';
import { SingleSignOnButton } from './single-sign-on-button.tsx';

export interface SingleSignOnWantedScreenProps {
  /** Already checked. */
  readonly next: string;
  readonly missing: MissingSignOn;
  /** What the last try came back with: a code. */
  readonly problem: string | undefined;
  /** On the button; the organization's where it cannot be told. */
  readonly providerName: string;
}

export function SingleSignOnWantedScreen(props: SingleSignOnWantedScreenProps) {
  const { next, missing, providerName } = props;
  const text = useMessages('auth').singleSignOn;
  const email = useMe().data?.email;
  const [problem, setProblem] = useState<string>();
  const { organizationName, identityProviderId } = missing;
  return (
    <>
      <AuthHeading title={text.wantedTitle}>{text.wantedIntro(organizationName)}</AuthHeading>
      {problem === undefined && props.problem !== undefined && <OAuthProblem code={props.problem} />}
      {problem !== undefined && (
        <Callout tone="negative" live className="mb-4">
          {problem}
        </Callout>
      )}
      {identityProviderId === null ? (
        <Callout tone="warning">{text.wantedNoWay}</Callout>
      ) : (
        <>
          <SingleSignOnButton
            size="lg"
            variant="primary"
            className="w-full"
            way={{ identityProviderId, name: providerName }}
            next={next}
            {...(email && { email })}
            onProblem={setProblem}
          />
          <p className="mt-3 text-sm text-ink-faint">{text.wantedAfter}</p>
        </>
      )}
      <OtherWays />
    </>
  );
}
