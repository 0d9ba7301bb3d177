/**
 * The admin API as one Hono app under `/api/v1`. Takes everything it needs as arguments, holds no state.
 */
import { OpenAPIHono } from '@hono/zod-openapi';
import { raiseSeats } from '@tollgate/billing';
import type { IdentityContext } from '@tollgate/identity';
import { createKeyHasher } from '@tollgate/keys';
import type { ApiContext, ApiOptions } from './framework/api-context.ts';
import { type ApiDocument, renderDocsPage } from './framework/docs-page.ts';
import { handle } from './framework/handler.ts';
import { registerRoutes } from './framework/openapi.ts';
import { ApiProblem, toProblemResponse } from './framework/problem.ts';
import { FILE_GATE, ReportGate } from './framework/report-gate.ts';
import { type AnyRoute, route } from './framework/route.ts';
import { boundResale } from './limits/bound-resale.ts';
import { ROUTES } from './routes/index.ts';

export const API_BASE_PATH = '/api/v1';

export interface Api {
  /** Answers a request whose path begins with `/api/v1`. */
  request(request: Request): Promise<Response>;
  /** Every route there is, for tests that walk them. */
  readonly routes: readonly AnyRoute[];
  /** Whoever lets people in by another door does it with this: what joining entails is in it. */
  readonly identity: IdentityContext;
}

const DOCUMENT_INFO = {
  openapi: '3.1.0',
  info: {
    title: 'Tollgate admin API',
    version: '1',
    description:
      'Everything the console does. Ids carry a prefix of their kind, times are ISO 8601 UTC, money is a decimal string in USD.',
  },
  servers: [{ url: API_BASE_PATH }],
};

export function createApi(options: ApiOptions): Api {
  const context: ApiContext = {
    ...options,
    identity: {
      database: options.database,
      clock: options.clock,
      settings: options.settings,
      encryptionKeys: options.encryptionKeys,
      attempts: options.attempts,
      onJoin: raiseSeats,
      onFound: boundResale(options.payments !== undefined),
    },
    keyHasher: createKeyHasher(options.keyPeppers),
    reports: new ReportGate(),
    files: new ReportGate(options.fileGate ?? FILE_GATE),
  };
  const app = new OpenAPIHono();
  registerRoutes(app, ROUTES);
  let document: ApiDocument | undefined;
  const describe = (): ApiDocument => {
    document ??= app.getOpenAPI31Document(DOCUMENT_INFO) as unknown as ApiDocument;
    return document;
  };
  const routes = [...ROUTES, ...selfDescription(describe)];
  mount(app, context, routes);
  return { request: async (request) => app.fetch(request), routes, identity: context.identity };
}

function mount(app: OpenAPIHono, context: ApiContext, routes: readonly AnyRoute[]): void {
  const methodsByPath = new Map<string, string[]>();
  for (const definition of routes) {
    const path = API_BASE_PATH + definition.path.replaceAll(/\{(\w+)\}/g, ':$1');
    methodsByPath.set(path, [...(methodsByPath.get(path) ?? []), definition.method.toUpperCase()]);
    app.on(definition.method, path, (hono) =>
      handle(context, definition, hono.req.raw, hono.req.param() as Record<string, string>),
    );
  }
  for (const [path, methods] of methodsByPath) {
    app.all(path, () => {
      const problem = new ApiProblem('method_not_allowed', `Cannot do this: use ${methods.join(' or ')}`);
      const response = toProblemResponse(problem, '');
      response.headers.set('allow', methods.join(', '));
      return response;
    });
  }
  app.notFound(() => toProblemResponse(new ApiProblem('not_found', 'Cannot find it: no such path'), ''));
  app.onError((err) => {
    context.logger.error({ err }, 'request failed outside its route');
    return toProblemResponse(new ApiProblem('internal_error', 'The request failed'), '');
  });
}

const DOCS_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};

function selfDescription(describe: () => ApiDocument): readonly AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/openapi.json',
      tag: 'meta',
      summary: 'This API as OpenAPI 3.1',
      access: 'public',
      internal: true,
      run: () => Response.json(describe()),
    }),
    route({
      method: 'get',
      path: '/docs',
      tag: 'meta',
      summary: 'This API as a page',
      access: 'public',
      internal: true,
      run: () =>
        new Response(renderDocsPage(describe(), `${API_BASE_PATH}/openapi.json`), { headers: DOCS_HEADERS }),
    }),
  ];
}
