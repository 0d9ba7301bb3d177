/** The Stripe customer of an organization: one, made when it is first needed. */
import type { Database } from '@tollgate/db';
import type Stripe from 'stripe';
import { NEVER_CHANGED } from '../profile/billing-profile.ts';
import { canonicalCountry } from '../tax/country.ts';
import type { PaymentProcessor } from './stripe-client.ts';

/** In metadata of whatever we make in Stripe. */
export const ORGANIZATION_METADATA = 'tollgate_organization';
/** The id of our invoice, note or top-up. */
export const TARGET_METADATA = 'tollgate_id';

interface ProfileForStripe {
  readonly stripeCustomerId: string | null;
  readonly name: string;
  readonly email: string;
  readonly addressLines: readonly string[];
  readonly country: string;
  readonly region: string;
  readonly taxExempt: boolean;
}

/** Finds or makes it, and brings name and address up to date. Safe to repeat and at once. */
export async function ensureCustomer(
  database: Database,
  { stripe }: PaymentProcessor,
  organizationId: string,
): Promise<string> {
  const profile = await readProfile(database, organizationId);
  const known = profile.stripeCustomerId ?? (await findOrCreate(stripe, organizationId));
  const id = profile.stripeCustomerId ?? (await remember(database, organizationId, known));
  await stripe.customers.update(id, detailsOf(profile));
  return id;
}

async function findOrCreate(stripe: Stripe, organizationId: string): Promise<string> {
  // A try whose answer was lost longer ago than idempotency keys live.
  const found = await stripe.customers.search({
    query: `metadata['${ORGANIZATION_METADATA}']:'${organizationId}'`,
    limit: 1,
  });
  const first = found.data[0];
  if (first !== undefined) return first.id;
  // Nothing in the body that may change before a retry.
  const made = await stripe.customers.create(
    { metadata: { [ORGANIZATION_METADATA]: organizationId } },
    { idempotencyKey: `customer-${organizationId}` },
  );
  return made.id;
}

/** @returns The one that stands, should another process have been first. */
function remember(database: Database, organizationId: string, customerId: string): Promise<string> {
  return database.tenant(organizationId, async (tx) => {
    const [row] = await tx.$queryRaw<{ id: string }[]>`
      INSERT INTO billing_profiles AS p (organization_id, address_lines, stripe_customer_id, updated_at)
      VALUES (${organizationId}, '{}', ${customerId}, ${NEVER_CHANGED})
      ON CONFLICT (organization_id) DO UPDATE SET stripe_customer_id = COALESCE(p.stripe_customer_id, excluded.stripe_customer_id)
      RETURNING stripe_customer_id AS id`;
    return row!.id;
  });
}

function detailsOf(profile: ProfileForStripe): Stripe.CustomerUpdateParams {
  const [line1 = '', ...rest] = profile.addressLines;
  const country = canonicalCountry(profile.country);
  return {
    name: profile.name,
    ...(profile.email === '' ? {} : { email: profile.email }),
    ...(line1 === ''
      ? {}
      : {
          address: {
            line1,
            line2: rest.join(', '),
            state: profile.region,
            ...(country === '' ? {} : { country }),
          },
        }),
    tax_exempt: profile.taxExempt ? 'exempt' : 'none',
  };
}

function readProfile(database: Database, organizationId: string): Promise<ProfileForStripe> {
  return database.tenant(organizationId, async (tx) => {
    const [row] = await tx.$queryRaw<ProfileForStripe[]>`
      SELECT p.stripe_customer_id AS "stripeCustomerId", COALESCE(NULLIF(p.legal_name, ''), o.name) AS name,
        COALESCE(p.email, '') AS email, COALESCE(p.address_lines, '{}') AS "addressLines",
        COALESCE(p.country, '') AS country, COALESCE(p.region, '') AS region, COALESCE(p.tax_exempt, false) AS "taxExempt"
      FROM organizations o LEFT JOIN billing_profiles p ON p.organization_id = o.id WHERE o.id = ${organizationId}`;
    return row!;
  });
}
