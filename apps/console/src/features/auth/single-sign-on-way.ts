'use client';
/**
 * Where an address signs in: at the identity provider of an organization, or here. Asked once an address is written, and never
 * waited for by whoever gives a password: no answer means here.
 */
import { useCallback, useRef, useState } from 'react';
import { apiFetch } from '../../api/client.ts';

export interface SingleSignOnWay {
  readonly identityProviderId: string;
  readonly name: string;
}

/** What is being typed is no address yet; the domain of one has a dot. */
const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/;

/** Longer than this nobody waits before the password is asked for. */
const ANSWER_MAX_MS = 3_000;

interface Answer {
  readonly email: string;
  readonly way: SingleSignOnWay | null;
}

export interface SingleSignOnWays {
  /** Of this address, as far as it is known. */
  readonly find: (email: string) => SingleSignOnWay | null;
  readonly ask: (email: string) => Promise<SingleSignOnWay | null>;
}

export function useSingleSignOnWays(): SingleSignOnWays {
  const [answer, setAnswer] = useState<Answer>();
  const asked = useRef<{ readonly email: string; readonly way: Promise<SingleSignOnWay | null> }>(undefined);
  const ask = useCallback((typed: string) => {
    const email = normalize(typed);
    if (!ADDRESS.test(email)) return Promise.resolve(null);
    if (asked.current?.email !== email) {
      const way = readWay(email);
      asked.current = { email, way };
      void way.then((found) => {
        // Of an address that was written over meanwhile nothing is said.
        if (asked.current?.email === email) setAnswer({ email, way: found });
      });
    }
    return asked.current.way;
  }, []);
  const find = useCallback(
    (typed: string) => (answer?.email === normalize(typed) ? answer.way : null),
    [answer],
  );
  return { find, ask };
}

const normalize = (typed: string): string => typed.trim().toLowerCase();

/** Who cannot be told, for whatever reason, still has the password's field. */
async function readWay(email: string): Promise<SingleSignOnWay | null> {
  try {
    const json = { email };
    const { singleSignOn } = await apiFetch<{ singleSignOn: SingleSignOnWay | null }>('/auth/sign-in-ways', {
      json,
      keepOnUnauthorized: true,
      signal: AbortSignal.timeout(ANSWER_MAX_MS),
    });
    return singleSignOn;
  } catch {
    return null;
  }
}
