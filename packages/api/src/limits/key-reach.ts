/** Which models a key's scope lets it call, and what stands in the way of the others. */
import { z } from '@hono/zod-openapi';
import type { Transaction } from '@tollgate/db';
import { scopeAllows, toModelScope } from '@tollgate/keys';
import { listUsableModels, type UsableModel } from '../prices/usable-models.ts';
import type { KeyRow } from '../virtual-keys/present-key.ts';
import { keyReaches } from './check-request.ts';

const WITHHELD_BY = ['models', 'providers', 'credentials'] as const;

export const KeyModel = z
  .object({
    id: z
      .string()
      .openapi({ description: '`provider/name`; of what no credential serves, as the key lists it' }),
    provider: z.string().nullable().openapi({ description: 'Null: no credential serves it' }),
    name: z.string(),
    withheldBy: z.array(z.enum(WITHHELD_BY)).openapi({
      description:
        'Empty: within reach. `models`, `providers`: that list of the key does not have it. `credentials`: the key lists it, and no credential serves it.',
    }),
  })
  .openapi('KeyModel');

type Scope = Pick<KeyRow, 'models' | 'providers'>;

/** Every model of the organization's credentials, and what the key lists besides, by id. */
export async function listKeyModels(
  tx: Transaction,
  organizationId: string,
  scope: Scope,
): Promise<z.input<typeof KeyModel>[]> {
  const usable = await listUsableModels(tx, organizationId);
  const served = usable.map((model) => ({
    id: idOf(model),
    provider: model.provider,
    name: model.name,
    withheldBy: withheldBy(scope, model),
  }));
  const unserved = listUnserved(scope, usable).map((name) => ({
    id: name,
    provider: null,
    name,
    withheldBy: ['credentials' as const],
  }));
  return [...served, ...unserved].toSorted((left, right) => compare(left.id, right.id));
}

function withheldBy(
  { models, providers }: Scope,
  model: UsableModel,
): z.input<typeof KeyModel>['withheldBy'] {
  return [
    ...(keyReaches({ models, providers: [] }, model) ? [] : (['models'] as const)),
    ...(keyReaches({ models: [], providers }, model) ? [] : (['providers'] as const)),
  ];
}

/** What the scope lists and no credential of the organization serves. */
function listUnserved({ models }: Pick<Scope, 'models'>, usable: readonly UsableModel[]): string[] {
  return models.filter((listed) => {
    const scope = toModelScope([listed], []);
    return !usable.some(({ provider, name }) => scopeAllows(scope, provider, [name]));
  });
}

const SHOWN = 50;

export const KeyReach = z
  .object({
    usable: z.int().openapi({ description: 'How many models the organization’s credentials serve' }),
    reachable: z.int().openapi({ description: 'How many of them the scope leaves' }),
    models: z.array(z.string()).openapi({ description: 'Some of those, as `provider/model`' }),
    unserved: z.array(z.string()).openapi({ description: 'What the scope lists and no credential serves' }),
  })
  .openapi('KeyReach');

/** What a key with this scope would reach. */
export async function previewReach(
  tx: Transaction,
  organizationId: string,
  scope: Scope,
): Promise<z.input<typeof KeyReach>> {
  const usable = await listUsableModels(tx, organizationId);
  const reachable = usable.filter((model) => keyReaches(scope, model)).map(idOf);
  return {
    usable: usable.length,
    reachable: reachable.length,
    models: reachable.slice(0, SHOWN),
    unserved: listUnserved(scope, usable),
  };
}

const idOf = ({ provider, name }: UsableModel): string => `${provider}/${name}`;

export function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
