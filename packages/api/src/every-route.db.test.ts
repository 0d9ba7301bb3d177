import { PERMISSIONS } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import { bodyOf } from '@tollgate/payloads';
import { disableRowSecurity } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AnyRoute } from './framework/route.ts';
import { ROUTES } from './routes/index.ts';
import { startTestApi, type TestAnswer, type TestApi, type TestCaller, type TestPerson } from './test-api.ts';
import { keepPayload } from './test-payload.ts';

// The list comes from the router itself: a new route is tested from its first day.
const closedRoutes = ROUTES.filter(({ access }) => access !== 'public');
const permissionRoutes = ROUTES.filter(({ access }) => access.includes(':'));
const titles = (routes: readonly AnyRoute[]) =>
  routes.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const);

const CANARY = 'canary-of-organization-a';

let test: TestApi;
let owner: TestPerson;
let stranger: TestPerson;
let nobody: TestPerson;
/** Ids of organization A, by the first part of the path they belong to. */
let idsOfA: Record<string, string>;

/** Hundreds of calls in some tests; nothing here is shown by how long they take. */
const PATIENCE_MS = 300_000;
vi.setConfig({ testTimeout: PATIENCE_MS, hookTimeout: PATIENCE_MS });

beforeAll(async () => {
  // The first account runs the installation, so that the walk gets into the operator's routes as well.
  test = await startTestApi({ allowedPrivateOrigins: ['http://127.0.0.1:9'], firstUserIsOperator: true });
  owner = await test.signUp('owner@example.com', CANARY);
  stranger = await test.signUp('stranger@example.com', 'Other');
  nobody = await test.join(owner, 'nobody@example.com', 'without-any-permission' as 'viewer');
  idsOfA = await plant(owner);
});
afterAll(() => test.close());

