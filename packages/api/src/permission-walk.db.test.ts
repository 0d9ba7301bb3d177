/**
 * [X3] Who may call what, for every route that the router has: nobody keeps a list by hand.
 *
 * Requests go straight to the API: there is no console, proxy or middleware before it here, so what refuses is the API
 * itself. What is expected comes from the policy (each role's permissions) and from what the route declares; what is
 * found comes from the answers.
 */
import { randomBytes } from 'node:crypto';
import { BUILT_IN_ROLES, PERMISSIONS, type Permission, ROLE_PERMISSIONS } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AnyRoute } from './framework/route.ts';
import { ROUTES } from './routes/index.ts';
import { startTestApi, type TestApi, type TestCaller, type TestPerson } from './test-api.ts';

interface Walker {
  readonly name: string;
  readonly kind: 'session' | 'token';
  readonly call: TestCaller;
  readonly permissions: ReadonlySet<Permission>;
  readonly isOperator?: boolean;
}

type Outcome = 'passed' | 'permission_denied' | 'person needed' | 'other organization';

const SINGLE: Permission = 'teams:read';

let test: TestApi;
let owner: TestPerson;
let foreign: TestPerson;
let roleOfNothing: string;
let walkers: Walker[];

/** Thousands of calls in each test; nothing here is shown by how long they take. */
const PATIENCE_MS = 300_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

beforeAll(async () => {
  // The first account runs the installation, besides owning its organization.
  test = await startTestApi({ firstUserIsOperator: true });
  owner = await test.signUp('owner@example.com', 'Own');
  foreign = await test.signUp('foreign@example.com', 'Foreign');
  const make = async (name: string, permissions: readonly Permission[]) =>
    (await owner.call('POST', '/roles', { name, permissions })).body.id as string;
  roleOfNothing = await make('Nothing', []);
  const roles: [string, string, readonly Permission[]][] = [
    ...BUILT_IN_ROLES.map(
      (role) => [role, role, ROLE_PERMISSIONS[role]] as [string, string, readonly Permission[]],
    ),
    ['nothing', roleOfNothing, []],
    ['single', await make('Single', [SINGLE]), [SINGLE]],
  ];
  walkers = (await Promise.all(roles.map(([name, id, granted]) => makeWalkers(name, id, granted)))).flat();
  const all = { name: 'operator', permissions: new Set(PERMISSIONS), isOperator: true };
  walkers.push({ ...all, kind: 'session', call: owner.call });
  walkers.push({ ...all, kind: 'token', call: test.withToken(await plantToken(owner.userId)) });
});
afterAll(() => test.close());

/** A person with the role, and a token of theirs that was given everything: it has no more than its maker. */
async function makeWalkers(name: string, roleId: string, granted: readonly Permission[]): Promise<Walker[]> {
  const person = await test.join(owner, `walker-${name}@example.com`, 'viewer');
  const { membershipId } = (await person.call('GET', '/me')).body;
  const changed = await owner.call('PATCH', `/members/${membershipId}`, { role: roleId });
  expect(changed.status, changed.text).toBe(200);
  const secret = await plantToken(person.userId);
  const permissions = new Set(granted);
  return [
    { name, kind: 'session', call: person.call, permissions },
    { name, kind: 'token', call: test.withToken(secret), permissions },
  ];
}

/** Made while its maker was an owner, who is one no longer. */
async function plantToken(userId: string): Promise<string> {
  const { body } = await owner.call('POST', '/admin-tokens', {
    name: randomBytes(4).toString('hex'),
    permissions: PERMISSIONS,
  });
  await test.database.tenant(owner.organizationId, (tx) =>
    tx.adminToken.update({
      where: { id: body.token.id },
      data: { createdById: userId },
      select: { id: true },
    }),
  );
  return body.secret;
}

const neededBy = ({ access, alsoNeeds = [] }: AnyRoute): readonly Permission[] =>
  isPermission(access) ? [access, ...alsoNeeds] : [];
const isPermission = (access: string): access is Permission =>
  (PERMISSIONS as readonly string[]).includes(access);

/** What the policy says. Undefined: no role is asked for, so there is nothing that a role could decide. */
function expected(
  route: AnyRoute,
  { kind, permissions, isOperator }: Walker,
  place: 'own' | 'foreign',
): Outcome | undefined {
  const { access } = route;
  if (access === 'public' || access === 'signature') return undefined;
  if (access === 'session') return kind === 'token' ? 'person needed' : 'passed';
  if (access === 'operator') {
    if (kind === 'token') return 'person needed';
    return isOperator === true ? 'passed' : 'permission_denied';
  }
  // In no particular organization; a token names its own all the same.
  if (access === 'authenticated') return place === 'foreign' ? 'other organization' : 'passed';
  if (place === 'foreign') return 'other organization';
  return neededBy(route).every((needed) => permissions.has(needed)) ? 'passed' : 'permission_denied';
}

