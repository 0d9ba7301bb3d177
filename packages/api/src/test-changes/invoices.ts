/**
 * For tests: changes of invoices and notes. Each is of an organization of its own whose month before this one had test
 * traffic: of that anybody who may write invoices may say what became of it.
 */
import { expect } from 'vitest';
import type { TestPerson } from '../test-api.ts';
import { addRolledUpUsage } from '../test-usage.ts';
import { type Change, type Changes, newPerson, type World } from './change.ts';

/** In the month before this one. */
function lastMonth({ test }: World): Date {
  const now = test.clock.now();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 15));
}

async function useInLastMonth(world: World, { organizationId }: TestPerson): Promise<void> {
  const startedMs = lastMonth(world).getTime();
  await addRolledUpUsage(world.worker, { organizationId, count: 2, livemode: false, startedMs });
}

interface InvoiceOf {
  readonly by: TestPerson;
  readonly path: string;
}

async function draftInvoice(world: World): Promise<InvoiceOf> {
  const by = await newPerson(world);
  await useInLastMonth(world, by);
  const { data } = (await by.call('GET', '/invoices?state=draft&livemode=false')).body;
  return { by, path: `/invoices/${data[0].id}` };
}

async function openInvoice(world: World): Promise<InvoiceOf> {
  const invoice = await draftInvoice(world);
  const { status, text } = await invoice.by.call('POST', `${invoice.path}/finalize`);
  expect(status, text).toBe(200);
  return invoice;
}

const stepOf = (name: string) => async (world: World) => {
  const { by, path } = await openInvoice(world);
  return { by, path: `${path}/${name}` };
};

/** Every step before the number is done. */
async function monthToFinalize(world: World): Promise<Change> {
  const { by } = await draftInvoice(world);
  const body = { at: lastMonth(world).toISOString(), livemode: false };
  const { steps } = (await by.call('GET', `/month-close?at=${body.at}&livemode=false`)).body;
  for (const { step, state } of steps) {
    if (state !== 'attention') continue;
    const answer = await by.call('POST', '/month-close/steps', { ...body, step });
    expect(answer.status, `${step}: ${answer.text}`).toBe(200);
  }
  return { by, body };
}

export const INVOICE_CHANGES: Changes = {
  'post /invoices/{id}/finalize': async (world) => {
    const { by, path } = await draftInvoice(world);
    return { by, path: `${path}/finalize` };
  },
  'post /invoices/{id}/mark-paid': stepOf('mark-paid'),
  'post /invoices/{id}/void': stepOf('void'),
  'post /invoices/{id}/mark-uncollectible': stepOf('mark-uncollectible'),
  'post /credit-notes/{id}/issue': async (world) => {
    const { by } = await openInvoice(world);
    await useInLastMonth(world, by);
    const { data } = (await by.call('GET', '/credit-notes')).body;
    return { by, path: `/credit-notes/${data[0].id}/issue` };
  },
  'post /month-close/finalize': monthToFinalize,
  'post /month-close/send': async (world) => {
    const { by } = await openInvoice(world);
    const recipients = ['accounts@example.com'];
    return { by, body: { at: lastMonth(world).toISOString(), livemode: false, recipients } };
  },
};
