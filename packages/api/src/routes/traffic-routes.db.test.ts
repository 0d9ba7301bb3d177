/** Routes by the front door, against a real Postgres. */
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from '../test-api.ts';

let test: TestApi;
let owner: TestPerson;
let stranger: TestPerson;
let credentialId: string;

const credential = (name: string, models: string[]) => ({
  provider: 'openai',
  name,
  apiKey: 'sk-0123456789abcdef',
  models,
});

beforeAll(async () => {
  test = await startTestApi();
  owner = await test.signUp('owner@example.com', 'Acme');
  stranger = await test.signUp('stranger@example.com', 'Other');
  credentialId = await make(owner, '/provider-credentials', credential('Main', ['alpha', 'beta']));
});
afterAll(async () => {
  await test.close();
});

async function make(by: TestPerson, path: string, body: unknown): Promise<string> {
  const answer = await by.call('POST', path, body);
  expect(answer.status, answer.text).toBe(201);
  return answer.body.id ?? answer.body.key?.id;
}

const to = (...models: string[]) => [{ targets: models.map((model) => ({ model })) }];
const preview = (route: object, request: object = {}, sample = 0) =>
  owner.call('POST', '/routes/preview', { route, request, sample });

async function lastAudit(action: string) {
  const { data } = (await owner.call('GET', `/audit-events?action=${action}&limit=1`)).body;
  return data[0];
}