const ID = newId('virtualKey', 1);

async function ask(
  route: AnyRoute,
  { call, kind }: Walker,
  place: 'own' | 'foreign',
  address: string,
): Promise<Outcome> {
  const path = route.path.replaceAll(/\{\w+\}/g, ID);
  const answer = await call(
    route.method.toUpperCase(),
    route.path.endsWith('/first-request') ? `${path}?waitSeconds=0` : path,
    route.body === undefined ? undefined : {},
    {
      'x-test-address': address,
      ...(place === 'foreign' ? { 'x-tollgate-organization': foreign.organizationId } : {}),
    },
  );
  const { status } = answer;
  if (status === 401 || (status >= 500 && status !== 501)) throw new Error(`${route.path}: ${answer.text}`);
  if (status === 403 && answer.body.code === 'permission_denied') {
    const isMissing = kind === 'session' || answer.body.detail.includes('is missing');
    return isMissing ? 'permission_denied' : 'person needed';
  }
  // In the own organization nothing has this id: whoever is told so has passed.
  if (
    status === 404 &&
    place === 'foreign' &&
    route.access !== 'operator' &&
    answer.body.detail.includes('organization')
  )
    return 'other organization';
  return 'passed';
}

/** @returns What came out otherwise than the policy says, and how many were asked. */
async function walk(place: 'own' | 'foreign', chosen: readonly Walker[]) {
  const surprises: string[] = [];
  let asked = 0;
  const walkOne = async (walker: Walker, index: number) => {
    for (const route of ROUTES) {
      const wanted = expected(route, walker, place);
      if (wanted === undefined) continue;
      asked += 1;
      const found = await ask(route, walker, place, `203.0.113.${index}`);
      if (found === wanted || isHarmless(route, walker, wanted, found)) continue;
      surprises.push(
        `${walker.name} by ${walker.kind}: ${route.method} ${route.path} is ${found}, not ${wanted}`,
      );
    }
  };
  await Promise.all(chosen.map(walkOne));
  return { surprises, asked };
}

/** A person asks some routes for no organization in particular; some things that permissions open are for no token. */
function isHarmless({ access }: AnyRoute, { kind }: Walker, wanted: Outcome, found: Outcome): boolean {
  if (access === 'authenticated') return wanted === 'other organization' && found === 'passed';
  return kind === 'token' && wanted === 'passed' && found === 'person needed';
}

describe('[X3] every route, by every role, session and token', () => {
  it('is decided by the permissions that it declares, in one’s own organization', async () => {
    const { surprises, asked } = await walk('own', walkers);
    expect(surprises).toEqual([]);
    expect(asked).toBeGreaterThan(walkers.length * 150);
  });

  it('is closed in an organization that one does not belong to, whatever one’s role is at home', async () => {
    const { surprises } = await walk('foreign', walkers);
    expect(surprises).toEqual([]);
  });

  it('names the routes that a permission opens which the policy does not give', async () => {
    await test.database.tenant(owner.organizationId, (tx) =>
      tx.role.update({
        where: { id: roleOfNothing },
        data: { permissions: [SINGLE] },
        select: { id: true },
      }),
    );
    const { surprises } = await walk(
      'own',
      walkers.filter(({ name }) => name === 'nothing'),
    );
    const opened = ROUTES.filter((route) => neededBy(route).join() === SINGLE);
    expect(opened.length).toBeGreaterThan(1);
    expect(surprises).toHaveLength(2 * opened.length);
    for (const { path } of opened) expect(surprises.join('\n')).toContain(`${path} is passed`);
  });

  it('leaves no permission without a route, and no route without an access', () => {
    const used = new Set(ROUTES.flatMap(neededBy));
    // Routes of traffic come with their editor.
    const waiting = ['routes:read', 'routes:write'];
    const idle = PERMISSIONS.filter((permission) => !used.has(permission) && !waiting.includes(permission));
    // Decided inside a route: whose key it is.
    expect(idle).toEqual(['keys:write-any']);
    expect(ROUTES.filter(({ access }) => access === undefined)).toEqual([]);
  });
});