/** One of everything, each with the canary somewhere. */
async function plant({ call, organizationId }: TestPerson): Promise<Record<string, string>> {
  const create = async (path: string, body: unknown): Promise<TestAnswer> => {
    const answer = await call('POST', path, body);
    expect(answer.status, `${path}: ${answer.text}`).toBe(201);
    return answer;
  };
  const upload = async (path: string, file: string): Promise<string> => {
    const answer = await call('POST', path, file);
    expect(answer.status, `${path}: ${answer.text}`).toBe(200);
    return answer.body.id;
  };
  const team = (await create('/teams', { name: CANARY, costCenter: CANARY })).body.id;
  const key = (await create('/keys', { name: CANARY, teamId: team, tags: { canary: CANARY } })).body.key.id;
  const credential = await create('/provider-credentials', {
    provider: 'openai-compatible',
    name: CANARY,
    baseUrl: 'http://127.0.0.1:9/v1',
    apiKey: `sk-${CANARY}-0123456789`,
  });
  const token = await create('/admin-tokens', { name: CANARY, permissions: ['keys:read'] });
  const yesterday = new Date(test.clock.nowMs() - 86_400_000).toISOString();
  const member = (await call('GET', '/members')).body.data[0].id;
  const requestId = newId('request', test.clock.nowMs());
  await seedRequest(organizationId, requestId, key, team);
  await call('PATCH', `/organizations/${organizationId}`, { payloadRetentionDays: 30 });
  const said = bodyOf('application/json', Buffer.from(`"${CANARY}"`));
  const payload = { request: said, response: said };
  await keepPayload(test, { organizationId, requestId, startedAtMs: test.clock.nowMs(), payload });
  expect((await call('GET', `/requests/${requestId}/payload`)).text).toContain(CANARY);
  return {
    organizations: organizationId,
    teams: team,
    members: member,
    'audit-events': (await call('GET', `/audit-events?targetId=${team}`)).body.data[0].id,
    invitations: (await create('/invitations', { email: `${CANARY}@example.com` })).body.id,
    domains: (await create('/domains', { name: `${CANARY}.example` })).body.id,
    roles: (await create('/roles', { name: CANARY, permissions: ['teams:read'] })).body.id,
    'service-accounts': (await create('/service-accounts', { name: CANARY })).body.id,
    'admin-tokens': token.body.token.id,
    keys: key,
    'provider-credentials': credential.body.id,
    requests: requestId,
    budgets: (
      await create('/budgets', {
        name: CANARY,
        scope: { type: 'team', id: team },
        limitUsd: '1',
        period: 'month',
      })
    ).body.id,
    routes: (await create('/routes', { name: CANARY, rules: [{ targets: [{ model: CANARY }] }] })).body.id,
    'rate-limits': (
      await create('/rate-limits', {
        scope: { type: 'endUser', id: CANARY },
        metric: 'requests',
        limit: 5,
        windowSeconds: 60,
      })
    ).body.id,
    'alert-rules': (await create('/alert-rules', { kind: 'budget-threshold', name: CANARY })).body.id,
    'notification-channels': (
      await create('/notification-channels', {
        kind: 'slack',
        name: CANARY,
        url: `http://127.0.0.1:9/${CANARY}`,
      })
    ).body.id,
    'webhook-endpoints': (
      await create('/webhook-endpoints', { name: CANARY, url: `http://127.0.0.1:9/${CANARY}`, events: ['*'] })
    ).body.endpoint.id,
    alerts: await seedAlert(organizationId),
    prices: (
      await create('/prices', {
        provider: 'openai',
        model: CANARY,
        validFrom: '2199-01-01T00:00:00Z',
        components: { input: { usdPerMillion: '1' } },
      })
    ).body.id,
    reratings: (await create('/reratings', { from: yesterday, reason: CANARY })).body.id,
    me: (await call('GET', '/me/sessions')).body.data[0].id,
    playground: (await create('/playground/prompts', { name: CANARY, content: { text: CANARY } })).body.id,
    exports: (
      await create('/exports', {
        from: '2026-11-01T00:00:00Z',
        to: '2026-12-01T00:00:00Z',
        format: 'csv',
        model: CANARY,
      })
    ).body.id,
    'saved-views': (
      await create('/saved-views', { name: CANARY, question: { q: `model:${CANARY}` }, shared: true })
    ).body.id,
    'saved-reports': (await create('/saved-reports', { name: CANARY, question: {}, shared: true })).body.id,
    ...(await seedDelivery(organizationId, create)),
    reconciliations: await upload(
      `/reconciliations?provider=openai&fileName=${CANARY}`,
      `start_time,amount_value,line_item\n1793491200,1.5,"${CANARY}, input"\n`,
    ),
    'usage-imports': await upload(
      `/usage-imports?source=litellm&fileName=${CANARY}`,
      `startTime,model,spend\n2026-11-01T00:00:00Z,${CANARY},1.5\n`,
    ),
  };
}

async function seedAlert(organizationId: string): Promise<string> {
  const worker = test.openAs('worker', 'seed');
  const id = newId('alert', test.clock.nowMs());
  const firedAt = new Date(test.clock.nowMs());
  await worker.tenant(organizationId, (tx) =>
    tx.alert.create({
      data: {
        id,
        organizationId,
        ruleId: 'none',
        kind: 'unknown-price',
        causeKey: CANARY,
        periodKey: '',
        severity: 'warning',
        state: 'firing',
        targetName: CANARY,
        firedAt,
      },
      select: { id: true },
    }),
  );
  await worker.close();
  return id;
}

