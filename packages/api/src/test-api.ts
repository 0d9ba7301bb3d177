/** The API on a database of its own, for tests: requests come in by the front door. */
import { randomBytes } from 'node:crypto';
import { fixedClock } from '@tollgate/clock';
import { parseKeyRing } from '@tollgate/config';
import { type Database, openDatabase } from '@tollgate/db';
import { type BuiltInRole, bootstrapOrganization, memoryAttemptCounter } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import { createLogger } from '@tollgate/logging';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { type Api, createApi } from './create-api.ts';
import type { ApiOptions } from './framework/api-context.ts';
import { type ChangeFeed, localChangeFeed } from './framework/change-feed.ts';

export const TEST_ORIGIN = 'http://localhost:3000';
export const TEST_PASSWORD = 'correct horse battery';

export interface TestAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came back
  readonly body: any;
  readonly text: string;
  readonly headers: Headers;
}

export interface TestCaller {
  (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<TestAnswer>;
  readonly cookie: string;
}

export interface TestApi {
  readonly api: Api;
  readonly options: ApiOptions;
  readonly database: Database;
  readonly testDatabase: TestDatabase;
  readonly clock: ReturnType<typeof fixedClock>;
  readonly changes: ChangeFeed;
  readonly logLines: string[];
  /** Without any proof. */
  readonly anonymous: TestCaller;
  /** By a session cookie, as the console does. */
  withCookie(cookie: string): TestCaller;
  withToken(token: string): TestCaller;
  /** As another process of the installation would: what it holds or seeds may wait as long as the API itself. To be closed by the caller. */
  openAs(role: keyof TestDatabase['urls'], applicationName: string): Database;
  signUp(email: string, organizationName?: string): Promise<TestPerson>;
  /** A new organization with an admin token. */
  bootstrap(name: string): Promise<{ organizationId: string; adminToken: string; call: TestCaller }>;
  /** A person with this role in the owner's organization. */
  join(owner: TestPerson, email: string, role: BuiltInRole): Promise<TestPerson>;
  close(): Promise<void>;
}

export interface TestPerson {
  readonly userId: string;
  readonly organizationId: string;
  readonly call: TestCaller;
}

const ring = () => parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);

/**
 * A machine with other work may leave a transaction waiting for longer than people would: its time-outs are answered by 503, and
 * that would be told of the route that is asked. Nothing here is shown by how long it takes.
 */
const PATIENT = { connectTimeoutMs: 60_000, transactionTimeoutMs: 60_000, statementTimeoutMs: 120_000 };

export async function startTestApi(
  change: Partial<ApiOptions['settings']> = {},
  more: Pick<ApiOptions, 'lookUpTxt'> = {},
): Promise<TestApi> {
  const testDatabase = await createTestDatabase();
  const openAs: TestApi['openAs'] = (role, applicationName) =>
    openDatabase({ url: testDatabase.urls[role], applicationName, ...PATIENT });
  const database = openAs('console', 'api-test');
  const clock = fixedClock(Date.now());
  const logLines: string[] = [];
  const changes = localChangeFeed();
  let joined = 0;
  const options: ApiOptions = {
    database,
    clock,
    logger: createLogger({ name: 'test', destination: { write: (line) => logLines.push(line) } }),
    settings: {
      consoleUrl: TEST_ORIGIN,
      gatewayUrl: 'http://localhost:4000',
      allowedPrivateOrigins: [],
      limitsEnforced: true,
      signUp: 'open',
      signUpDomains: [],
      operatorEmails: ['operator@example.com'],
      firstUserIsOperator: false,
      verificationRequired: false,
      ...change,
    },
    keyPeppers: ring(),
    encryptionKeys: ring(),
    changes,
    attempts: memoryAttemptCounter(clock),
    clientAddress: (request) => request.headers.get('x-test-address') ?? '192.0.2.1',
    ...more,
  };
  const api = createApi(options);
  const caller = (proof: Record<string, string>): TestCaller =>
    Object.assign(
      async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
        toAnswer(await api.request(toRequest(method, path, body, { ...proof, ...headers }))),
      { cookie: proof.cookie ?? '' },
    );
  const withCookie = (cookie: string) => caller({ cookie, 'x-tollgate-csrf': '1' });
  const anonymous = caller({});
  const signUp = async (email: string, organizationName?: string, invitationToken?: string) => {
    const answer = await anonymous('POST', '/auth/sign-up', {
      email,
      password: TEST_PASSWORD,
      ...(organizationName === undefined ? {} : { organizationName }),
      ...(invitationToken === undefined ? {} : { invitationToken }),
    });
    if (answer.status !== 201) throw new Error(`Cannot sign up ${email}: ${answer.text}`);
    return { ...answer.body, call: withCookie(cookieOf(answer)) } as TestPerson;
  };
  return {
    api,
    options,
    database,
    testDatabase,
    clock,
    changes,
    logLines,
    anonymous,
    withCookie,
    openAs,
    withToken: (token) => caller({ authorization: `Bearer ${token}` }),
    signUp,
    bootstrap: async (name) => {
      const identity = { ...options, settings: options.settings };
      const made = await bootstrapOrganization(identity, {
        organization: name,
        email: `owner-${randomBytes(6).toString('hex')}@example.com`,
        password: TEST_PASSWORD,
      });
      return { ...made, call: caller({ authorization: `Bearer ${made.adminToken}` }) };
    },
    join: async (owner, email, role) => {
      const person = await signUp(email);
      await database.person({ userId: person.userId, organizationId: owner.organizationId }, (tx) =>
        tx.membership.create({
          data: {
            // Later ones come later in lists, though the clock stands.
            id: newId('member', clock.nowMs() + ++joined),
            organizationId: owner.organizationId,
            userId: person.userId,
            role,
          },
        }),
      );
      const call: TestCaller = Object.assign(
        (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
          person.call(method, path, body, {
            'x-tollgate-organization': owner.organizationId,
            ...headers,
          }),
        { cookie: person.call.cookie },
      );
      return { userId: person.userId, organizationId: owner.organizationId, call };
    },
    close: async () => {
      await database.close();
      await testDatabase.drop();
    },
  };
}

/** Transactions that wait for another one: what is to happen meanwhile has come as far as it can. */
export async function countLockWaiters({ database }: Pick<TestApi, 'database'>): Promise<number> {
  const rows = await database.platform(
    (tx) => tx.$queryRaw<unknown[]>`
      SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows.length;
}

export function cookieOf(answer: TestAnswer): string {
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

function toRequest(method: string, path: string, body: unknown, headers: Record<string, string>): Request {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  return new Request(`${TEST_ORIGIN}/api/v1${path}`, {
    method,
    headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(text === undefined ? {} : { body: text }),
  });
}

async function toAnswer(response: Response): Promise<TestAnswer> {
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    text,
    headers: response.headers,
    body: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}
