'use client';
/**
 * Signing in again at the identity provider, in a window of its own: this one stays as it is. The page that the provider
 * leads back to tells over a channel of this origin, because the two windows do not know each other any longer.
 */
import { Button } from '@tollgate/ui';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { startOAuth } from './oauth-api.ts';
import { REAUTHENTICATED_CHANNEL } from './reauthenticated-screen.tsx';

export interface ProviderReauthenticationProps {
  /** As the API names them: an OIDC issuer with its address. */
  readonly providers: readonly string[];
  readonly onShown: () => void;
  readonly onProblem: (problem: string | undefined) => void;
}

/** The name in our addresses, and the one that people know. */
const PROVIDERS: Readonly<Record<string, readonly [string, string]>> = {
  google: ['google', 'Google'],
  github: ['github', 'GitHub'],
  microsoft: ['microsoft-entra-id', 'Microsoft'],
};

export function ProviderReauthentication({ providers, onShown, onProblem }: ProviderReauthenticationProps) {
  const text = useMessages('security').reauthentication;
  const { continueWith } = useMessages('auth').oauth;
  const { reauthentication_not_shown: notShown } = useMessages('problems').codes;
  const locale = useLocale();
  const toText = useProblemText();
  const [waiting, setWaiting] = useState(false);
  useEffect(() => {
    const channel = new BroadcastChannel(REAUTHENTICATED_CHANNEL);
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      setWaiting(false);
      if (data === 'shown') onShown();
      else onProblem(data === 'reauthentication_not_shown' ? notShown : text.providerFailed);
    };
    return () => channel.close();
  }, [onShown, onProblem, text, notShown]);
  const way = useSessionProvider();
  const start = async (id: string, identityProviderId?: string) => {
    onProblem(undefined);
    // At once, because browsers open windows only while a button is being pressed.
    const opened = window.open('about:blank', '_blank', 'popup,width=480,height=640');
    if (opened === null) {
      onProblem(text.windowBlocked);
      return;
    }
    setWaiting(true);
    try {
      const whose = identityProviderId === undefined ? {} : { identityProviderId };
      await startOAuth(id, { locale, reauthenticate: true, ...whose }, opened.location);
    } catch (error) {
      opened.close();
      setWaiting(false);
      onProblem(toText(error));
    }
  };
  return (
    <div className="flex flex-col gap-2.5">
      {way === null && providers.length === 0 && <p className="text-sm text-ink-soft">{text.noWay}</p>}
      {way && (
        <Button size="lg" className="w-full" onClick={() => void start('sso', way.id)}>
          {continueWith(way.name)}
        </Button>
      )}
      {providers.map((provider) => {
        const [id, name] = PROVIDERS[provider] ?? ['oidc', issuerOf(provider)];
        if (SILENT.includes(provider)) return <SilentProvider key={provider} name={name} />;
        return (
          <Button key={provider} size="lg" className="w-full" onClick={() => void start(id)}>
            {continueWith(name)}
          </Button>
        );
      })}
      {waiting && (
        <p role="status" className="text-sm text-ink-soft">
          {text.waiting}
        </p>
      )}
    </div>
  );
}

interface SessionsAnswer {
  readonly data: readonly {
    readonly current: boolean;
    readonly identityProvider: { readonly id: string; readonly name: string } | null;
  }[];
}

/** The organization's provider that this session was opened by; undefined until that is known. */
function useSessionProvider() {
  const sessions = useApiQuery<SessionsAnswer>('/me/sessions');
  if (sessions.error !== null) return null;
  return sessions.data && (sessions.data.data.find(({ current }) => current)?.identityProvider ?? null);
}

/** They cannot be made to ask who somebody is, nor do they say when they did: the server would refuse them. */
const SILENT: readonly string[] = ['google', 'github'];

function SilentProvider({ name }: { readonly name: string }) {
  const text = useMessages('security').reauthentication;
  return (
    <div className="flex flex-col gap-2.5">
      <p className="text-sm text-ink-soft">{text.silentProvider(name)}</p>
      <Button asChild size="lg" variant="primary" className="w-full">
        <Link href="/sign-out">{text.signOut}</Link>
      </Button>
      <Button asChild size="lg" className="w-full">
        <Link href="/forgot-password">{text.setPassword}</Link>
      </Button>
    </div>
  );
}

function issuerOf(provider: string): string {
  return URL.parse(provider.replace(/^oidc:/, ''))?.host ?? 'SSO';
}