describe('a route', () => {
  it('is made, shown, changed and deleted; gateways hear of it, and the audit log has it before and after', async () => {
    const heard: string[] = [];
    const stop = test.changes.subscribe(({ kind, targetId }) => heard.push(`${kind} ${targetId}`));
    const typed = 'Ünïcode <b>"quoted"</b> =1+1';
    const made = await owner.call('POST', '/routes', {
      name: 'Fast',
      description: typed,
      rules: [
        {
          when: [{ field: 'tag:tier', operator: 'is', values: ['gold'] }],
          targets: [
            { model: 'alpha', weight: 90, credentialId },
            { model: 'beta', weight: 10 },
          ],
        },
        { targets: [{ model: 'gamma' }] },
      ],
      fallbacks: [{ model: 'beta' }],
      stickyBy: 'session',
    });
    expect(made.status, made.text).toBe(201);
    const { id } = made.body;
    expect(made.body).toMatchObject({
      name: 'Fast',
      description: typed,
      isEnabled: true,
      allowResold: false,
      shadowsModel: false,
      version: 1,
      rules: [
        {
          targets: [
            { model: 'alpha', credentialId, weight: 90, problem: null },
            { model: 'beta', credentialId: null, weight: 10, problem: null },
          ],
        },
        { when: [], targets: [{ model: 'gamma', weight: 1, problem: 'notServed' }] },
      ],
    });
    const shown = await owner.call('GET', `/routes/${id}`);
    expect(shown.body).toEqual(made.body);
    expect(shown.headers.get('etag')).toBe('"1"');
    const changed = await owner.call(
      'PATCH',
      `/routes/${id}`,
      { name: 'ALPHA', isEnabled: false },
      { 'if-match': '"1"' },
    );
    expect(changed.body).toMatchObject({ name: 'ALPHA', isEnabled: false, shadowsModel: true, version: 2 });
    expect(await lastAudit('route-updated')).toMatchObject({
      target: { kind: 'route', id },
      before: { name: 'Fast', isEnabled: true },
      after: { name: 'ALPHA', isEnabled: false },
    });
    expect((await owner.call('PATCH', `/routes/${id}`, { name: 'late' }, { 'if-match': '"1"' })).status).toBe(
      412,
    );
    expect((await owner.call('DELETE', `/routes/${id}`)).status).toBe(204);
    expect(heard).toEqual(Array.from({ length: 3 }, () => `policy-changed ${id}`));
    expect((await owner.call('GET', `/routes/${id}`)).status).toBe(404);
    stop();
  });

  it('has a name of its own without regard to case, in its organization alone', async () => {
    await make(owner, '/routes', { name: 'team/Chat_1', rules: to('alpha') });
    const taken = await owner.call('POST', '/routes', { name: 'TEAM/chat_1', rules: to('alpha') });
    expect(taken.body).toMatchObject({ code: 'name_taken', errors: [{ path: 'body.name', code: 'taken' }] });
    // The sign for any letter in a LIKE is a letter like others here.
    await make(owner, '/routes', { name: 'team/ChatX1', rules: to('alpha') });
    await make(stranger, '/routes', { name: 'team/chat_1', rules: to('alpha') });
  });

  it('[X1] names only what is of its organization; what is gone since may stay and is told', async () => {
    const theirs = await make(stranger, '/provider-credentials', credential('Theirs', ['alpha']));
    const team = await make(stranger, '/teams', { name: 'Theirs' });
    const key = await make(stranger, '/keys', { name: 'Theirs' });
    const account = await make(stranger, '/service-accounts', { name: 'Theirs' });
    const when = (field: string, value: string) => ({
      rules: [{ when: [{ field, operator: 'is', values: [value] }], targets: [{ model: 'alpha' }] }],
    });
    const attempts: [object, string][] = [
      [
        { rules: [{ targets: [{ model: 'alpha', credentialId: theirs }] }] },
        'rules.0.targets.0.credentialId',
      ],
      [
        { rules: to('alpha'), fallbacks: [{ model: 'alpha', credentialId: theirs }] },
        'fallbacks.0.credentialId',
      ],
      [when('team', team), 'rules.0.when.0.values.0'],
      [when('key', key), 'rules.0.when.0.values.0'],
      [when('serviceAccount', account), 'rules.0.when.0.values.0'],
      [when('endpoint', 'nothing'), 'rules.0.when.0.values.0'],
    ];
    for (const [body, path] of attempts) {
      for (const [call, base] of [
        [owner.call('POST', '/routes', { name: newId('event', 1), ...body }), 'body'],
        [preview(body), 'body.route'],
      ] as const) {
        const answer = await call;
        expect(answer.body.errors, answer.text).toMatchObject([
          { path: `${base}.${path}`, code: 'unknown_reference' },
        ]);
      }
    }
    const gone = await make(owner, '/provider-credentials', credential('Gone', ['alpha']));
    const targets = [{ model: 'alpha', credentialId: gone }, { model: 'alpha' }];
    const id = await make(owner, '/routes', { name: 'keeps', rules: [{ targets }] });
    expect((await owner.call('DELETE', `/provider-credentials/${gone}`)).status).toBe(204);
    const kept = await owner.call('PATCH', `/routes/${id}`, { rules: [{ targets }], stickyBy: 'key' });
    expect(kept.body.rules[0].targets).toMatchObject([{ problem: 'credentialGone' }, { problem: null }]);
  });

  it.each([
    ['a name with a space', { name: 'a b' }, 'body.name', 'wrong_format'],
    [
      'a condition about nothing',
      { rules: ruleWhen('user', 'is', 'x') },
      'body.rules.0.when.0.field',
      'not_allowed',
    ],
    [
      'a comparison of text',
      { rules: ruleWhen('team', 'atLeast', '1') },
      'body.rules.0.when.0.operator',
      'not_allowed',
    ],
    [
      'text for a number',
      { rules: ruleWhen('inputTokens', 'atLeast', 'x') },
      'body.rules.0.when.0.values',
      'invalid',
    ],
    ['a rule that hides others', { rules: [...to('alpha'), ...to('beta')] }, 'body.rules.0.when', 'required'],
    [
      'more than gateways keep',
      {
        rules: Array.from({ length: 12 }, () => ({
          when: [
            { field: 'endUser', operator: 'is', values: Array.from({ length: 50 }, () => 'x'.repeat(60)) },
          ],
          targets: [{ model: 'alpha' }],
        })),
      },
      'body.rules',
      'too_long',
    ],
  ])('is refused with %s', async (_, body, path, code) => {
    const answer = await owner.call('POST', '/routes', { name: 'refused', rules: to('alpha'), ...body });
    expect(answer.status, answer.text).toBe(400);
    expect(answer.body.errors).toMatchObject([{ path, code }]);
  });
});

