/** Routes in the database: written with their audit event, and only with references that are the organization's own. */
import { type AuditOrigin, changedFields, recordAudit } from '@tollgate/audit';
import type { Prisma, Transaction } from '@tollgate/db';
import { auditActor, type OrganizationActor } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import { ENDPOINT_SCOPES } from '@tollgate/keys/endpoint-scopes';
import { ROUTE_BOUNDS, type Route, readRoute, type StickyBy } from '@tollgate/routing';
import { ApiProblem, invalidField, notFound } from '../framework/problem.ts';
import { refusingTakenName } from '../framework/taken-name.ts';
import type { RouteInput } from './route-shapes.ts';

export type RouteRow = Prisma.RouteModel;

export interface RouteChange {
  readonly tx: Transaction;
  readonly actor: OrganizationActor;
  readonly origin: AuditOrigin;
  readonly nowMs: number;
}

/** What stands in one column: gateways read it whole. */
export type RouteConfiguration = Pick<RouteInput, 'description' | 'rules' | 'fallbacks' | 'allowResold'> & {
  readonly stickyBy: StickyBy;
};

export function configurationOf({ configuration }: Pick<RouteRow, 'configuration'>): RouteConfiguration {
  return configuration as unknown as RouteConfiguration;
}

const NOTHING = {
  description: null,
  rules: [],
  fallbacks: [],
  stickyBy: 'none',
  allowResold: false,
} as const;

/** What cannot be read is a route without rules, as in gateways: it refuses. */
export function readRow(row: Pick<RouteRow, 'id' | 'name' | 'configuration'>): {
  readonly route: Route;
  readonly isReadable: boolean;
} {
  const { id, name } = row;
  try {
    return { route: readRoute({ ...configurationOf(row), id, name }), isReadable: true };
  } catch {
    return { route: readRoute({ ...NOTHING, id, name }), isReadable: false };
  }
}

/** To be changed: of what cannot be read nothing stays. */
export function readableConfiguration(row: RouteRow): RouteConfiguration {
  return readRow(row).isReadable ? configurationOf(row) : { ...NOTHING, rules: [], fallbacks: [] };
}

/** @throws {ApiProblem} `not_found`. */
export async function getRoute(tx: Transaction, organizationId: string, id: string): Promise<RouteRow> {
  const row = await tx.route.findFirst({ where: { organizationId, id } });
  if (row === null) throw notFound('route');
  return row;
}

/** Locks and returns. @throws {ApiProblem} `not_found`. */
export async function lockRoute(tx: Transaction, organizationId: string, id: string): Promise<RouteRow> {
  await tx.$queryRaw`SELECT 1 FROM routes WHERE organization_id = ${organizationId} AND id = ${id} FOR UPDATE`;
  return getRoute(tx, organizationId, id);
}

export async function insertRoute(change: RouteChange, fields: RouteInput): Promise<RouteRow> {
  const { organizationId } = change.actor;
  const { name, isEnabled, ...configuration } = fields;
  await assertReferences(change.tx, organizationId, configuration);
  await assertStoredBytes(change.tx, organizationId, configuration);
  const now = new Date(change.nowMs);
  const row = await refusingTakenName('route', () =>
    change.tx.route.create({
      data: {
        id: newId('route', change.nowMs),
        organizationId,
        name,
        configuration: toJson(configuration),
        disabledAt: isEnabled ? null : now,
        createdAt: now,
        updatedAt: now,
      },
    }),
  );
  await audit(change, 'route-created', row, { after: auditFields(row) });
  return row;
}

/** @param before The locked row. What it names already may stay, even where it is gone. */
export async function updateRoute(
  change: RouteChange,
  before: RouteRow,
  fields: Partial<RouteInput>,
): Promise<RouteRow> {
  const { organizationId, id } = before;
  const { name = before.name, isEnabled = before.disabledAt === null, ...changed } = fields;
  const configuration = await changedConfiguration(change.tx, before, changed);
  const now = new Date(change.nowMs);
  const row = await refusingTakenName('route', () =>
    change.tx.route.update({
      where: { id, organizationId },
      data: {
        name,
        configuration: toJson(configuration),
        disabledAt: isEnabled ? null : (before.disabledAt ?? now),
        version: { increment: 1 },
        updatedAt: now,
      },
    }),
  );
  await audit(change, 'route-updated', row, changedFields(auditFields(before), auditFields(row)));
  return row;
}

/** Renamed, enabled or disabled, a route stays as it is stored, readable or not. */
async function changedConfiguration(
  tx: Transaction,
  before: RouteRow,
  changed: Partial<RouteConfiguration>,
): Promise<RouteConfiguration> {
  if (Object.keys(changed).length === 0) return configurationOf(before);
  const { organizationId } = before;
  const kept = readableConfiguration(before);
  const configuration = { ...kept, ...changed };
  if (configuration.rules.length === 0) throw invalidField('body.rules', 'is needed', 'required');
  await assertReferences(tx, organizationId, configuration, kept);
  await assertStoredBytes(tx, organizationId, configuration, before);
  return configuration;
}

export async function deleteRoute(change: RouteChange, before: RouteRow): Promise<void> {
  const { organizationId, id } = before;
  await change.tx.route.delete({ where: { id, organizationId } });
  await audit(change, 'route-deleted', before, { before: auditFields(before) });
}

/**
 * Two requests at once may pass it together, each by one route. What is larger already may become smaller.
 *
 * @param before What is replaced. @throws {ApiProblem} `conflict`.
 */