/** A bucket, what is brought there by itself, and a file that lies there. */
async function seedDelivery(
  organizationId: string,
  create: (path: string, body: unknown) => Promise<TestAnswer>,
): Promise<Record<string, string>> {
  const destination = (
    await create('/export-destinations', {
      name: CANARY,
      endpoint: 'http://127.0.0.1:9',
      region: 'eu-central-1',
      bucket: 'canary',
      prefix: `${CANARY}/`,
      accessKeyId: CANARY,
      secretAccessKey: CANARY,
    })
  ).body.id;
  const schedule = (
    await create('/export-schedules', { name: CANARY, format: 'csv', destinationId: destination })
  ).body.id;
  const worker = test.openAs('worker', 'seed');
  const delivery = newId('exportDelivery', test.clock.nowMs());
  await worker.tenant(organizationId, async (tx) => {
    const exportId = newId('dataExport', test.clock.nowMs());
    const actor = { actorKind: 'system', actorId: 'seed' };
    const question = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z', gzip: true };
    const made = { id: exportId, organizationId, kind: 'usage', format: 'csv', state: 'waiting', question };
    await tx.dataExport.create({ data: { ...made, ...actor }, select: { id: true } });
    const brought = { destinationId: destination, scheduleId: schedule, exportId, objectKey: CANARY };
    await tx.exportDelivery.create({
      data: { id: delivery, organizationId, ...brought },
      select: { id: true },
    });
  });
  await worker.close();
  return { 'export-destinations': destination, 'export-schedules': schedule, 'export-deliveries': delivery };
}

async function seedRequest(organizationId: string, id: string, keyId: string, teamId: string): Promise<void> {
  const worker = test.openAs('worker', 'seed');
  const startedAt = new Date(test.clock.nowMs());
  await worker.tenant(organizationId, (tx) =>
    tx.requestLog.create({
      data: {
        organizationId,
        startedAt,
        requestId: id,
        keyId,
        teamId,
        endpoint: 'chat.completions',
        dialect: 'openai',
        model: CANARY,
        status: 200,
      },
      select: { requestId: true },
    }),
  );
  await worker.close();
}

const pathFor = (route: AnyRoute, ids: Record<string, string>): string => {
  const first = route.path.split('/')[1]!;
  return route.path
    .replace('{memberId}', ids.members!)
    .replace(/\{\w+\}/, ids[first] ?? newId('virtualKey', 1));
};

const call = (caller: TestCaller, route: AnyRoute, path: string, headers: Record<string, string> = {}) =>
  caller(
    route.method.toUpperCase(),
    route.path.endsWith('/first-request') ? `${path}?waitSeconds=0` : path,
    route.body === undefined ? undefined : {},
    headers,
  );

describe('[X3] every route', () => {
  it('is known to the walk, with an access that exists', () => {
    expect(ROUTES.length).toBeGreaterThan(50);
    const special = ['public', 'session', 'authenticated', 'member', 'operator', 'signature'];
    for (const { access } of ROUTES) expect([...special, ...PERMISSIONS]).toContain(access);
  });

  it('stands in the description, and the description has no other', async () => {
    const { body } = await test.anonymous('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    const described = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method} ${path}`),
    );
    const declared = ROUTES.filter(({ internal }) => internal !== true).map(
      ({ method, path }) => `${method} ${path}`,
    );
    expect(described.toSorted()).toEqual(declared.toSorted());
  });

  it.each(titles(closedRoutes))('%s answers 401 to nobody in particular', async (_, route) => {
    const answer = await call(test.anonymous, route, pathFor(route, idsOfA));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.text).not.toContain(CANARY);
  });

  it.each(titles(closedRoutes))('%s answers 401 to an invented token', async (_, route) => {
    for (const token of [`tga_${'0'.repeat(40)}`, "tga_' OR 1=1 --", 'x'.repeat(200), '\u00ff']) {
      const answer = await call(test.withToken(token), route, pathFor(route, idsOfA));
      expect(answer.status).toBe(401);
    }
  });

  it.each(titles(permissionRoutes))('%s answers 403 to a member without its permission', async (_, route) => {
    const answer = await call(nobody.call, route, pathFor(route, idsOfA));
    expect(answer.status).toBe(403);
    expect(answer.body.code).toBe('permission_denied');
    expect(answer.body.detail).toContain(route.access);
  });
});