/** As it is told afterwards. */
async function explained(told: { code: string } & Record<string, unknown>, requestedModel: string) {
  const { organizationId } = owner;
  const keyId = await make(owner, '/keys', { name: 'Refused' });
  const requestId = newId('request', test.clock.nowMs());
  const what = { keyId, endpoint: 'chat.completions', dialect: 'openai', requestedModel, status: 404 };
  const refusal = { ...told, source: 'tollgate' };
  const worker = test.openAs('worker', 'seed');
  const startedAt = test.clock.now();
  await worker.tenant(organizationId, (tx) =>
    tx.requestLog.create({
      data: { ...what, organizationId, startedAt, requestId, errorCode: told.code, refusal },
      select: { requestId: true },
    }),
  );
  await worker.close();
  return (await owner.call('GET', `/requests/${requestId}/refusal`)).body;
}

describe('a refusal by a route', () => {
  it('is explained by it: another request is needed, or the key must reach further', async () => {
    const name = 'explained';
    const id = await make(owner, '/routes', { name, rules: ruleWhen('tag:tier', 'is', 'gold') });
    const rule = { id, name, exists: true, changedSince: false };
    expect(await explained({ code: 'model_not_found', rule_id: id }, name)).toMatchObject({
      refused: true,
      rule,
      remedies: ['fixRequest'],
    });
    const scope = { type: 'key', id: 'key_1', name: 'Refused' };
    for (const code of ['permission_denied', 'model_not_found']) {
      expect(await explained({ code, rule_id: id, scope }, name)).toMatchObject({
        rule,
        remedies: ['addModelToKey', 'fixRequest'],
      });
    }
  });

  it('that is not there is no question of the model that the request names as well', async () => {
    const scope = { type: 'route', id: '', name: 'explaned' };
    expect(await explained({ code: 'model_not_found', scope }, 'alpha')).toMatchObject({
      rule: { kind: 'request', id: null, name: 'explaned', exists: false },
      remedies: ['fixRequest'],
    });
  });
});

describe('routes of an organization', () => {
  it('are together no larger than gateways keep; what makes them smaller is allowed', async () => {
    const person = await test.signUp('many@example.com', 'Many');
    const { organizationId } = person;
    const values = Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(500, 'x'));
    const rules = [
      { when: [{ field: 'endUser', operator: 'is', values }], targets: [{ model: 'alpha', weight: 1 }] },
    ];
    const configuration = { description: null, rules, fallbacks: [], stickyBy: 'none', allowResold: false };
    await test.database.tenant(organizationId, (tx) =>
      tx.route.createMany({
        data: Array.from({ length: 39 }, (_, index) => ({
          ...{ id: newId('route', index), organizationId, name: `large-${index}` },
          configuration,
        })),
      }),
    );
    const refused = await person.call('POST', '/routes', { name: 'one-more', rules });
    expect(refused.status, refused.text).toBe(409);
    expect(refused.body.detail).toContain('1000000 bytes');
    const id = await make(person, '/routes', { name: 'small', rules: to('alpha') });
    expect((await person.call('PATCH', `/routes/${id}`, { rules })).status).toBe(409);
    const [{ id: large }] = (await person.call('GET', '/routes?limit=1')).body.data;
    expect((await person.call('PATCH', `/routes/${large}`, { rules: to('alpha') })).status).toBe(200);
  });

  it('are shown, asked and mended where one of them cannot be read', async () => {
    const id = await make(owner, '/routes', { name: 'unreadable', rules: to('alpha') });
    const keyId = await make(owner, '/keys', { name: 'Unreadable' });
    await test.database.tenant(owner.organizationId, (tx) =>
      tx.route.update({ where: { id }, data: { configuration: { rules: [{ targets: 'alpha' }] } } }),
    );
    const list = await owner.call('GET', '/routes');
    expect(list.status, list.text).toBe(200);
    expect(list.body.data.find((each: { id: string }) => each.id === id)).toMatchObject({
      problem: 'unreadable',
      rules: [],
      fallbacks: [],
    });
    const { routes } = (await owner.call('GET', `/keys/${keyId}/policy`)).body;
    expect(routes).not.toContainEqual({ id, name: 'unreadable' });
    // As if it were not there, as in gateways.
    const check = await owner.call('POST', `/keys/${keyId}/policy/check`, { model: 'unreadable' });
    expect(check.body).toMatchObject({ allowed: false, route: null });
    const stopped = await owner.call('PATCH', `/routes/${id}`, { isEnabled: false });
    expect(stopped.body).toMatchObject({ isEnabled: false, problem: 'unreadable' });
    const incomplete = await owner.call('PATCH', `/routes/${id}`, { stickyBy: 'key' });
    expect(incomplete.body.errors).toMatchObject([{ path: 'body.rules', code: 'required' }]);
    expect((await preview({ routeId: id })).body.errors).toMatchObject([{ path: 'body.route.rules' }]);
    const mended = await owner.call('PATCH', `/routes/${id}`, { rules: to('alpha') });
    expect(mended.body).toMatchObject({ problem: null, rules: [{ targets: [{ model: 'alpha' }] }] });
  });
});

