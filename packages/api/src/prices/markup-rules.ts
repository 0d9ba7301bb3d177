/**
 * What the operator adds to the cost of a credential that it resells: listed, stated for now or later, and taken back
 * while it is to come.
 *
 * A rule never changes under its id: gateways fix it when they dispatch a request, entries name it, and the worker
 * rates again with it. To end a rule, the next one is stated. Not here: which rule wins (apps/gateway, pricing).
 */
import { z } from '@hono/zod-openapi';
import { recordAudit } from '@tollgate/audit';
import { componentsToJson, type PriceComponents } from '@tollgate/catalog';
import { empty, isUniqueViolation, OPERATOR_ORGANIZATION_ID, sql, type Transaction } from '@tollgate/db';
import { auditActor } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import { recordChange } from '../framework/change-feed.ts';
import { filledText, instant, iso, timestamp } from '../framework/field.ts';
import { ApiProblem, invalidField, notFound } from '../framework/problem.ts';
import { Components, presentComponents } from './present-price.ts';
import { LAST_MOMENT_MS, type PriceCall } from './price-change.ts';
import { ComponentsInput, parseComponents } from './price-input.ts';

export const MarkupRule = z
  .object({
    id: z.string(),
    credentialId: z.string(),
    credentialName: z.string(),
    provider: z.string(),
    livemode: z.boolean(),
    /** Null: every organization that has no rule of its own. */
    organizationId: z.string().nullable(),
    /** Hundredths of a percent of the cost; -10,000 is free. */
    basisPoints: z.int(),
    /** Added for each unit, after the percentage. */
    perUnit: Components,
    /** Of a request's start. Until the next rule of the same credential and organization. */
    validFrom: timestamp,
    state: z.enum(['in-force', 'scheduled', 'past']),
    removable: z.boolean(),
  })
  .openapi('MarkupRule');

export const NewMarkupRule = z.strictObject({
  credentialId: filledText(100),
  organizationId: filledText(100).nullable().default(null),
  basisPoints: z.int().min(-10_000).max(1_000_000).default(0),
  perUnit: ComponentsInput.default({}),
  /** Now unless told; never in the past: what was used keeps the markup that it was charged with. */
  validFrom: instant.exactOptional(),
});

interface RuleRow {
  readonly id: string;
  readonly credentialId: string;
  readonly credentialName: string;
  readonly provider: string;
  readonly livemode: boolean;
  readonly organizationId: string | null;
  readonly basisPoints: number;
  readonly perUnit: Readonly<Record<string, string | number>>;
  readonly validFrom: Date;
  readonly state: 'in-force' | 'scheduled' | 'past';
}

export interface RuleQuestion {
  readonly id?: string;
  readonly credentialId?: string;
  readonly before?: string;
  readonly limit: number;
  readonly now: Date;
}

/** Newest first. In the operator's transaction. */
export function listMarkupRules(
  tx: Transaction,
  { id, credentialId, before, limit, now }: RuleQuestion,
): Promise<RuleRow[]> {
  const at = sql`${now.toISOString()}::timestamptz`;
  return tx.$queryRaw<RuleRow[]>`
    SELECT r.id, r.credential_id AS "credentialId", COALESCE(c.name, '') AS "credentialName", COALESCE(c.provider, '') AS provider,
      COALESCE(c.livemode, false) AS livemode, r.applies_to_id AS "organizationId", r.basis_points AS "basisPoints",
      r.per_unit AS "perUnit", r.valid_from AS "validFrom",
      CASE WHEN r.valid_from > ${at} THEN 'scheduled'
        WHEN EXISTS (SELECT FROM markup_rules n WHERE n.organization_id = r.organization_id AND n.credential_id = r.credential_id
          AND n.applies_to_id IS NOT DISTINCT FROM r.applies_to_id AND n.valid_from > r.valid_from AND n.valid_from <= ${at}) THEN 'past'
        ELSE 'in-force' END AS state
    FROM markup_rules r
    LEFT JOIN provider_credentials c ON c.organization_id = r.organization_id AND c.id = r.credential_id
    WHERE r.organization_id = ${OPERATOR_ORGANIZATION_ID} ${id === undefined ? empty : sql`AND r.id = ${id}`}
      ${credentialId === undefined ? empty : sql`AND r.credential_id = ${credentialId}`}
      ${before === undefined ? empty : sql`AND r.id < ${before}`}
    ORDER BY r.id DESC LIMIT ${limit}`;
}