// Each of the two walls must hold alone: the second time the database has none, and the filters of the application
// are all there is. Last in the file, because it stays so.
function describeWall(): void {
  const withId = permissionRoutes.filter(({ path }) => path.includes('{'));

  it.each(titles(withId))('%s answers 404 for an object of another organization', async (_, route) => {
    const answer = await callWithGoodBody(stranger.call, route, pathFor(route, idsOfA));
    expect(answer.status, answer.text).toBe(404);
    expect(answer.text).not.toContain(CANARY);
  });

  it.each(titles(permissionRoutes))(
    '%s does not let anybody into an organization by naming it',
    async (_, route) => {
      const answer = await call(stranger.call, route, pathFor(route, idsOfA), {
        'x-tollgate-organization': owner.organizationId,
      });
      expect(answer.status).toBe(404);
    },
  );

  it('a token of one organization does not open another', async () => {
    const { call: withToken } = await test.bootstrap('Third');
    const answer = await withToken('GET', '/keys', undefined, {
      'x-tollgate-organization': owner.organizationId,
    });
    expect(answer.status).toBe(404);
  });

  it('no canary of one organization reaches another through any list', async () => {
    const lists = ROUTES.filter(({ method, path }) => method === 'get' && !path.includes('{'));
    expect(lists.length).toBeGreaterThan(12);
    for (const route of lists) {
      const own = await owner.call('GET', route.path);
      const foreign = await stranger.call('GET', route.path);
      expect(foreign.text, route.path).not.toContain(CANARY);
      for (const id of Object.values(idsOfA)) expect(foreign.text).not.toContain(id);
      expect(own.status, route.path).toBeLessThan(500);
    }
  });
}

describe('[X1] the tenant wall', describeWall);

describe('answers and logs', () => {
  it('[X2] no secret stands in any answer or in the log', async () => {
    const lists = ROUTES.filter(({ method, path }) => method === 'get' && !path.includes('{'));
    let seen = '';
    for (const route of lists) seen += (await owner.call('GET', route.path)).text;
    const sinks = seen + test.logLines.join('\n');
    expect(sinks).not.toContain(`sk-${CANARY}`);
    expect(sinks).not.toMatch(/argon2|tokenHash|passwordHash|secretCiphertext/);
    expect(test.logLines.join('\n')).not.toContain(owner.call.cookie.split('=')[1]!);
  });
});

const GOOD_BODIES: Readonly<Record<string, unknown>> = {
  'post /keys/{id}/policy/check': { model: 'gpt-5' },
  'patch /members/{id}': { role: 'viewer' },
  'post /organizations/{id}/close': { name: 'x' },
  'put /playground/prompts/{id}': { name: 'x', shared: false, content: {} },
  'post /quarantined-entries/{id}/decide': { decision: 'reject' },
  'post /reconciliations/{id}/decide': { positions: [0], decision: 'accept' },
};

/** A body that the schema takes, so that the look-up is reached. */
function callWithGoodBody(caller: TestCaller, route: AnyRoute, path: string): Promise<TestAnswer> {
  const body = GOOD_BODIES[`${route.method} ${route.path}`] ?? {};
  const target = route.path.endsWith('/first-request') ? `${path}?waitSeconds=0` : path;
  return caller(route.method.toUpperCase(), target, route.body === undefined ? undefined : body);
}

