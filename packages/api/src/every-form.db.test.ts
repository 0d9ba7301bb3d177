/**
 * Every form that the API takes: each field of each body broken on its own must be refused by name, and nothing may be
 * written by what was refused. Bodies and their faults are made from the schemas of the router, so that a new field is
 * tested from its first day.
 */
import type { Database } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { disableRowSecurity } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AnyRoute } from './framework/route.ts';
import { ROUTES } from './routes/index.ts';
import { startTestApi, type TestAnswer, type TestApi, type TestPerson } from './test-api.ts';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
}

interface Fault {
  readonly field: string;
  readonly what: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const forms = ROUTES.filter(({ body, method }) => body !== undefined && method !== 'get');
const titles = (routes: readonly AnyRoute[]) =>
  routes.map((route) => [`${route.method.toUpperCase()} ${route.path}`, route] as const);

const HOSTILE = [
  '<img src=x onerror=alert(1)><script>alert(1)</script>{{constructor.constructor("x")()}}',
  '=HYPERLINK("http://evil.example","x")"; DROP TABLE teams; --',
  '\u202Eevil\u202C שלום 👩🏽‍🚀🏳️‍🌈 Zalgo̴̡͜ ﷽',
];

let test: TestApi;
let owner: TestPerson;
/** Of an organization whose throttles nothing has used. */
let fresh: TestPerson;
let everything: Database;
let requestCount = 0;

beforeAll(async () => {
  test = await startTestApi({ allowedPrivateOrigins: ['http://127.0.0.1:9'], firstUserIsOperator: true });
  owner = await test.signUp('owner@example.com', 'Forms');
  fresh = await test.signUp('fresh@example.com', 'Forms of others');
  // What a form wrote is counted over all tables; the walls between organizations are another test's.
  await disableRowSecurity(test.testDatabase);
  everything = test.openAs('migrator', 'fingerprint');
});
afterAll(async () => {
  await everything.close();
  await test.close();
});

describe('every form', () => {
  it('is described well enough for its fields to be known', () => {
    expect(forms.length).toBeGreaterThan(60);
    // A body that were one of several shapes would be broken nowhere.
    for (const route of forms) expect(schemaOf(route).properties, route.path).toBeDefined();
    const broken = forms.map((route) => faultsOf(schemaOf(route)).length);
    const empty = forms.filter((route) => Object.keys(schemaOf(route).properties ?? {}).length === 0);
    expect(broken.filter((count) => count === 0)).toHaveLength(empty.length);
  });

  it.each(titles(forms))(
    '%s names the field that is empty, too long or of a wrong type; nothing is written',
    async (_, route) => {
      const schema = schemaOf(route);
      const before = await fingerprint();
      for (const { field, what, body } of faultsOf(schema)) {
        const answer = await send(route, body);
        if (isThrottled(answer)) continue;
        expect(answer.status, `${field} ${what}: ${answer.text.slice(0, 300)}`).toBe(400);
        expect(answer.headers.get('content-type')).toBe('application/problem+json');
        const paths = answer.body.errors?.map(({ path }: { path: string }) => path) ?? [];
        expect(
          paths.some((path: string) => path === `body.${field}` || path.startsWith(`body.${field}.`)),
          `${field} ${what} is named, got ${JSON.stringify(paths)}`,
        ).toBe(true);
      }
      expect(await fingerprint()).toEqual(before);
    },
  );

  it.each(titles(forms))(
    '%s keeps hostile text as text: refused with a problem or taken, never a 500',
    async (_, route) => {
      const schema = schemaOf(route);
      for (const text of HOSTILE) {
        const body = withText(schema, text) as Record<string, unknown>;
        const answer = await send(route, body);
        if (answer.status === 501) continue;
        expect(answer.status, `${text}: ${answer.text.slice(0, 300)}`).toBeLessThan(500);
        // The language of a page is never guessed from what stands in it.
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
        if (answer.status >= 400) expect(answer.body.code, answer.text).toEqual(expect.any(String));
      }
    },
  );
});

/** Good ones of the creates, so that a second send would make a second object. */
const CREATES: Readonly<Record<string, () => Record<string, unknown>>> = {
  '/teams': () => ({ name: 'Twice' }),
  '/roles': () => ({ name: 'Twice', permissions: ['keys:read'] }),
  '/service-accounts': () => ({ name: 'Twice' }),
  '/admin-tokens': () => ({ name: 'Twice', permissions: ['keys:read'] }),
  '/keys': () => ({ name: 'Twice' }),
  '/invitations': () => ({ email: 'twice@example.com', role: 'viewer' }),
  '/provider-credentials': () => ({
    provider: 'openai-compatible',
    name: 'Twice',
    baseUrl: 'http://127.0.0.1:9/v1',
    apiKey: 'sk-0123456789abcdef',
  }),
  '/routes': () => ({ name: 'Twice', rules: [{ targets: [{ model: 'twice' }] }] }),
  '/budgets': () => ({ scope: { type: 'organization', id: '*' }, limitUsd: '1', period: 'month' }),
  '/rate-limits': () => ({
    scope: { type: 'endUser', id: 'twice' },
    metric: 'requests',
    limit: 5,
    windowSeconds: 60,
  }),
  '/prices': () => ({
    provider: 'openai',
    model: 'twice',
    validFrom: '2199-01-01T00:00:00Z',
    components: { input: { usdPerMillion: '1' } },
  }),
  '/reratings': () => ({ from: new Date(Date.now() - 86_400_000).toISOString(), reason: 'Twice' }),
  '/saved-views': () => ({ name: 'Twice', question: { q: 'status:>=400' }, shared: false }),
  '/saved-reports': () => ({ name: 'Twice', question: {}, shared: false }),
  '/exports': () => ({ from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z', format: 'csv' }),
  '/export-schedules': () => ({ name: 'Twice', format: 'csv' }),
  '/export-destinations': () => ({
    name: 'Twice',
    endpoint: 'http://127.0.0.1:9',
    region: 'eu-central-1',
    bucket: 'twice',
    accessKeyId: 'AKIATWICE',
    secretAccessKey: '0123456789abcdef',
  }),
  '/alert-rules': () => ({ kind: 'budget-threshold', name: 'Twice' }),
  '/notification-channels': () => ({ kind: 'slack', name: 'Twice', url: 'http://127.0.0.1:9/twice' }),
  '/webhook-endpoints': () => ({ name: 'Twice', url: 'http://127.0.0.1:9/twice', events: ['*'] }),
  '/playground/prompts': () => ({ name: 'Twice', content: { text: 'Hello' } }),
  '/domains': () => ({ name: 'twice.example' }),
};

describe('a form that is sent twice', () => {
  const creates = ROUTES.filter(
    ({ idempotent, path }) => idempotent === true && Object.hasOwn(CREATES, path),
  );

  it.each(titles(creates))(
    '%s does what it does once: the second answer is the first, and nothing is doubled',
    async (_, route) => {
      const body = CREATES[route.path]?.();
      const key = { 'idempotency-key': newId('request', test.clock.nowMs()) };
      const [first, second] = await Promise.all([
        fresh.call('POST', route.path, body, key),
        fresh.call('POST', route.path, body, key),
      ]);
      expect(first.status, first.text).toBe(201);
      expect(second.status, second.text).toBe(201);
      expect(second.text).toBe(first.text);
      const before = await fingerprint();
      const third = await fresh.call('POST', route.path, body, key);
      expect(third.text).toBe(first.text);
      expect(third.headers.get('idempotency-replayed')).toBe('true');
      expect(await fingerprint()).toEqual(before);
      const other = await fresh.call('POST', route.path, { ...body, name: 'Other' }, key);
      expect([400, 409, 422], other.text).toContain(other.status);
      expect(await fingerprint()).toEqual(before);
    },
  );

  /** Requests ask for a route by its name, so that it has letters, digits and signs only; and a domain is one. */
  const takesAnyName = ({ path }: AnyRoute) =>
    !['/routes', '/domains'].includes(path) && CREATES[path]?.().name !== undefined;
  it.each(titles(creates.filter(takesAnyName)))(
    '%s keeps hostile text as it was typed, in its answer and in the list',
    async (_, route) => {
      const typed = HOSTILE.map((text, index) => `${index} ${text}`.slice(0, 80).trim());
      for (const name of typed) {
        const made = await fresh.call('POST', route.path, { ...unique(CREATES[route.path]?.() ?? {}), name });
        expect(made.status, made.text).toBe(201);
        const { key, token, endpoint } = made.body;
        expect([made.body, key, token, endpoint].map((one) => one?.name)).toContain(name);
      }
      const listed = await fresh.call('GET', `${route.path}?limit=100`);
      const list = listed.status === 400 ? await fresh.call('GET', route.path) : listed;
      for (const name of typed) expect(list.text).toContain(JSON.stringify(name));
    },
  );

  it('covers the creates of the router, but for those that need an object first', () => {
    const uncovered = ROUTES.filter(
      ({ idempotent, path }) => idempotent === true && !Object.hasOwn(CREATES, path) && !path.includes('{'),
    );
    // The others have tests of their own: whoever makes a second organization must name it ever after.
    expect(uncovered.map(({ path }) => path).toSorted()).toEqual([
      '/keys/bulk',
      '/operator/markup-rules',
      '/operator/plans',
      '/operator/prices',
      '/operator/reratings',
      '/operator/resold-credentials',
      '/organizations',
    ]);
  });
});

describe('a form over what somebody else changed meanwhile', () => {
  const creates = new Set(Object.keys(CREATES));
  const updates = ROUTES.filter(
    ({ method, path }) => ['patch', 'put'].includes(method) && creates.has(path.replace('/{id}', '')),
  );

  it.each(titles(updates))(
    '%s says so and changes nothing, when the version that was seen is over',
    async (_, route) => {
      const list = route.path.replace('/{id}', '');
      const body = CREATES[list]?.();
      const made = await fresh.call('POST', list, unique(body ?? {}));
      expect(made.status, made.text).toBe(201);
      const id = made.body.id ?? made.body.key?.id ?? made.body.token?.id ?? made.body.endpoint?.id;
      const before = await fingerprint();
      const change = route.method === 'put' ? { ...body, shared: false } : changeOf(route);
      const answer = await fresh.call(route.method.toUpperCase(), `${list}/${id}`, change, {
        'if-match': '"0"',
      });
      expect(answer.status, answer.text).toBe(412);
      expect(answer.body.code).toBe('version_conflict');
      expect(await fingerprint()).toEqual(before);
    },
  );
});

/** Something that every form of change takes. */
const changeOf = (route: AnyRoute): Record<string, unknown> =>
  fieldsOf(schemaOf(route))?.name === undefined ? { limit: 6 } : { name: 'Changed' };

/** Another of its kind, where names and targets must differ. */
function unique(body: Record<string, unknown>): Record<string, unknown> {
  requestCount += 1;
  return {
    ...body,
    ...(typeof body.name === 'string' && { name: `${body.name}-${requestCount}` }),
    ...('metric' in body && { scope: { type: 'endUser', id: `twice-${requestCount}` } }),
    ...('model' in body && { model: `twice-${requestCount}` }),
    ...('bucket' in body && { bucket: `twice-${requestCount}` }),
  };
}

/** From another network each time, so that throttles do not answer instead of the schema. */
function send(route: AnyRoute, body: unknown): Promise<TestAnswer> {
  requestCount += 1;
  const path = route.path.replaceAll(/\{\w+\}/g, newId('virtualKey', 1));
  const address = `2001:db8:${(requestCount >> 8).toString(16)}:${(requestCount & 255).toString(16)}::1`;
  return owner.call(route.method.toUpperCase(), path, body, { 'x-test-address': address });
}

const isThrottled = ({ status }: TestAnswer): boolean => status === 429;

/** What refused requests may write: that somebody was here, and how often somebody tried. */
const TRACES = ['sessions', 'users', 'login_attempts', 'attempt_counters', 'idempotency_records'];

/** How many rows each table has, and the newest change of each. */
async function fingerprint(): Promise<Readonly<Record<string, string>>> {
  const rows = await everything.platform(
    (tx) => tx.$queryRaw<{ name: string; state: string }[]>`
      SELECT c.relname::text AS name, query_to_xml(format(
        'SELECT count(*) AS n, max(xmin::text::bigint) AS x FROM %I', c.relname), false, true, '')::text AS state
      FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND c.relname <> ALL (${TRACES})
      ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ name, state }) => [name, state]));
}

function schemaOf(route: AnyRoute): Schema {
  return z.toJSONSchema(route.body as z.ZodType, { io: 'input', unrepresentable: 'any' }) as Schema;
}

/** Of an object, or of all the objects that it may be. */
function fieldsOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  if (schema.properties !== undefined) return schema.properties;
  const choices = schema.anyOf ?? schema.oneOf;
  const fields = choices?.map(fieldsOf).filter((one) => one !== undefined);
  return fields === undefined || fields.length === 0 ? undefined : Object.assign({}, ...fields);
}

/** One field broken at a time, in a body that is as good as its schema can say; fields of its parts as well. */
function faultsOf(schema: Schema): Fault[] {
  const good = withText(schema, 'text') as Record<string, unknown>;
  return Object.entries(schema.properties ?? {}).flatMap(([field, own]) => {
    const faults = wrongValues(own);
    if (schema.required?.includes(field)) faults.push({ what: 'missing', value: undefined });
    return [
      ...faults.map(({ what, value }) => ({ field, what, body: { ...good, [field]: value } })),
      ...faultsOf(own).map((inner) => ({
        ...inner,
        field: `${field}.${inner.field}`,
        body: { ...good, [field]: inner.body },
      })),
    ];
  });
}

function wrongValues(schema: Schema): { what: string; value: unknown }[] {
  const kinds = (schema.anyOf ?? schema.oneOf ?? [schema]).filter(({ type }) => type !== 'null');
  if (
    kinds.some(({ type, properties }) => type === undefined && properties === undefined && !isListed(schema))
  )
    return [];
  const types = new Set(kinds.flatMap((kind) => typesOf(kind)));
  const wrong: [string, string, unknown][] = [
    ['string', 'as a text', 'text'],
    ['number', 'as a number', 12.345],
    ['boolean', 'as a truth value', true],
    ['array', 'as a list', [[['x']]]],
    ['object', 'as an object', { unknown: { $gt: '' } }],
  ];
  const found = wrong.filter(([type]) => !types.has(type)).map(([, what, value]) => ({ what, value }));
  const [only] = kinds;
  if (kinds.length !== 1 || only === undefined) return found;
  if (only.enum !== undefined) found.push({ what: 'as what is not offered', value: 'nothing-of-this-kind' });
  if (isText(only)) found.push({ what: 'too long', value: tooLong(only) });
  if (only.items !== undefined && isText(only.items))
    found.push({ what: 'with a text that is too long', value: [tooLong(only.items)] });
  const named = only.additionalProperties;
  if (typeof named === 'object' && isText(named)) {
    const many = Array.from({ length: MANY }, (_, index) => [`name${index}`, 'x']);
    found.push({ what: 'with too many names', value: Object.fromEntries(many) });
    found.push({ what: 'with a text that is too long', value: { name: tooLong(named) } });
  }
  if (only.minLength !== undefined && only.minLength > 0) found.push({ what: 'empty', value: '' });
  if (only.maximum !== undefined) found.push({ what: 'too large', value: only.maximum + 1 });
  if (only.minimum !== undefined) found.push({ what: 'too small', value: only.minimum - 1 });
  if (only.minItems !== undefined && only.minItems > 0) found.push({ what: 'with nothing in it', value: [] });
  if (only.maxItems !== undefined && only.maxItems <= 1_000) {
    const item = only.items === undefined ? 'x' : withText(only.items, 'x');
    found.push({ what: 'with too many', value: Array.from({ length: only.maxItems + 1 }, () => item) });
  }
  return found;
}

/** What no field of a form takes, whatever its schema says of lengths. */
const LONG = 20_000;
const MANY = 1_000;

const isText = (schema: Schema): boolean => schema.type === 'string' && !isListed(schema);
const tooLong = ({ maxLength = LONG }: Schema): string => 'x'.repeat(maxLength + 1);

const isListed = (schema: Schema): boolean => schema.enum !== undefined || schema.const !== undefined;

function typesOf({ type, enum: offered, const: only }: Schema): string[] {
  const of = type ?? typeof (only ?? offered?.[0]);
  return of === 'integer' ? ['number-integer'] : [of];
}

/** The smallest body that the schema describes, with this text in every field that takes any. */
function withText(schema: Schema, text: string): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const choice = (schema.anyOf ?? schema.oneOf)?.find(({ type }) => type !== 'null');
  if (choice !== undefined) return withText(choice, text);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, own]) => [name, withText(own, text)]),
      );
    case 'array':
      return schema.items === undefined ? [] : [withText(schema.items, text)];
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, Math.min(1, schema.maximum ?? 1));
    case 'boolean':
      return false;
    case 'string':
      return schema.format === 'date-time'
        ? '2026-12-01T00:00:00Z'
        : text.slice(0, schema.maxLength ?? 1_000);
    default:
      return {};
  }
}
