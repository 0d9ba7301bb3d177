/**
 * Every call of the console that changes something, read from its source and held against the API's own description: what
 * makes something carries an Idempotency-Key, so that a lost answer is asked for again and makes nothing twice; what changes
 * something carries the version that was seen. A new form is looked at from its first day.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DescribedRoute, readDescribedRoutes } from './described-routes.ts';

const SOURCE = join(import.meta.dirname, '..');

/** Changes that take no version, and why the last one may win. */
const WITHOUT_VERSION: Readonly<Record<string, string>> = {
  'PATCH /organizations/{} in features/onboarding/organization-step.tsx':
    'the wizard: a name, as it was given',
  'PATCH /me': 'one’s own name and language',
  'PATCH /me/passkeys/{}': 'the name of one’s own passkey',
  'PUT /notification-preferences': 'one’s own, one at a time',
  'PUT /teams/{}/members/{}': 'says the whole of it',
};

/** They know calls, and make none. */
const WRITERS = ['api/call-code.ts', 'api/first-answers.ts', 'features/providers/provider-fields.tsx'];

/** Calls whose path is put together elsewhere: which routes they are. */
const PUT_TOGETHER: Readonly<Record<string, readonly string[]>> = {
  'POST {}/{}/replay in features/alerts/endpoint-sheet.tsx': [
    'POST /webhook-endpoints/{}/deliveries/{}/replay',
  ],
  'POST path in features/billing/billing-api.ts': [
    'POST /billing/checkout',
    'POST /billing/top-up',
    'POST /billing/portal',
  ],
  'PATCH {}/{} in features/common/saved-things.ts': ['PATCH /saved-views/{}', 'PATCH /saved-reports/{}'],
  'POST path in features/common/save-dialog.tsx': ['POST /saved-views', 'POST /saved-reports'],
  'PATCH path in features/exports/destination-dialog.tsx': ['PATCH /export-destinations/{}'],
  'POST /invoices/{}/{} in features/invoices/invoice-api.ts': [
    'POST /invoices/{}/finalize',
    'POST /invoices/{}/void',
    'POST /invoices/{}/mark-uncollectible',
  ],
  'PUT path in features/keys/key-rules-form.tsx': ['PUT /key-rules', 'PUT /teams/{}/key-rules'],
  'POST path in features/limits/dry-run.tsx': ['POST /budgets/dry-run', 'POST /rate-limits/dry-run'],
  'POST /month-close/{} in features/month-close/close-step-row.tsx': [
    'POST /month-close/steps',
    'POST /month-close/finalize',
    'POST /month-close/send',
  ],
  'POST /notifications/{}/{} in features/notifications/notification-api.ts': [
    'POST /notifications/{}/read',
    'POST /notifications/{}/unread',
  ],
  'PATCH path in features/operator/credits-dialog.tsx': ['PATCH /operator/organizations/{}/billing'],
  'PATCH path in features/operator/dunning-dialog.tsx': ['PATCH /operator/organizations/{}/billing'],
  'PATCH path in features/operator/terms-dialog.tsx': ['PATCH /operator/organizations/{}/billing'],
  'POST {}/{}/retry in features/operator/failed-jobs-sheet.tsx': [
    'POST /operator/queues/{}/failed-jobs/{}/retry',
  ],
  'PUT {}/resold-spend in features/operator/resold-spend-dialog.tsx': [
    'PUT /operator/organizations/{}/resold-spend',
  ],
  'POST {}/{} in features/operator/suspend-dialog.tsx': [
    'POST /operator/organizations/{}/suspend',
    'POST /operator/organizations/{}/resume',
  ],
  'POST /reratings/{}/{} in features/prices/price-api.ts': [
    'POST /reratings/{}/apply',
    'POST /reratings/{}/cancel',
  ],
  'POST /operator/reratings/{}/{} in features/prices/price-api.ts': [
    'POST /operator/reratings/{}/apply',
    'POST /operator/reratings/{}/cancel',
  ],
  'POST path in features/providers/provider-api.ts': [
    'POST /provider-credentials',
    'POST /operator/resold-credentials',
  ],
  'PATCH {}/{} in features/providers/provider-api.ts': [
    'PATCH /provider-credentials/{}',
    'PATCH /operator/resold-credentials/{}',
  ],
  'POST {}/{}/test in features/providers/provider-api.ts': [
    'POST /provider-credentials/{}/test',
    'POST /operator/resold-credentials/{}/test',
  ],
  'POST {}/compare in features/reconciliation/compare-again.tsx': ['POST /reconciliations/{}/compare'],
  'POST {}/decide in features/reconciliation/decide-buttons.tsx': ['POST /reconciliations/{}/decide'],
  'POST withQuery in features/reconciliation/upload-dialog.tsx': [
    'POST /reconciliations',
    'POST /usage-imports',
  ],
  'POST path in features/settings/end-of-organization.tsx': [
    'POST /organizations/{}/leave',
    'POST /organizations/{}/close',
  ],
  'POST path in server/api.ts': ['POST /auth/sign-in-ways'],
};

interface Call {
  readonly file: string;
  /** `POST /keys/{}`; the path as it is written where it is no text. */
  readonly name: string;
  readonly text: string;
}