describe('bad input', () => {
  const HOSTILE: readonly unknown[] = [
    '',
    'not json',
    '{"a":',
    '[]',
    '"text"',
    '5',
    'null',
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    `{"name":"${'x'.repeat(10_000)}"}`,
    '{"name":"\\u0000"}',
    '{"name":"\\ud800"}',
    '{"name":"a\\r\\nb","email":"a@example.com\\r\\nBcc: b@example.com"}',
    '{"name":1e999,"expiresAt":-1}',
    '{"name":{"$gt":""},"email":["a@example.com"]}',
    '{"email":"\' OR 1=1 --","password":"\' OR 1=1 --","token":"\' OR 1=1 --"}',
    `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    `{"a":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`,
    '{"organizationId":"org_operator","id":"x","isOperator":true,"role":"owner"}',
    '\u0000\u0001',
  ];
  const withBody = ROUTES.filter(({ body }) => body !== undefined);

  it.each(titles(withBody))('%s refuses it with a problem, never with a 500', async (_, route) => {
    for (const [index, text] of HOSTILE.entries()) {
      const path = pathFor(route, idsOfA);
      // Another address each time, so that throttles do not answer instead of the schema.
      const from = { 'x-test-address': `203.0.113.${index}`, 'content-type': 'application/json' };
      const answer = await owner.call(route.method.toUpperCase(), path, text, from);
      expectProblemOrSuccess(answer, `${route.path} with ${String(text).slice(0, 60)}`);
      if (['[]', '"text"', '5', 'null', 'not json', '{"a":'].includes(String(text))) {
        expect([400, 429], answer.text).toContain(answer.status);
      }
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each(titles(ROUTES.filter(({ query }) => query !== undefined)))(
    '%s refuses hostile queries with a problem, never with a 500',
    async (_, route) => {
      const names = Object.keys((route.query as unknown as { shape: object }).shape);
      const values = [
        '',
        "' OR 1=1 --",
        '%00',
        '%ff',
        '-1',
        '1e999',
        'x'.repeat(9_000),
        '💥',
        '{}',
        '..%2f',
        '0001-01-01T00:00:00Z',
      ];
      const path = pathFor(route, idsOfA);
      for (const name of [...names, '__proto__', 'unknown']) {
        if (name === 'waitSeconds') continue;
        for (const value of values) {
          const answer = await owner.call(
            'GET',
            `${path}?${name}=${value}&${name === 'limit' ? '' : 'limit=1'}`,
          );
          expectProblemOrSuccess(answer, `${route.path}?${name}=${value.slice(0, 30)}`);
        }
      }
    },
  );

  it.each(titles(ROUTES.filter(({ path }) => path.includes('{'))))(
    '%s refuses hostile ids with a problem, never with a 500',
    async (_, route) => {
      for (const id of [
        '%00',
        "'%20OR%201=1",
        '..%2f..%2fetc',
        'x'.repeat(5_000),
        '%F0%9F%92%A5',
        '%ff',
        '__proto__',
      ]) {
        const path = route.path.replaceAll(/\{\w+\}/g, id);
        const answer = await callWithGoodBody(owner.call, route, path);
        expectProblemOrSuccess(answer, path.slice(0, 80));
        expect(answer.status).toBeGreaterThanOrEqual(400);
      }
    },
  );

  it('bodies above the limit answer 413, other media types 415, unknown paths 404, other methods 405', async () => {
    const large = await owner.call('POST', '/teams', { name: 'x'.repeat(300_000) });
    expect(large.status).toBe(413);
    const form = await owner.call('POST', '/teams', 'name=x', { 'content-type': 'text/plain' });
    expect(form.status).toBe(415);
    const missing = await owner.call('GET', '/nothing-here');
    expect(missing.body).toMatchObject({ status: 404, code: 'not_found' });
    const method = await owner.call('DELETE', '/teams');
    expect(method.status).toBe(405);
    expect(method.headers.get('allow')).toBe('GET, POST');
  });

  it('names every field at fault by its path', async () => {
    const answer = await owner.call('POST', '/keys', { name: '', ipAllowlist: ['1.2.3.4/99'], extra: 1 });
    expect(answer.body.errors.map(({ path }: { path: string }) => path).toSorted()).toEqual([
      'body.extra',
      'body.ipAllowlist.0',
      'body.name',
    ]);
  });
});

function expectProblemOrSuccess(answer: TestAnswer, what: string): void {
  // 501: this installation has no Stripe, which is said, and is no failure.
  if (answer.status !== 501) {
    expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBeLessThan(500);
  }
  if (answer.status < 400) return;
  expect(answer.headers.get('content-type'), what).toBe('application/problem+json');
  expect(answer.body, what).toMatchObject({ status: answer.status, code: expect.any(String) });
}

describe('[X1] the filters of the application, with row security off', () => {
  beforeAll(() => disableRowSecurity(test.testDatabase));

  it('has no other wall left', async () => {
    expect(await test.database.platform((tx) => tx.team.count())).toBeGreaterThan(0);
  });

  describeWall();
});
