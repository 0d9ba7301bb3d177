/** What an organization may say of itself as a debtor, where it would otherwise decide what is collected of it. */
import { type BillingProfileView, isTaxIdOf, type ProfileChange, taxIdExample } from '@tollgate/billing';
import type { Transaction } from '@tollgate/db';
import type { OrganizationActor } from '@tollgate/identity';
import { ApiProblem, invalidField } from '../framework/problem.ts';

/**
 * Collection by hand: where Stripe collects, nobody would be told of the invoice. Whoever has it keeps it.
 *
 * @throws {ApiProblem} `permission_denied`.
 */
export function assertMayCollect(
  { actor }: Pick<OrganizationActor, 'actor'>,
  before: Pick<BillingProfileView, 'collectionMode'>,
  { collectionMode }: Pick<ProfileChange, 'collectionMode'>,
): void {
  if (collectionMode !== 'manual' || before.collectionMode === 'manual') return;
  if (actor.kind === 'person' && actor.isOperator) return;
  throw new ApiProblem(
    'permission_denied',
    'Cannot have invoices collected by hand: where Stripe collects them, only the operator may choose that',
  );
}

/**
 * A tax id has the form of the address's country, where that form is known. What is not changed is not judged, so that
 * an id from before stands in nobody's way; it takes no tax away either.
 *
 * @throws {ApiProblem} `invalid_request` at `taxId`, with an example of what is expected.
 */
export function assertTaxIdForm(
  before: Pick<BillingProfileView, 'country' | 'taxId'>,
  change: Pick<ProfileChange, 'country' | 'taxId'>,
): void {
  const { country, taxId } = { ...before, ...change };
  if (taxId === '' || (country === before.country && taxId === before.taxId)) return;
  const expected = taxIdExample(country);
  if (expected === undefined || isTaxIdOf(country, taxId)) return;
  const message = `must have the form of a tax id of ${country}, such as ${expected}`;
  throw new ApiProblem('invalid_request', message, {
    errors: [{ path: 'body.taxId', message, code: 'tax_id', expected }],
  });
}

/**
 * Without a country no tax is found: whoever is billed may move, but not to nowhere. What is billed is an invoice for
 * real, or what one will say: usage of the running month, or a plan with a fee.
 *
 * @throws {ApiProblem} `invalid_request` at `country`.
 */
export async function assertKeepsCountry(
  tx: Transaction,
  organizationId: string,
  before: Pick<BillingProfileView, 'country'>,
  { country }: Pick<ProfileChange, 'country'>,
): Promise<void> {
  if (country !== '' || before.country === '') return;
  const [billed] = await tx.$queryRaw<{ is: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM invoices WHERE organization_id = ${organizationId} AND kind = 'invoice' AND livemode
        AND (state <> 'draft' OR subtotal_pico_usd <> 0))
      OR EXISTS (SELECT 1 FROM subscriptions WHERE organization_id = ${organizationId}
        AND monthly_fee_pico_usd + seat_fee_pico_usd > 0) AS "is"`;
  if (billed?.is !== true) return;
  const message = 'must not be empty: something was billed, and the country decides how it is taxed';
  throw invalidField('body.country', message, 'country_needed');
}
