/**
 * What organizations may spend a month on the operator's credentials: each has a budget of it that only the operator
 * changes. New ones begin with one, so that open sign-up costs no more than so much each.
 */
import { z } from '@hono/zod-openapi';
import { recordAudit } from '@tollgate/audit';
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { auditActor } from '@tollgate/identity';
import { lockBudgets, setResoldBudget } from '@tollgate/limits';
import { parseUsdSum } from '@tollgate/money';
import type { ApiContext } from '../framework/api-context.ts';
import { recordChange } from '../framework/change-feed.ts';
import { filledText, idParam } from '../framework/field.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { invalidField } from '../framework/problem.ts';
import { type AnyRoute, type DetachedCall, route } from '../framework/route.ts';
import {
  findResoldBudget,
  lockSetting,
  NewResoldSpend,
  type ResoldFigures,
  readResoldSpend,
  readSetting,
  type SettingVersion,
  writeSetting,
} from '../limits/resold-spend.ts';
import { usdAmount } from '../limits/usd-amount.ts';
import { limitsChange } from './limits-change.ts';
import {
  assertNotClosed,
  describeOrganization,
  lockOrganization,
  OperatedOrganization,
} from './operator-organizations.ts';

const limitUsd = usdAmount.nullable();

export const operatorResoldSpendRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/operator/resold-spend',
    tag: 'operator',
    summary: 'What a new organization may spend a month on what the operator resells',
    access: 'operator',
    response: NewResoldSpend,
    run: async ({ context, tx, headers }) => present(context, await readSetting(tx), headers),
  }),
  route({
    method: 'put',
    path: '/operator/resold-spend',
    tag: 'operator',
    summary:
      'Set what organizations that are made from now on may spend a month on what the operator resells',
    description:
      'Null: nothing bounds them. Those that have a budget keep it; those that have never had one get it within minutes, as new ones do. Where there is a payment processor, an organization begins with `firstLimitUsd` and is raised to `limitUsd` within a minute of having a payment method on file, prepaid credits or a payment made; it is never lowered by itself. `firstLimitUsd` is at most `limitUsd`, and the same where it is left out.',
    access: 'operator',
    recentSignIn: true,
    body: z.strictObject({ limitUsd, firstLimitUsd: limitUsd.exactOptional() }),
    response: NewResoldSpend,
    run: async ({ context, tx, body, actor, origin, nowMs, request, headers }) => {
      assertRises(body);
      const before = await lockSetting(tx);
      assertIfMatch(request, before.updatedAt);
      const after = await writeSetting(tx, body, new Date(nowMs));
      await recordAudit(tx, {
        organizationId: OPERATOR_ORGANIZATION_ID,
        actor: auditActor(actor.actor),
        origin,
        action: 'new-resold-spend-changed',
        target: { kind: 'resoldSpend', id: OPERATOR_ORGANIZATION_ID },
        before: figuresOf(before),
        after: figuresOf(after),
        nowMs,
      });
      return present(context, after, headers);
    },
  }),
  route({
    method: 'put',
    path: '/operator/organizations/{id}/resold-spend',
    tag: 'operator',
    summary: 'Set what one organization may spend a month on what the operator resells',
    description:
      'Null: nothing bounds it. What is spent stays spent. Gateways hold its requests to it within a second.',
    access: 'operator',
    recentSignIn: true,
    detached: true,
    params: idParam,
    body: z.strictObject({ limitUsd, reason: filledText(300) }),
    response: OperatedOrganization,
    run: setResoldSpend,
  }),
];

/** @throws {ApiProblem} `invalid_request`: whoever shows that they can pay would be no better off. */
function assertRises({ limitUsd: usual, firstLimitUsd: first }: ResoldFigures): void {
  if (usual === null || first === undefined) return;
  if (first === null || parseUsdSum(first) > parseUsdSum(usual))
    throw invalidField('body.firstLimitUsd', 'must be at most limitUsd', 'above_limit');
}

const figuresOf = ({ limitUsd: usual, firstLimitUsd }: SettingVersion) => ({
  limitUsd: usual,
  firstLimitUsd,
});

function present(
  { payments }: ApiContext,
  setting: SettingVersion,
  headers: Headers,
): z.input<typeof NewResoldSpend> {
  setEtag(headers, setting.updatedAt);
  return {
    ...figuresOf(setting),
    byPayment: payments !== undefined,
    updatedAt: setting.updatedAt.toISOString(),
  };
}

interface SetBody {
  readonly limitUsd: string | null;
  readonly reason: string;
}

/** Told in the organization's audit log, whom it concerns, and in the operator's, who answers for it. */
function setResoldSpend(
  call: DetachedCall<SetBody, unknown, { readonly id: string }>,
): Promise<z.input<typeof OperatedOrganization>> {
  const { context, params, body, actor, origin, nowMs, request } = call;
  const organizationId = params.id;
  return context.database.tenants(async (tx, use) => {
    await use(organizationId);
    await lockBudgets({ tx, organizationId });
    const { name, ...row } = await lockOrganization(tx, organizationId);
    assertNotClosed(row);
    const before = await findResoldBudget(tx, organizationId);
    assertIfMatch(request, before?.version ?? 0);
    const was = await readResoldSpend(tx, organizationId, nowMs);
    const amount = body.limitUsd === null ? null : parseUsdSum(body.limitUsd);
    const after = await setResoldBudget(limitsChange({ tx, organizationId, actor, origin, nowMs }), amount);
    const changedId = after?.id ?? before?.id;
    if (changedId !== undefined)
      await recordChange({ ...call, organizationId }, tx, 'policy-changed', changedId);
    const described = await describeOrganization(tx, organizationId, nowMs);
    const event = {
      actor: auditActor(actor.actor),
      origin,
      action: 'resold-spend-changed',
      target: { kind: 'organization', id: organizationId, name },
      before: { limitUsd: was?.limitUsd ?? null },
      after: { limitUsd: described.resoldSpend?.limitUsd ?? null, reason: body.reason },
      nowMs,
    };
    await recordAudit(tx, { ...event, organizationId });
    await use(OPERATOR_ORGANIZATION_ID);
    await recordAudit(tx, { ...event, organizationId: OPERATOR_ORGANIZATION_ID });
    return described;
  });
}
