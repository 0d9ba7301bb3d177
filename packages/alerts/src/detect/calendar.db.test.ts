import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestOrganization, type TestOrganization } from '../test-organization.ts';

let acme: TestOrganization;
beforeAll(async () => {
  acme = await openTestOrganization();
});
afterAll(() => acme.close());

/** An open invoice of the month so far back, with a draft note on it. @returns Their ids. */
async function makeNote(kind: 'credit' | 'debit', monthsBack: number) {
  const { organizationId, nowMs } = acme;
  const [invoiceId, noteId] = [newId('invoice', nowMs), newId('creditNote', nowMs)];
  const month = (back: number) => new Date(Date.UTC(2026, 9 - back));
  await acme.inWorker(async (tx) => {
    await tx.$executeRaw`
      INSERT INTO invoices (id, organization_id, livemode, period_start, period_end, time_zone, state)
      VALUES (${invoiceId}, ${organizationId}, true, ${month(monthsBack)}, ${month(monthsBack - 1)}, 'UTC', 'draft')`;
    await tx.$executeRaw`
      UPDATE invoices SET state = 'open', series = 'T', number = ${`T-${monthsBack}`}, frozen = '{}' WHERE id = ${invoiceId}`;
    await tx.$executeRaw`
      INSERT INTO credit_notes (id, organization_id, invoice_id, kind, reason, state)
      VALUES (${noteId}, ${organizationId}, ${invoiceId}, ${kind}, 'correction', 'draft')`;
  });
  return { invoiceId, noteId };
}

async function lookForNotes() {
  acme.nowMs += 60_000;
  await acme.look();
  const alerts = await acme.inConsole((tx) =>
    tx.alert.findMany({ where: { kind: 'late-usage' }, orderBy: { firedAt: 'asc' } }),
  );
  return Object.fromEntries(
    alerts.map(({ causeKey, state, recoveryReason }) => [causeKey, [state, recoveryReason]]),
  );
}

it('a draft credit that nobody can issue any more, because its invoice is void, waits for nobody', async () => {
  const [credit, debit, issued] = [
    await makeNote('credit', 1),
    await makeNote('debit', 2),
    await makeNote('credit', 3),
  ];
  const waiting = ['firing', ''];
  expect(await lookForNotes()).toEqual({
    [credit.noteId]: waiting,
    [debit.noteId]: waiting,
    [issued.noteId]: waiting,
  });
  await acme.inWorker(async (tx) => {
    const voided = [credit.invoiceId, debit.invoiceId];
    await tx.$executeRaw`UPDATE invoices SET state = 'void' WHERE id = ANY(${voided})`;
    await tx.$executeRaw`
      UPDATE credit_notes SET state = 'issued', series = 'D', number = 'D-1', frozen = '{}' WHERE id = ${issued.noteId}`;
  });
  expect(await lookForNotes()).toEqual({
    [credit.noteId]: ['recovered', 'invoice-void'],
    [debit.noteId]: waiting,
    [issued.noteId]: ['recovered', 'issued'],
  });
});

it('counts an entry of late usage once, on however many lines of its note it stands', async () => {
  const { noteId } = await makeNote('credit', 4);
  const { organizationId, nowMs } = acme;
  const lines = ['input', 'output'].map((component) => ({ component, id: newId('invoiceLine', nowMs) }));
  await acme.inWorker(async (tx) => {
    for (const { id, component } of lines) {
      await tx.$executeRaw`
        INSERT INTO credit_note_lines (id, organization_id, credit_note_id, description, component, quantity, amount_pico_usd)
        VALUES (${id}, ${organizationId}, ${noteId}, ${component}, ${component}, 1, 2500000000000)`;
      for (const attempt of [1, 2]) {
        await tx.$executeRaw`
          INSERT INTO credit_note_entries (organization_id, credit_note_line_id, started_at, request_id, attempt, entry)
          VALUES (${organizationId}, ${id}, ${new Date(nowMs)}, 'req_late', ${attempt}, 0)`;
      }
    }
  });
  await lookForNotes();
  const [alert] = await acme.inConsole((tx) => tx.alert.findMany({ where: { causeKey: noteId } }));
  expect(alert?.figures).toMatchObject({ entries: '2', amountUsd: '5.00' });
});
