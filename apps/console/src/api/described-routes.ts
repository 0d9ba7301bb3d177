/**
 * The routes that the API describes, with `{}` for what is put into their paths. For tests that hold the console's calls against
 * them. Not here: reading calls from the source (features/shell/read-paths.ts).
 */
import { randomBytes } from 'node:crypto';
import { createApi } from '@tollgate/api';
import { fixedClock } from '@tollgate/clock';
import { parseKeyRing } from '@tollgate/config';
import { createLogger } from '@tollgate/logging';

export interface DescribedRoute {
  readonly method: string;
  readonly path: string;
  readonly filters: ReadonlySet<string>;
  readonly takesIdempotencyKey: boolean;
}

interface Description {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly parameters?: readonly Parameter[] }>>>
  >;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
}

export async function readDescribedRoutes(): Promise<readonly DescribedRoute[]> {
  const ring = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
  // Describing itself takes neither a database nor queues.
  const api = createApi({
    clock: fixedClock(0),
    logger: createLogger({ name: 'test', destination: { write: () => undefined } }),
    settings: { consoleUrl: 'http://localhost:3000' },
    keyPeppers: ring,
    encryptionKeys: ring,
  } as unknown as Parameters<typeof createApi>[0]);
  const answer = await api.request(new Request('http://localhost:3000/api/v1/openapi.json'));
  const { paths } = (await answer.json()) as Description;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [] }]) => ({
      method: method.toUpperCase(),
      path: path.replaceAll(/\{\w+\}/g, '{}'),
      filters: new Set(parameters.filter((each) => each.in === 'query').map(({ name }) => name)),
      takesIdempotencyKey: parameters.some(({ name }) => name === 'Idempotency-Key'),
    })),
  );
}
