import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestOrganization, type TestOrganization } from '../test-organization.ts';
import { describeAlert } from '../text/alert-text.ts';

let acme: TestOrganization;
beforeAll(async () => {
  acme = await openTestOrganization();
});
afterAll(() => acme.close());

it('a final invoice is told with the days that stand on it', async () => {
  const { organizationId, nowMs } = acme;
  const id = newId('invoice', nowMs);
  await acme.inWorker(async (tx) => {
    await tx.$executeRaw`
      INSERT INTO invoices (id, organization_id, livemode, period_start, period_end, time_zone, state)
      VALUES (${id}, ${organizationId}, true, '2026-11-01T07:00Z', '2026-12-01T08:00Z', 'America/Los_Angeles', 'draft')`;
    await tx.$executeRaw`
      UPDATE invoices SET state = 'open', series = 'T', number = 'T-1', due_at = '2027-01-04T01:00Z', frozen = '{}' WHERE id = ${id}`;
    await tx.$executeRaw`
      INSERT INTO outbox_events (id, organization_id, kind, target_id, payload, created_at)
      VALUES (${newId('event', nowMs)}, ${organizationId}, 'invoice-finalized', ${id},
        '{"state": "open", "number": "T-1", "totalPicoUsd": "0"}', ${new Date(nowMs)})`;
  });
  await acme.look();
  const [alert] = await acme.inConsole((tx) => tx.alert.findMany({ where: { kind: 'invoice-finalized' } }));
  const figures = alert!.figures as Record<string, string>;
  const words = describeAlert({ ...alert!, figures }, { locale: 'en', timeZone: 'Europe/Berlin' });
  expect(words.sentence).toBe('$0.00 for Nov 1, 2026 to Nov 30, 2026.');
  expect(words.facts).toContainEqual({ label: 'Due', value: 'Jan 3, 2027' });
});