let described: ReadonlyMap<string, DescribedRoute>;
beforeAll(async () => {
  const routes = await readDescribedRoutes();
  described = new Map(routes.map((each) => [`${each.method} ${each.path}`, each]));
});

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return listFiles(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** Without comments, which show calls too. */
const files = listFiles(SOURCE).map((path) => ({
  file: path.slice(SOURCE.length + 1),
  text: readFileSync(path, 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\//g, ''),
}));

type Constants = ReadonlyMap<string, string>;

/** `const TEAMS_PATH = '/teams'`. */
const constantsOf = (text: string): Constants =>
  new Map(
    [...text.matchAll(/const ([A-Z_]+)(?:: \w+)? = '(\/[^']*)'/g)].map(
      ([, name = '', value = '']) => [name, value] as const,
    ),
  );
const everywhere = new Map(files.flatMap(({ text }) => [...constantsOf(text)]));

/** The innermost braces around a place. */
function bracesAround(text: string, place: number): string {
  let depth = 0;
  let start = place;
  for (; start > 0; start--) {
    if (text[start] === '}') depth += 1;
    if (text[start] === '{' && depth-- === 0) break;
  }
  depth = 0;
  let end = start;
  for (; end < text.length; end++) {
    if (text[end] === '{') depth += 1;
    if (text[end] === '}' && --depth === 0) break;
  }
  return text.slice(start, end + 1);
}

/** A text, a template or a constant, with `{}` for what is put in. */
function toPath(expression: string, own: Constants): string | undefined {
  const [first = ''] = expression;
  const find = (name: string) => own.get(name) ?? everywhere.get(name);
  if (/^[A-Z_]+$/.test(expression)) return find(expression);
  if (first !== "'" && first !== '`') return undefined;
  const filled = expression
    .slice(1, -1)
    .replaceAll(/\$\{([^}]*)\}/g, (_, inner: string) => find(inner) ?? '{}');
  return filled.split('?')[0];
}

const EXPRESSION = /'[^']*'|`[^`]*`|[A-Z_]{2,}\b|[a-z]\w*(?:\.\w+|\([^()]*\))*/.source;

function callsOf({ file, text }: (typeof files)[number]): Call[] {
  const found: Call[] = [];
  const own = constantsOf(text);
  for (const match of text.matchAll(new RegExp(`\\bpath: (${EXPRESSION})|[{(,]\\s*(path),`, 'g'))) {
    const body = bracesAround(text, match.index + 1);
    add(match[1] ?? match[2] ?? '', body);
  }
  for (const match of text.matchAll(new RegExp(`apiFetch(?:<[^(]*>)?\\(\\s*(${EXPRESSION}),\\s*\\{`, 'g'))) {
    add(match[1] ?? '', bracesAround(text, match.index + match[0].length));
  }
  return found;

  function add(expression: string, body: string): void {
    const method = /\bmethod: '(\w+)'/.exec(body)?.[1] ?? (/\bjson\b/.test(body) ? 'POST' : undefined);
    if (method === undefined || method === 'GET' || method === 'DELETE') return;
    // A parameter's type is no call, and neither is what only writes calls down.
    if (expression === 'string' || WRITERS.includes(file)) return;
    found.push({ file, name: `${method} ${toPath(expression, own) ?? expression}`, text: body });
  }
}

const calls = files.flatMap(callsOf);
const placeOf = ({ file, name }: Call) => `${name} in ${file}`;
const routesOf = (call: Call) => PUT_TOGETHER[placeOf(call)] ?? [call.name];

describe('every call of the console that changes something', () => {
  it('is one that the API describes', () => {
    expect(calls.length).toBeGreaterThan(100);
    expect(calls.filter((call) => !routesOf(call).every((name) => described.has(name))).map(placeOf)).toEqual(
      [],
    );
    const places = calls.map(placeOf);
    expect(Object.keys(PUT_TOGETHER).filter((place) => !places.includes(place))).toEqual([]);
  });

  it('carries an Idempotency-Key where the API takes one', () => {
    const takesKey = (call: Call) =>
      routesOf(call).some((name) => described.get(name)?.takesIdempotencyKey === true);
    const making = calls.filter((call) => call.name.startsWith('POST') && takesKey(call));
    expect(making.length).toBeGreaterThan(20);
    expect(making.filter(({ text }) => !/\bidempotencyKey\b/.test(text)).map(placeOf)).toEqual([]);
  });

  it('carries the version that was seen, or a key where twice would be twice as much', () => {
    const changing = calls.filter(({ name }) => /^(PATCH|PUT) /.test(name));
    expect(changing.length).toBeGreaterThan(20);
    const blind = changing.filter(
      (call) =>
        !/\b(ifMatch|idempotencyKey)\b/.test(call.text) &&
        ![call.name, placeOf(call)].some((name) => Object.hasOwn(WITHOUT_VERSION, name)),
    );
    expect(blind.map(placeOf)).toEqual([]);
  });

  it('goes out once, however often the form is pressed before it has its answer', () => {
    const forms = files.filter(({ text }) => text.includes('.handleSubmit('));
    expect(forms.length).toBeGreaterThan(10);
    const open = forms.filter(({ text }) => /\.handleSubmit\(\s*(?!useOneAtATime\()\S/.test(text));
    expect(open.map(({ file }) => file)).toEqual([]);
  });

  it('is known for each route that makes something', () => {
    const called = new Set(calls.flatMap(routesOf));
    const making = [...described].filter(
      ([name, { takesIdempotencyKey }]) => takesIdempotencyKey && name.startsWith('POST'),
    );
    expect(making.map(([name]) => name).filter((name) => !called.has(name))).toEqual([]);
  });
});
