/**
 * What a request or a period would have cost: the same usage at other models' prices, or at those of another day.
 *
 * Nothing is changed. Not here: rating a period again for good (reratings.ts), how usage is rated (packages/metering).
 */
import { z } from '@hono/zod-openapi';
import { parseId } from '@tollgate/ids';
import { type WhatIfLine, whatIf } from '@tollgate/metering/rerating';
import { formatUsd, picoUsdSum } from '@tollgate/money';
import { definedOnly, filledText, instant, iso, timestamp, usd } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import { invalidField } from '../framework/problem.ts';
import { type AnyRoute, route } from '../framework/route.ts';

const Compared = z.object({
  attempts: z.int(),
  /** Attempts without a price there: left out of all amounts. */
  unpricedAttempts: z.int(),
  costUsd: usd,
  chargeUsd: usd,
  spentUsd: usd.openapi({
    description:
      'What was paid: the charge through resold credentials, the provider’s cost through own ones.',
  }),
  otherCostUsd: usd,
  otherChargeUsd: usd,
  otherSpentUsd: usd.openapi({ description: 'What would have been paid.' }),
});

export const WhatIf = z
  .object({
    alternatives: z.array(
      Compared.extend({
        provider: z.string().nullable(),
        model: z.string().nullable(),
        at: timestamp.nullable(),
        /** By the model that was used, and whose the credential was. */
        lines: z.array(
          Compared.extend({
            provider: z.string(),
            model: z.string(),
            credentialOwner: z.enum(['organization', 'operator']),
          }),
        ),
      }),
    ),
  })
  .openapi('WhatIf');

const alternative = z
  .strictObject({
    provider: filledText(64).exactOptional(),
    model: filledText(256).exactOptional(),
    at: instant.exactOptional(),
  })
  .refine(
    ({ provider, model, at }) => provider !== undefined || model !== undefined || at !== undefined,
    refusal('must name a model, a provider or a time', 'required'),
  );

const WHAT_IF_DAYS = 92;
const WHAT_IF_ATTEMPTS = 100_000;
const DAY_MS = 86_400_000;

export const priceWhatIfRoutes: readonly AnyRoute[] = [
  route({
    method: 'post',
    path: '/prices/what-if',
    tag: 'prices',
    summary: 'What a request or a period would have cost at other models’ prices, or at those of another day',
    description:
      'The same usage, rated attempt by attempt. Other models would have used other numbers of tokens: this compares prices, not answers.',
    access: 'prices:read',
    alsoNeeds: ['usage:read'],
    report: true,
    body: z.strictObject({
      requestId: filledText(100).exactOptional(),
      from: instant.exactOptional(),
      to: instant.exactOptional(),
      provider: filledText(64).exactOptional(),
      model: filledText(256).exactOptional(),
      alternatives: z.array(alternative).min(1).max(5),
    }),
    response: WhatIf,
    status: 200,
    run: async ({ tx, organizationId, body, nowMs }) => {
      const scope = {
        organizationId,
        ...whatIfRange(body, nowMs),
        provider: body.provider ?? '',
        model: body.model ?? '',
        ownCredentialsOnly: false,
        ...definedOnly({ requestId: body.requestId }),
      };
      const alternatives = [];
      for (const other of body.alternatives) {
        const lines = await whatIf(
          tx,
          {
            ...scope,
            ...definedOnly({ otherProvider: other.provider, otherModel: other.model, at: other.at }),
          },
          WHAT_IF_ATTEMPTS,
        );
        if (lines === undefined) {
          const rule = `must hold at most ${WHAT_IF_ATTEMPTS.toLocaleString('en')} attempts; name a shorter period or one model`;
          throw invalidField('body.from', rule, 'range_too_long');
        }
        alternatives.push({
          provider: other.provider ?? null,
          model: other.model ?? null,
          at: iso(other.at ?? null),
          ...compare(lines),
          lines: lines.map((line) => ({
            provider: line.provider,
            model: line.model,
            credentialOwner: line.credentialOwner,
            ...compare([line]),
          })),
        });
      }
      return { alternatives };
    },
  }),
];

function whatIfRange(
  { requestId, from, to }: { requestId?: string; from?: Date; to?: Date },
  nowMs: number,
): { from: Date; to: Date } {
  if (requestId !== undefined) {
    const parsed = parseId('request', requestId);
    if (parsed === undefined)
      throw invalidField('body.requestId', 'is not the id of a request', 'wrong_format');
    return { from: new Date(parsed.timeMs), to: new Date(parsed.timeMs + 1) };
  }
  const end = to ?? new Date(nowMs);
  if (from === undefined)
    throw invalidField('body.from', 'must be there where no request is named', 'required');
  if (from >= end) throw invalidField('body.from', 'must lie before the end', 'invalid');
  if (end.getTime() - from.getTime() > WHAT_IF_DAYS * DAY_MS) {
    throw invalidField('body.from', `must lie at most ${WHAT_IF_DAYS} days before the end`, 'range_too_long');
  }
  return { from, to: end };
}

function isResold({ credentialOwner }: WhatIfLine): boolean {
  return credentialOwner === 'operator';
}

function compare(lines: readonly WhatIfLine[]): z.input<typeof Compared> {
  const sum = (of: (line: WhatIfLine) => string) =>
    formatUsd(picoUsdSum(lines.reduce((total, line) => total + BigInt(of(line)), 0n)));
  return {
    attempts: lines.reduce((total, line) => total + line.attempts, 0),
    unpricedAttempts: lines.reduce((total, line) => total + line.unpricedAttempts, 0),
    costUsd: sum(({ costPicoUsd }) => costPicoUsd),
    chargeUsd: sum(({ chargePicoUsd }) => chargePicoUsd),
    spentUsd: sum((line) => (isResold(line) ? line.chargePicoUsd : line.costPicoUsd)),
    otherCostUsd: sum(({ otherCostPicoUsd }) => otherCostPicoUsd),
    otherChargeUsd: sum(({ otherChargePicoUsd }) => otherChargePicoUsd),
    otherSpentUsd: sum((line) => (isResold(line) ? line.otherChargePicoUsd : line.otherCostPicoUsd)),
  };
}
