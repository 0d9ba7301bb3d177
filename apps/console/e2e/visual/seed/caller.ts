/**
 * The admin API as one person, without a browser: a browser forgets cookies by its own clock, which is not that of the
 * system here.
 */
import type { BrowserContext } from '@playwright/test';
import type { System } from '../../support/system.ts';
import { CSRF, expect } from '../../support/test.ts';

const PASSWORD = 'nanoseconds matter a lot';

export interface Caller {
  readonly organizationId: string;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, data: object | string): Promise<T>;
  patch<T>(path: string, data: object): Promise<T>;
  put<T>(path: string, data: object): Promise<T>;
  /** After the clock was moved, sessions are over. */
  signInAgain(): Promise<void>;
  /** Signs the person in in a browser, for as long as that browser is open. */
  giveCookiesTo(context: BrowserContext): Promise<void>;
}

interface NewPerson {
  readonly name: string;
  readonly email: string;
  readonly organizationName?: string;
  readonly invitationToken?: string;
}

export async function signUp(system: System, person: NewPerson): Promise<Caller> {
  const session = openSession(system);
  const { organizationId } = await session.call<{ organizationId: string }>('POST', '/auth/sign-up', {
    ...person,
    password: PASSWORD,
    timeZone: 'UTC',
  });
  return toCaller(system, session, person.email, organizationId);
}

/** As somebody who has signed up: what asks for a recent sign-in has one. */
export async function signIn(system: System, email: string): Promise<Caller> {
  const session = openSession(system);
  await session.call('POST', '/auth/sign-in', { email, password: PASSWORD });
  const { organizationId } = await session.call<{ organizationId: string }>('GET', '/me');
  return toCaller(system, session, email, organizationId);
}

interface Session {
  readonly call: <T>(method: string, apiPath: string, data?: object | string) => Promise<T>;
  readonly cookies: () => ReadonlyMap<string, string>;
  readonly forget: () => void;
}

function openSession(system: System): Session {
  let cookies = new Map<string, string>();
  const call = async <T>(method: string, apiPath: string, data?: object | string): Promise<T> => {
    const answer = await fetch(`${system.consoleUrl}/api/v1${apiPath}`, {
      method,
      headers: {
        ...CSRF,
        origin: system.consoleUrl,
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(data !== undefined && {
          'content-type': typeof data === 'string' ? 'application/octet-stream' : 'application/json',
        }),
      },
      ...(data !== undefined && { body: typeof data === 'string' ? data : JSON.stringify(data) }),
    });
    const text = await answer.text();
    expect(answer.status, `${method} ${apiPath}: ${text}`).toBeLessThan(300);
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return (text === '' ? undefined : JSON.parse(text)) as T;
  };
  return {
    call,
    cookies: () => cookies,
    forget: () => {
      cookies = new Map();
    },
  };
}

function toCaller(
  system: System,
  { call, cookies, forget }: Session,
  email: string,
  organizationId: string,
): Caller {
  return {
    organizationId,
    get: (apiPath) => call('GET', apiPath),
    post: (apiPath, data) => call('POST', apiPath, data),
    patch: (apiPath, data) => call('PATCH', apiPath, data),
    put: (apiPath, data) => call('PUT', apiPath, data),
    signInAgain: async () => {
      forget();
      await call('POST', '/auth/sign-in', { email, password: PASSWORD });
    },
    giveCookiesTo: (context) =>
      context.addCookies(
        [...cookies()].map(([name, value]) => ({
          name,
          value,
          url: system.consoleUrl,
          httpOnly: true,
          sameSite: 'Lax',
        })),
      ),
  };
}
