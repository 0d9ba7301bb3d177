/** The description of the API, made from the routes themselves. */

import type { OpenAPIHono } from '@hono/zod-openapi';
import { z } from '@hono/zod-openapi';
import { SIGNATURE_HEADER, WEBHOOK_DATA, WEBHOOK_EVENT_TYPES, WEBHOOK_EVENTS } from '@tollgate/alerts';
import { FIELD_CODES } from './field-errors.ts';
import { PROBLEM } from './problem.ts';
import { PROBLEM_REASONS } from './problem-codes.ts';
import type { AnyRoute } from './route.ts';

const ProblemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEM) as [keyof typeof PROBLEM]),
    detail: z.string(),
    requestId: z.string(),
    reason: z
      .enum(PROBLEM_REASONS)
      .optional()
      .openapi({ description: 'Why, where the code stands for several reasons.' }),
    counts: z
      .record(z.string(), z.number())
      .optional()
      .openapi({ description: 'How many of what, for the reason.' }),
    names: z
      .record(z.string(), z.string())
      .optional()
      .openapi({ description: 'Ids and names of what the reason is about.' }),
    errors: z
      .array(
        z.object({
          path: z.string(),
          message: z.string(),
          code: z.enum(FIELD_CODES),
          limit: z.number().optional(),
          expected: z
            .string()
            .optional()
            .openapi({ description: 'Something that would do, where there is one to show.' }),
        }),
      )
      .optional(),
  })
  .openapi('Problem');

const problemContent = { 'application/problem+json': { schema: ProblemSchema } };

/** Adds every documented route to the app's registry. */
export function registerRoutes(app: OpenAPIHono, routes: readonly AnyRoute[]): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'adminToken', {
    type: 'http',
    scheme: 'bearer',
    description: 'An admin token (`tga_…`).',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'tollgate_session',
    description: 'The console’s session; requests that change something also need `x-tollgate-csrf`.',
  });
  for (const route of routes) if (route.internal !== true) registerRoute(app, route);
  registerWebhooks(app);
}

const webhookEvent = z
  .object({
    id: z
      .string()
      .openapi({ description: 'The same for each endpoint and each try: ignore what came already.' }),
    type: z.string(),
    createdAt: z.iso.datetime(),
    organizationId: z.string(),
    data: z.record(z.string(), z.unknown()),
  })
  .openapi('WebhookEvent');

/** What we send to others, with how it is signed. */
function registerWebhooks(app: OpenAPIHono): void {
  for (const type of WEBHOOK_EVENT_TYPES) {
    app.openAPIRegistry.registerWebhook({
      method: 'post',
      path: type,
      tags: ['webhook-endpoints'],
      summary: WEBHOOK_EVENTS[type],
      operationId: `webhook-${type}`,
      request: {
        headers: z.object({
          [SIGNATURE_HEADER]: z.string().openapi({
            description:
              '`t=UNIX_SECONDS,v1=HEX`: HMAC-SHA-256 of `t.body` with the endpoint’s secret; a second `v1` while a rotation overlaps.',
          }),
          'tollgate-event-id': z.string(),
          'tollgate-delivery-id': z.string(),
        }),
        body: {
          required: true,
          content: {
            'application/json': {
              schema: webhookEvent.extend({ type: z.literal(type), data: WEBHOOK_DATA[type] }),
            },
          },
        },
      },
      responses: {
        '2XX': { description: 'Taken. Anything else is sent again, for two days, then given up.' },
      },
    });
  }
}

function registerRoute(app: OpenAPIHono, route: AnyRoute): void {
  const status = route.status ?? (route.response === undefined ? 204 : route.idempotent === true ? 201 : 200);
  const security: Record<string, string[]>[] =
    route.access === 'public' || route.access === 'signature'
      ? []
      : route.access === 'session' || route.access === 'operator'
        ? [{ session: [] }]
        : [{ adminToken: [] }, { session: [] }];
  app.openAPIRegistry.registerPath({
    method: route.method,
    path: route.path,
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, accessText(route), recentText(route)]
      .filter((part) => part !== undefined)
      .join('\n\n'),
    operationId: operationId(route),
    security,
    request: {
      ...(route.params === undefined ? {} : { params: route.params as z.ZodObject }),
      ...(route.query === undefined ? {} : { query: route.query as z.ZodObject }),
      ...(route.body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: route.body } } } }),
      ...(route.idempotent === true
        ? { headers: z.object({ 'Idempotency-Key': z.string().optional() }) }
        : {}),
    },
    responses: {
      [status]:
        route.response === undefined
          ? route.contentType === undefined
            ? { description: 'Done' }
            : { description: 'Done', content: { [route.contentType]: { schema: z.string() } } }
          : { description: 'Done', content: { 'application/json': { schema: route.response } } },
      default: { description: 'A problem (RFC 9457)', content: problemContent },
    },
  });
}

function accessText(route: AnyRoute): string {
  switch (route.access) {
    case 'signature':
      return 'For the sender who signs the raw body; sessions and tokens count for nothing.';
    case 'public':
      return 'Open to everybody.';
    case 'session':
      return 'Needs a signed-in person.';
    case 'authenticated':
      return 'Needs a signed-in person or an admin token.';
    case 'member':
      return 'Open to every member.';
    case 'operator':
      return 'Needs the operator.';
    default:
      return `Needs the permission ${[route.access, ...(route.alsoNeeds ?? [])].map((one) => `\`${one}\``).join(' and ')}.`;
  }
}

function recentText(route: AnyRoute): string | undefined {
  if (route.recentSignIn !== true) return undefined;
  return 'A person must have signed in within the last 15 minutes, else `reauthentication_required`: `POST /me/reauthenticate`, and again.';
}

/** `getKeysById`: stable names for generated clients. */
function operationId(route: AnyRoute): string {
  const words = route.path
    .split('/')
    .filter((part) => part !== '')
    .map((part) => (part.startsWith('{') ? `by-${part.slice(1, -1)}` : part))
    .join('-')
    .split(/[-.]/);
  return route.method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}
