/** The operator's letterhead: what stands on invoices and notes about who writes them, and what their numbers begin with. */
import { z } from '@hono/zod-openapi';
import { changedFields, recordAudit } from '@tollgate/audit';
import {
  changeIssuer,
  getIssuerVersion,
  type IssuerVersion,
  lockIssuer,
  SERIES_PREFIX,
  TEST_PREFIX,
} from '@tollgate/billing';
import { OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { auditActor } from '@tollgate/identity';
import { countryCodeOrNone } from '../billing/country-code.ts';
import { text, timestamp } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { type AnyRoute, route } from '../framework/route.ts';

export const Letterhead = z
  .object({
    legalName: z.string(),
    addressLines: z.array(z.string()),
    country: z.string(),
    taxId: z.string(),
    email: z.string(),
    website: z.string(),
    /** How to pay, terms, legal notes: printed at the end. */
    notes: z.array(z.string()),
    /** Real numbers begin with it: `TG-2026-000001`, and a note's `TG-CN-2026-000001`. */
    seriesPrefix: z.string(),
    updatedAt: timestamp,
  })
  .openapi('Letterhead');

const orEmpty = (isGood: (value: string) => boolean) => (value: string) => value === '' || isGood(value);

const email = text(254).refine(
  orEmpty((value) => z.email().safeParse(value).success),
  refusal('must be an e-mail address', 'invalid_email'),
);

const seriesPrefix = text(12)
  .toUpperCase()
  .refine(
    (value) => SERIES_PREFIX.test(value),
    refusal('must be 1 to 12 letters A to Z and digits', 'wrong_format'),
  )
  .refine((value) => value !== TEST_PREFIX, refusal('must not be that of test documents', 'not_allowed'));

export const operatorLetterheadRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/operator/letterhead',
    tag: 'operator',
    summary: 'Who writes the invoices, as they say it',
    access: 'operator',
    response: Letterhead,
    run: async ({ tx, headers }) => present(await getIssuerVersion(tx), headers),
  }),
  route({
    method: 'patch',
    path: '/operator/letterhead',
    tag: 'operator',
    summary: 'Change what invoices and notes say of their issuer, from now on',
    description:
      'Drafts show it at once; what is final keeps the letterhead it was issued with. Another prefix begins another series of numbers at 1.',
    access: 'operator',
    recentSignIn: true,
    body: z.strictObject({
      legalName: text(200)
        .refine((value) => value !== '', refusal('must not be empty', 'required'))
        .exactOptional(),
      addressLines: z.array(text(200)).max(10).exactOptional(),
      country: countryCodeOrNone.exactOptional(),
      taxId: text(64).exactOptional(),
      email: email.exactOptional(),
      website: text(200).exactOptional(),
      notes: z.array(text(500)).max(20).exactOptional(),
      seriesPrefix: seriesPrefix.exactOptional(),
    }),
    response: Letterhead,
    run: async ({ tx, body, actor, origin, nowMs, request, headers }) => {
      const before = await lockIssuer(tx);
      assertIfMatch(request, before.updatedAt);
      const after = await changeIssuer(tx, before, body, new Date(nowMs));
      await recordAudit(tx, {
        organizationId: OPERATOR_ORGANIZATION_ID,
        actor: auditActor(actor.actor),
        origin,
        action: 'letterhead-changed',
        target: { kind: 'letterhead', id: after.issuer.id, name: after.issuer.legalName },
        ...changedFields(before.issuer, after.issuer),
        nowMs,
      });
      return present(after, headers);
    },
  }),
];

function present({ issuer, updatedAt }: IssuerVersion, headers: Headers): z.input<typeof Letterhead> {
  setEtag(headers, updatedAt);
  const { id: _, ...shown } = issuer;
  return { ...shown, updatedAt: updatedAt.toISOString() };
}