export function presentMarkupRule(row: RuleRow): z.input<typeof MarkupRule> {
  const perUnit = Object.fromEntries(
    Object.entries(row.perUnit).map(([name, amount]) => [name, BigInt(amount)]),
  );
  return {
    ...row,
    perUnit: presentComponents(perUnit),
    validFrom: iso(row.validFrom),
    removable: row.state === 'scheduled',
  };
}

/**
 * @param call In the operator's organization.
 * @throws {ApiProblem} `invalid_request` with the field.
 */
export async function stateMarkupRule(
  call: PriceCall,
  input: z.output<typeof NewMarkupRule>,
): Promise<RuleRow> {
  const { tx, organizationId, nowMs } = call;
  const { credentialId, basisPoints } = input;
  const validFrom = input.validFrom ?? new Date(nowMs);
  if (validFrom.getTime() < nowMs) {
    throw invalidField(
      'body.validFrom',
      'must not lie in the past: what was used keeps its markup',
      'too_small',
    );
  }
  const credential = await tx.providerCredential.findFirst({
    where: { id: credentialId, organizationId },
    select: { name: true },
  });
  if (credential === null) {
    throw invalidField('body.credentialId', 'must be a credential that the operator resells', 'not_allowed');
  }
  const perUnit = componentsToJson(
    parseComponents(input.perUnit, 'body.perUnit') satisfies PriceComponents,
  ) as Record<string, string>;
  const id = newId('markupRule', nowMs);
  const appliesToId = input.organizationId;
  await tx.$executeRaw`SAVEPOINT markup`;
  try {
    await tx.markupRule.create({
      data: { id, organizationId, credentialId, appliesToId, basisPoints, perUnit, validFrom },
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT markup`;
    throw invalidField('body.validFrom', 'is taken: a rule begins at that very instant', 'taken');
  }
  const fields = { credentialId, appliesToId, basisPoints, perUnit, validFrom };
  await recordMarkupEvent(call, 'markup-stated', { id, name: credential.name }, { after: fields });
  await recordChange(call, tx, 'policy-changed', id);
  return getRule(call, id);
}

/** @throws {ApiProblem} `not_found`, or `in_use`: it is in force, or about to be. */
export async function removeScheduledMarkup(call: PriceCall, id: string): Promise<void> {
  const { tx, organizationId, nowMs } = call;
  const rule = await getRule(call, id);
  if (rule.validFrom.getTime() <= nowMs + LAST_MOMENT_MS) {
    throw new ApiProblem('in_use', 'Cannot remove the rule: only one that is yet to come can be removed', {
      reason: 'markup_in_force',
    });
  }
  await tx.markupRule.deleteMany({ where: { id, organizationId } });
  const { credentialId, organizationId: appliesToId, basisPoints, perUnit, validFrom } = rule;
  const fields = { credentialId, appliesToId, basisPoints, perUnit, validFrom };
  await recordMarkupEvent(call, 'markup-removed', { id, name: rule.credentialName }, { before: fields });
  await recordChange(call, tx, 'policy-changed', id);
}

async function getRule({ tx, nowMs }: PriceCall, id: string): Promise<RuleRow> {
  const [rule] = await listMarkupRules(tx, { id, limit: 1, now: new Date(nowMs) });
  if (rule === undefined) throw notFound('markup rule');
  return rule;
}

async function recordMarkupEvent(
  { tx, organizationId, actor, origin, nowMs }: PriceCall,
  action: string,
  target: { readonly id: string; readonly name: string },
  change: { readonly before?: object; readonly after?: object },
): Promise<void> {
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action,
    target: { kind: 'markup-rule', ...target },
    before: change.before === undefined ? null : { ...change.before },
    after: change.after === undefined ? null : { ...change.after },
    nowMs,
  });
}
