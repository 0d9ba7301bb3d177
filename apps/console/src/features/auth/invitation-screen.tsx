'use client';
/** Joining an organization: as who is signed in, with an account one has, or with a new one. */
import { useQuery } from '@tanstack/react-query';
import { Button, Callout, Spinner, Tabs } from '@tollgate/ui';
import { useEffect, useState } from 'react';
import { apiFetch } from '../../api/client.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { acceptInvitation, enterConsole, type InvitationPreview } from './auth-api.ts';
import { AuthHeading } from './auth-heading.tsx';
import { LinkButton } from './link-button.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { SignUpForm } from './sign-up-form.tsx';
import { SingleSignOnButton } from './single-sign-on-button.tsx';
import { type SingleSignOnWay, useSingleSignOnWays } from './single-sign-on-way.ts';
import { useFragmentToken } from './use-fragment-token.ts';

/** @param signedInAs Address of who is signed in; undefined for nobody. */
export function InvitationScreen({ signedInAs }: { readonly signedInAs: string | undefined }) {
  const { invitation: text } = useMessages('auth');
  const token = useFragmentToken();
  const preview = useQuery({
    // The token is a secret: not in the key, which development tools show.
    queryKey: ['invitation'],
    queryFn: () => apiFetch<InvitationPreview>('/auth/invitation', { json: { token } }),
    enabled: Boolean(token),
    retry: false,
  });
  if (token === null || preview.isError) {
    return (
      <>
        <AuthHeading title={text.failed}>{text.failedText}</AuthHeading>
        {signedInAs === undefined ? (
          <LinkButton href="/sign-in" label={text.toSignIn} />
        ) : (
          <LinkButton href="/" label={text.toConsole} />
        )}
      </>
    );
  }
  if (token === undefined || preview.data === undefined) {
    return (
      <p role="status" className="flex items-center gap-2 text-base text-ink-soft">
        <Spinner />
        {text.loading}
      </p>
    );
  }
  const { organizationName, email, role } = preview.data;
  const roles: Readonly<Record<string, string>> = text.roles;
  return (
    <>
      <AuthHeading title={text.titleFor(organizationName)}>
        {text.intro(email, roles[role] ?? role)}
      </AuthHeading>
      {signedInAs === undefined ? (
        <JoinAsNobody token={token} email={email} />
      ) : (
        <JoinAsPerson token={token} email={email} signedInAs={signedInAs} />
      )}
    </>
  );
}

interface JoinProps {
  readonly token: string;
  readonly email: string;
}

function JoinAsPerson({ token, email, signedInAs }: JoinProps & { readonly signedInAs: string }) {
  const { invitation: text } = useMessages('auth');
  const toText = useProblemText();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const join = async () => {
    setBusy(true);
    try {
      await acceptInvitation(token);
      enterConsole('/');
    } catch (error) {
      setProblem(toText(error));
      setBusy(false);
    }
  };
  const leave = async () => {
    setBusy(true);
    await apiFetch('/auth/sign-out', { method: 'POST' }).catch(() => undefined);
    enterConsole('/sign-in?ended=1');
  };
  if (signedInAs.toLowerCase() !== email.toLowerCase()) {
    return (
      <>
        <Callout tone="warning">{text.otherAccount(signedInAs)}</Callout>
        <Button size="lg" className="mt-4 w-full" loading={busy} onClick={() => void leave()}>
          {text.signOut}
        </Button>
      </>
    );
  }
  return (
    <>
      {problem && (
        <Callout tone="negative" live className="mb-4">
          {problem}
        </Callout>
      )}
      <Button
        variant="primary"
        size="lg"
        className="w-full"
        loading={busy}
        autoFocus
        onClick={() => void join()}
      >
        {text.accept}
      </Button>
      <p className="mt-3 text-sm text-ink-faint">{text.acceptAs(signedInAs)}</p>
    </>
  );
}

function JoinAsNobody({ token, email }: JoinProps) {
  const { invitation: text } = useMessages('auth');
  const { find, ask } = useSingleSignOnWays();
  useEffect(() => void ask(email), [ask, email]);
  const [passwordWanted, setPasswordWanted] = useState(false);
  const way = passwordWanted ? null : find(email);
  const join = async () => {
    await acceptInvitation(token);
    enterConsole('/');
  };
  if (way !== null) {
    return (
      <JoinBySingleSignOn way={way} token={token} email={email} onPassword={() => setPasswordWanted(true)} />
    );
  }
  return (
    <Tabs
      aria-label={text.title}
      items={[
        {
          value: 'new',
          label: text.newHere,
          content: (
            <SignUpForm
              submitLabel={text.signUp}
              invitation={{ token, email }}
              onSignedUp={() => enterConsole('/')}
            />
          ),
        },
        {
          value: 'known',
          label: text.haveAccount,
          content: <SignInForm submitLabel={text.signIn} email={email} onSignedIn={join} />,
        },
      ]}
    />
  );
}

interface JoinBySingleSignOnProps extends JoinProps {
  readonly way: SingleSignOnWay;
  readonly onPassword: () => void;
}

/** Whoever is invited with an address of a proved domain needs no password. */
function JoinBySingleSignOn({ way, token, email, onPassword }: JoinBySingleSignOnProps) {
  const { singleSignOn: text } = useMessages('auth');
  const [problem, setProblem] = useState<string>();
  return (
    <div className="flex flex-col items-start gap-3">
      {problem !== undefined && (
        <Callout tone="negative" live className="w-full">
          {problem}
        </Callout>
      )}
      <p className="text-base text-ink-soft">{text.found(way.name)}</p>
      <SingleSignOnButton
        size="lg"
        variant="primary"
        className="w-full"
        way={way}
        email={email}
        invitationToken={token}
        onProblem={setProblem}
      />
      <Button variant="link" onClick={onPassword}>
        {text.usePassword}
      </Button>
    </div>
  );
}