describe('a check of a key under a route', () => {
  it('tells the target that would answer where the one before it is refused', async () => {
    const price = { provider: 'openai', model: 'beta', components: { input: { usdPerMillion: '1' } } };
    await make(owner, '/prices', {
      ...price,
      components: { ...price.components, output: { usdPerMillion: '1' } },
    });
    const keyId = await make(owner, '/keys', { name: 'Budgeted' });
    await make(owner, '/budgets', {
      ...{ name: 'Hard', scope: { type: 'key', id: keyId }, limitUsd: '10', period: 'month', kind: 'hard' },
    });
    const rules = [{ targets: [{ model: 'alpha' }, { model: 'beta', weight: 0 }] }];
    const id = await make(owner, '/routes', { name: 'unpriced-first', rules });
    const check = async (model: string) =>
      (await owner.call('POST', `/keys/${keyId}/policy/check`, { model, outputTokens: 10 })).body;
    expect(await check('alpha')).toMatchObject({ allowed: false });
    expect(await check('unpriced-first')).toMatchObject({
      allowed: true,
      model: { provider: 'openai', name: 'beta' },
      route: { id, rule: 0, target: 'alpha' },
    });
    await owner.call('PATCH', `/routes/${id}`, { rules: to('alpha') });
    expect(await check('unpriced-first')).toMatchObject({ allowed: false, model: { name: 'alpha' } });
  });

  it('names what a budget does instead only where that could take over: no way from own to resold but by a route', async () => {
    const migrator = test.openAs('migrator', 'seed');
    const id = newId('providerCredential', Date.now());
    const resold = {
      id,
      organizationId: OPERATOR_ORGANIZATION_ID,
      provider: 'openai',
      name: 'Resold',
      baseUrl: 'http://127.0.0.1:9/v1',
    };
    await migrator.tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
      tx.providerCredential.create({
        data: { ...resold, models: ['resold'], secretCiphertext: Buffer.alloc(40) },
      }),
    );
    await migrator.close();
    const person = await test.signUp('instead@example.com', 'Instead');
    await make(person, '/provider-credentials', credential('Own', ['own', 'unpriced']));
    const perMillion = { usdPerMillion: '1' };
    await make(person, '/prices', {
      ...{ provider: 'openai', model: 'own', components: { input: perMillion, output: perMillion } },
    });
    const keyId = await make(person, '/keys', { name: 'Substituted' });
    await make(person, '/budgets', {
      scope: { type: 'key', id: keyId },
      ...{ name: 'Small', limitUsd: '0.01', period: 'month', kind: 'hard', onExceeded: { model: 'resold' } },
    });
    const check = async (model: string) => {
      const asked = { model, outputTokens: 1_000_000 };
      return (await person.call('POST', `/keys/${keyId}/policy/check`, asked)).body.checks.at(-1);
    };
    await make(person, '/routes', { name: 'stays', rules: to('own') });
    await make(person, '/routes', { name: 'goes', rules: to('own'), allowResold: true });
    await make(person, '/routes', { name: 'unbounded', rules: to('unpriced'), allowResold: true });
    const code = 'request_exceeds_budget';
    for (const model of ['own', 'stays']) expect(await check(model)).toMatchObject({ code, instead: null });
    expect(await check('goes')).toMatchObject({ code, instead: 'resold' });
    // It is not spent: nothing takes over.
    expect(await check('unbounded')).toMatchObject({ code: 'unbounded_cost', instead: null });
  });

  it('knows other names of a model as gateways do, and so does what a route hides', async () => {
    const migrator = test.openAs('migrator', 'seed');
    const omni = { provider: 'openai', name: 'omni', mode: 'chat', aliases: ['omni-latest'], abilities: {} };
    await migrator.platform((tx) => tx.model.create({ data: { id: 'mdl_omni', ...omni } }));
    await migrator.close();
    const person = await test.signUp('aliases@example.com', 'Aliases');
    await make(person, '/provider-credentials', credential('By alias', ['omni-latest']));
    const keyId = await make(person, '/keys', { name: 'Aliases' });
    await make(person, '/routes', { name: 'by-alias', rules: to('omni-latest') });
    for (const model of ['by-alias', 'omni-latest']) {
      const checked = await person.call('POST', `/keys/${keyId}/policy/check`, { model });
      expect(checked.body).toMatchObject({
        allowed: true,
        model: { provider: 'openai', name: 'omni', credentialName: 'By alias' },
      });
    }
    const other = await test.signUp('hides@example.com', 'Hides');
    await make(other, '/provider-credentials', credential('By name', ['omni']));
    for (const name of ['Omni-Latest', 'openai/OMNI-latest']) {
      const made = await other.call('POST', '/routes', { name, rules: to('omni-latest', 'openai/omni') });
      expect(made.body).toMatchObject({
        shadowsModel: true,
        rules: [{ targets: [{ problem: null }, { problem: null }] }],
      });
    }
  });

  it('can ask what rules about streams ask', async () => {
    await make(owner, '/routes', { name: 'streams', rules: ruleWhen('stream', 'is', 'true') });
    const keyId = await make(owner, '/keys', { name: 'Streams' });
    const check = async (stream: boolean) =>
      (await owner.call('POST', `/keys/${keyId}/policy/check`, { model: 'streams', stream })).body.allowed;
    expect([await check(true), await check(false)]).toEqual([true, false]);
  });
});