async function assertStoredBytes(
  tx: Transaction,
  organizationId: string,
  configuration: RouteConfiguration,
  before?: RouteRow,
): Promise<void> {
  const [stored] = await tx.$queryRaw<{ others: bigint; own: bigint; next: bigint }[]>`
    SELECT COALESCE(sum(octet_length(configuration::text)) FILTER (WHERE id <> ${before?.id ?? ''}), 0)::bigint AS others,
      COALESCE(sum(octet_length(configuration::text)) FILTER (WHERE id = ${before?.id ?? ''}), 0)::bigint AS own,
      octet_length(${JSON.stringify(configuration)}::jsonb::text)::bigint AS next
    FROM routes WHERE organization_id = ${organizationId}`;
  const { others, own, next } = stored!;
  if (next <= own || others + next <= ROUTE_BOUNDS.storedBytes) return;
  throw new ApiProblem(
    'conflict',
    `Cannot keep this route: those of an organization have at most ${ROUTE_BOUNDS.storedBytes} bytes together, ` +
      `got ${others + next}`,
    { reason: 'routes_too_large', counts: { limit: ROUTE_BOUNDS.storedBytes } },
  );
}

type Routed = Pick<RouteInput, 'rules' | 'fallbacks'>;
type ReferenceKind = 'team' | 'key' | 'serviceAccount' | 'credential' | 'endpoint';

interface Reference {
  readonly kind: ReferenceKind;
  readonly id: string;
  readonly path: string;
}

const CONDITION_KINDS: readonly string[] = [
  'team',
  'key',
  'serviceAccount',
  'endpoint',
] satisfies ReferenceKind[];

function referencesOf({ rules, fallbacks }: Routed, base: string): Reference[] {
  const ofTarget = (path: string, { credentialId }: { credentialId: string | null }): Reference[] =>
    credentialId === null ? [] : [{ kind: 'credential', id: credentialId, path: `${path}.credentialId` }];
  return [
    ...rules.flatMap(({ when, targets }, rule) => [
      ...when.flatMap(({ field, values }, index) =>
        CONDITION_KINDS.includes(field)
          ? values.map((id, value) => ({
              kind: field as ReferenceKind,
              id,
              path: `${base}.rules.${rule}.when.${index}.values.${value}`,
            }))
          : [],
      ),
      ...targets.flatMap((target, index) => ofTarget(`${base}.rules.${rule}.targets.${index}`, target)),
    ]),
    ...fallbacks.flatMap((target, index) => ofTarget(`${base}.fallbacks.${index}`, target)),
  ];
}

/**
 * @param before What it names may stay.
 * @throws {ApiProblem} It names something that is not of this organization, or is larger than gateways keep.
 */
export async function assertReferences(
  tx: Transaction,
  organizationId: string,
  routed: Routed,
  before?: Routed,
  base = 'body',
): Promise<void> {
  if (JSON.stringify([routed.rules, routed.fallbacks]).length > ROUTE_BOUNDS.jsonLength) {
    throw invalidField(
      `${base}.rules`,
      `must have at most ${ROUTE_BOUNDS.jsonLength} characters as JSON`,
      'too_long',
    );
  }
  const nameOf = ({ kind, id }: Reference) => `${kind} ${id}`;
  const kept = new Set(before === undefined ? [] : referencesOf(before, base).map(nameOf));
  const references = referencesOf(routed, base).filter((reference) => !kept.has(nameOf(reference)));
  const existing = await findExisting(tx, organizationId, references);
  for (const reference of references) {
    if (existing[reference.kind].has(reference.id)) continue;
    const { kind, path } = reference;
    throw invalidField(path, `must be a ${WORDS[kind]} of this organization`, 'unknown_reference');
  }
}

const WORDS: Readonly<Record<ReferenceKind, string>> = {
  team: 'team',
  key: 'key',
  serviceAccount: 'service account',
  credential: 'provider credential',
  endpoint: 'kind of request',
};

async function findExisting(
  tx: Transaction,
  organizationId: string,
  references: readonly Reference[],
): Promise<Readonly<Record<ReferenceKind, ReadonlySet<string>>>> {
  const find = async (
    kind: ReferenceKind,
    list: (query: {
      where: { organizationId: string; id: { in: string[] } };
      select: { id: true };
    }) => Promise<readonly { id: string }[]>,
  ): Promise<ReadonlySet<string>> => {
    const ids = [...new Set(references.filter((each) => each.kind === kind).map(({ id }) => id))];
    if (ids.length === 0) return new Set();
    const rows = await list({ where: { organizationId, id: { in: ids } }, select: { id: true } });
    return new Set(rows.map(({ id }) => id));
  };
  return {
    team: await find('team', (query) => tx.team.findMany(query)),
    key: await find('key', (query) => tx.virtualKey.findMany(query)),
    serviceAccount: await find('serviceAccount', (query) => tx.serviceAccount.findMany(query)),
    credential: await find('credential', (query) => tx.providerCredential.findMany(query)),
    endpoint: new Set<string>(ENDPOINT_SCOPES),
  };
}

function toJson(configuration: RouteConfiguration): Prisma.InputJsonObject {
  return JSON.parse(JSON.stringify(configuration)) as Prisma.InputJsonObject;
}

function auditFields(row: RouteRow): Record<string, unknown> {
  const { description, rules, fallbacks, stickyBy, allowResold } = configurationOf(row);
  const { name, disabledAt } = row;
  return { name, isEnabled: disabledAt === null, description, rules, fallbacks, stickyBy, allowResold };
}

async function audit(
  { tx, actor, origin, nowMs }: RouteChange,
  action: string,
  row: RouteRow,
  detail: { before?: Record<string, unknown>; after?: Record<string, unknown> },
): Promise<void> {
  await recordAudit(tx, {
    organizationId: row.organizationId,
    actor: auditActor(actor.actor),
    origin,
    action,
    target: { kind: 'route', id: row.id, name: row.name },
    ...detail,
    nowMs,
  });
}
