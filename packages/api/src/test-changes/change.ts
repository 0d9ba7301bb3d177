/** For tests: what a change is, and how what it is about is made before it. */
import type { Database } from '@tollgate/db';
import { deliverPendingMail, type OutgoingMail } from '@tollgate/mail';
import { expect } from 'vitest';
import type { TestApi, TestPerson } from '../test-api.ts';

export interface Change {
  readonly by: TestPerson;
  /** Where the route's own has no parameters. */
  readonly path?: string;
  readonly body?: unknown;
}

export interface World {
  readonly test: TestApi;
  /** Owns an organization, and runs the installation. */
  readonly owner: TestPerson;
  /** May write what no person does. */
  readonly worker: Database;
}

export type MakeChange = (world: World) => Change | Promise<Change>;
/** By route; in brackets another call of the same one. */
export type Changes = Readonly<Record<string, MakeChange>>;

let count = 0;
export function unique(): string {
  count += 1;
  return `change-${count}`;
}

/** Made by the API, as whoever changes it afterwards has made it. */
export async function make(by: TestPerson, path: string, body: unknown): Promise<string> {
  const { status, body: made, text } = await by.call('POST', path, body);
  expect([200, 201], `${path}: ${text}`).toContain(status);
  return made.id ?? made.key?.id ?? made.token?.id ?? made.endpoint?.id;
}

export const newPerson = ({ test }: World): Promise<TestPerson> =>
  test.signUp(`${unique()}@example.com`, `Of ${unique()}`);

/** A person of the owner's organization, and their membership. */
export async function newMember({
  test,
  owner,
}: World): Promise<{ person: TestPerson; membershipId: string }> {
  const person = await test.join(owner, `${unique()}@example.com`, 'viewer');
  const { membershipId } = (await person.call('GET', '/me')).body;
  return { person, membershipId };
}

/** Of the newest mail to them with a link. */
export async function mailedToken({ test, worker }: World, recipient: string): Promise<string> {
  const sent: OutgoingMail[] = [];
  const options = { ring: test.options.encryptionKeys, nowMs: test.clock.nowMs(), limit: 500 };
  await deliverPendingMail(worker, { send: async (mail) => void sent.push(mail) }, options);
  const mail = sent.findLast((one) => one.recipient === recipient);
  return /#token=([\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
}

export const newTeam = ({ owner }: World) => make(owner, '/teams', { name: unique() });
export const newKey = ({ owner }: World, more: object = {}) =>
  make(owner, '/keys', { name: unique(), ...more });

/** How an object of the owner's is made, changed and deleted. */
export function lifeOf(
  path: string,
  body: () => unknown,
  change: object | undefined,
  { method = 'patch', deleted = true }: { method?: 'patch' | 'put'; deleted?: boolean } = {},
): Changes {
  const its = (more: Partial<Change>) => async (world: World) => ({
    by: world.owner,
    path: `${path}/${await make(world.owner, path, body())}`,
    ...more,
  });
  return {
    [`post ${path}`]: ({ owner }) => ({ by: owner, body: body() }),
    ...(change === undefined ? {} : { [`${method} ${path}/{id}`]: its({ body: change }) }),
    ...(deleted ? { [`delete ${path}/{id}`]: its({}) } : {}),
  };
}