function ruleWhen(field: string, operator: string, value: string) {
  return [{ when: [{ field, operator, values: [value] }], targets: [{ model: 'alpha' }] }];
}

describe('POST /routes/preview', () => {
  it('tells rule, shares, order and credentials, and why a target is left out', async () => {
    const rules = [
      ...ruleWhen('tag:tier', 'is', 'gold'),
      {
        targets: [
          { model: 'alpha', weight: 3 },
          { model: 'beta', weight: 1 },
          { model: 'gamma', weight: 5 },
        ],
      },
    ];
    const asked = await preview({ rules, stickyBy: 'session' }, { session: 's1' }, 1_000);
    expect(asked.status, asked.text).toBe(200);
    const { order, ...told } = asked.body;
    expect(told).toEqual({ rule: 1, reason: 'otherwise', sticky: true });
    const byModel = new Map<string, (typeof order)[number]>();
    for (const each of order) byModel.set(each.target.model, each);
    expect(byModel.get('alpha')).toMatchObject({
      share: 0.75,
      leftOut: null,
      candidates: [{ credentialId, credentialName: 'Main', model: 'alpha', owner: 'organization' }],
    });
    expect(byModel.get('gamma')).toMatchObject({ share: 0, drawn: 0, leftOut: { code: 'notServed' } });
    expect(byModel.get('alpha').drawn + byModel.get('beta').drawn).toBe(1_000);
    expect(Math.abs(byModel.get('alpha').drawn - 750)).toBeLessThan(60);
    expect((await preview({ rules, stickyBy: 'session' }, { session: 's1' })).body.order[0].target).toEqual(
      order[0].target,
    );
    expect((await preview({ rules }, { tags: { tier: 'gold' } })).body).toMatchObject({
      rule: 0,
      reason: 'ruleMatched',
    });
    expect((await preview({ rules: rules.slice(0, 1) })).body).toEqual({
      rule: null,
      reason: 'noRuleMatches',
      sticky: false,
      order: [],
    });
    const long = 'x'.repeat(512);
    const tagged = { rules: ruleWhen('tag:cost center', 'is', long) };
    expect((await preview(tagged, { tags: { 'cost center': long } })).body.reason).toBe('ruleMatched');
    const elsewhere = await preview({ rules: to('alpha') }, { endpoint: 'files' });
    expect(elsewhere.body).toMatchObject({
      reason: 'nothingUsable',
      order: [{ leftOut: { code: 'notForRequest' } }],
    });
  });

  it('takes a stored route with changes, a key’s scope, team and tags', async () => {
    const team = await make(owner, '/teams', { name: 'Routed' });
    const child = await make(owner, '/teams', { name: 'Below', parentId: team });
    const key = { name: 'Routed', teamId: child, models: ['beta'], tags: { tier: 'gold' } };
    const keyId = await make(owner, '/keys', key);
    const id = await make(owner, '/routes', { name: 'by-team', rules: ruleWhen('team', 'is', team) });
    expect((await preview({ routeId: id })).body.reason).toBe('noRuleMatches');
    expect((await preview({ routeId: id }, { keyId })).body).toMatchObject({
      rule: 0,
      reason: 'nothingUsable',
      order: [{ leftOut: { code: 'keyScope' } }],
    });
    const changed = {
      routeId: id,
      rules: ruleWhen('tag:tier', 'is', 'gold'),
      fallbacks: [{ model: 'beta' }],
    };
    expect((await preview(changed, { keyId, tags: { tier: 'silver' } })).body).toMatchObject({
      rule: 0,
      order: [{ leftOut: { code: 'keyScope' } }, { from: 'fallback', leftOut: null }],
    });
    expect((await preview({ routeId: id, isEnabled: false })).body.reason).toBe('disabled');
    expect((await preview({ name: 'draft' })).body.errors).toMatchObject([{ path: 'body.route.rules' }]);
    const check = async (model: string) =>
      (await owner.call('POST', `/keys/${keyId}/policy/check`, { model, endpoint: 'chat.completions' })).body;
    expect((await owner.call('GET', `/keys/${keyId}/policy`)).body.routes).toEqual([]);
    expect(await check('By-Team')).toMatchObject({ allowed: false, route: null });
    await owner.call('PATCH', `/routes/${id}`, { fallbacks: [{ model: 'beta' }] });
    expect((await owner.call('GET', `/keys/${keyId}/policy`)).body.routes).toEqual([{ id, name: 'by-team' }]);
    expect(await check('By-Team')).toMatchObject({
      allowed: true,
      model: { provider: 'openai', name: 'beta', credentialName: 'Main' },
      route: { id, name: 'by-team', rule: 0, target: 'beta' },
    });
    expect((await stranger.call('POST', '/routes/preview', { route: { routeId: id } })).status).toBe(404);
    const body = { route: { rules: to('alpha') }, request: { keyId } };
    expect((await stranger.call('POST', '/routes/preview', body)).status).toBe(404);
  });
});
