/**
 * Stating a price and taking back one that is yet to come: with its audit event and the note to gateways, in one
 * transaction. A price that was in force is never changed: entries name it.
 */
import { recordAudit } from '@tollgate/audit';
import { type PriceLayer, type PriceVersion, priceToJson } from '@tollgate/catalog';
import { priceFromRow, priceToRow } from '@tollgate/catalog/store';
import { isUniqueViolation, type Transaction } from '@tollgate/db';
import { auditActor } from '@tollgate/identity';
import { newId } from '@tollgate/ids';
import type { z } from 'zod';
import { recordChange } from '../framework/change-feed.ts';
import { ApiProblem, invalidField, notFound } from '../framework/problem.ts';
import type { OrganizationCall } from '../framework/route.ts';
import { type NewPrice, parsePriceBody } from './price-input.ts';

/** What is needed of a call, in the organization whose price it is. */
export type PriceCall = Pick<
  OrganizationCall<unknown, unknown, unknown>,
  'tx' | 'organizationId' | 'actor' | 'origin' | 'nowMs' | 'context' | 'afterCommit'
>;

export interface PriceOwner {
  readonly layer: Exclude<PriceLayer, 'catalogue'>;
  readonly ownCredentialsOnly: boolean;
}

/** @throws {ApiProblem} `invalid_request` with the field. */
export async function statePrice(
  call: PriceCall,
  input: z.output<typeof NewPrice>,
  { layer, ownCredentialsOnly }: PriceOwner,
): Promise<PriceVersion> {
  const { tx, organizationId, nowMs } = call;
  const price: PriceVersion = {
    id: newId('priceVersion', nowMs),
    layer,
    organizationId: layer === 'organization' ? organizationId : null,
    provider: input.provider,
    model: input.model,
    region: input.region ?? null,
    serviceTier: input.serviceTier,
    currency: 'USD',
    validFrom: input.validFrom ?? new Date(nowMs),
    ...parsePriceBody(input),
    source: input.source,
    sourceDate: new Date(nowMs).toISOString().slice(0, 10),
    ...(ownCredentialsOnly ? { ownCredentialsOnly } : {}),
  };
  await insertPrice(tx, price);
  await recordPriceEvent(call, 'price-stated', price, 'after');
  await recordChange(call, tx, 'policy-changed', price.id);
  return price;
}

async function insertPrice(tx: Transaction, price: PriceVersion): Promise<void> {
  await tx.$executeRaw`SAVEPOINT price`;
  try {
    await tx.priceVersion.create({ data: priceToRow(price), select: { id: true } });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    await tx.$executeRaw`ROLLBACK TO SAVEPOINT price`;
    throw invalidField(
      'body.validFrom',
      'is taken: a price begins at that very instant, and a stated price does not change; begin a millisecond later',
      'taken',
    );
  }
}

/** Entries are recorded seconds after their price was fixed, by clocks that differ. */
export const LAST_MOMENT_MS = 60_000;

/** @throws {ApiProblem} `not_found`, or `in_use`: it is in force, or about to be. */
export async function removeScheduledPrice(
  call: PriceCall,
  id: string,
  owns: (price: PriceVersion) => boolean,
): Promise<void> {
  const { tx, organizationId, nowMs } = call;
  const row = await tx.priceVersion.findFirst({ where: { id, organizationId } });
  const price = row === null ? undefined : priceFromRow(row);
  if (price === undefined || !owns(price)) throw notFound('price');
  if (price.validFrom.getTime() <= nowMs + LAST_MOMENT_MS) {
    throw new ApiProblem('in_use', 'Cannot remove the price: only one that is yet to come can be removed', {
      reason: 'price_in_force',
    });
  }
  await tx.priceVersion.deleteMany({ where: { id, organizationId } });
  await recordPriceEvent(call, 'price-removed', price, 'before');
  await recordChange(call, tx, 'policy-changed', id);
}

async function recordPriceEvent(
  { tx, organizationId, actor, origin, nowMs }: PriceCall,
  action: string,
  price: PriceVersion,
  side: 'before' | 'after',
): Promise<void> {
  const { id, organizationId: _, ...fields } = priceToJson(price);
  await recordAudit(tx, {
    organizationId,
    actor: auditActor(actor.actor),
    origin,
    action,
    target: { kind: 'price', id, name: `${price.provider}/${price.model}` },
    before: side === 'before' ? fields : null,
    after: side === 'after' ? fields : null,
    nowMs,
  });
}

/** Whether an organization may take a price back itself: what it has stated for its own credentials. */
export function isOwnPrice(price: PriceVersion): boolean {
  return price.layer === 'organization' && price.ownCredentialsOnly === true;
}

export function isOperatorPrice(price: PriceVersion): boolean {
  return price.layer === 'operator' || (price.layer === 'organization' && price.ownCredentialsOnly !== true);
}
