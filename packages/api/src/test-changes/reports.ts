/** For tests: changes of what is kept, exported, compared and imported. */
import { newId } from '@tollgate/ids';
import { type Changes, lifeOf, make, unique, type World } from './change.ts';

const BUCKET = {
  endpoint: 'http://127.0.0.1:9',
  region: 'eu-central-1',
  accessKeyId: 'AKIACHANGE',
  secretAccessKey: '0123456789abcdef',
};

/** A file of its own each: one that is known is not imported again. */
const bill = () => `start_time,amount_value,line_item\n1793491200,1.5,"${unique()}, input"\n`;
const spend = 'startTime,model,spend\n2026-11-01T00:00:00Z,change,1.5\n';

async function exportDelivery({ test, owner, worker }: World): Promise<string> {
  const { organizationId } = owner;
  const destinationId = await make(owner, '/export-destinations', {
    name: unique(),
    bucket: unique(),
    ...BUCKET,
  });
  const schedule = { name: unique(), format: 'jsonl', destinationId };
  const scheduleId = await make(owner, '/export-schedules', schedule);
  const nowMs = test.clock.nowMs();
  const [id, exportId] = [newId('exportDelivery', nowMs), newId('dataExport', nowMs)];
  const question = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z', gzip: true };
  const asked = { kind: 'usage', format: 'csv', state: 'waiting', question };
  await worker.tenant(organizationId, async (tx) => {
    await tx.dataExport.create({
      data: { id: exportId, organizationId, ...asked, actorKind: 'system', actorId: 'seed' },
      select: { id: true },
    });
    const brought = { destinationId, scheduleId, exportId, objectKey: unique() };
    await tx.exportDelivery.create({ data: { id, organizationId, ...brought }, select: { id: true } });
  });
  return id;
}

export const REPORT_CHANGES: Changes = {
  ...lifeOf('/saved-views', () => ({ name: unique(), question: { q: 'status:>=400' }, shared: true }), {
    name: 'Changed',
  }),
  ...lifeOf('/saved-reports', () => ({ name: unique(), question: {}, shared: true }), { name: 'Changed' }),
  'post /exports': ({ owner }) => ({
    by: owner,
    body: { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z', format: 'csv' },
  }),
  ...lifeOf('/export-schedules', () => ({ name: unique(), format: 'csv' }), undefined),
  ...lifeOf('/export-destinations', () => ({ name: unique(), bucket: unique(), ...BUCKET }), {
    name: 'Changed',
  }),
  'post /export-destinations/{id}/test': async ({ owner }) => {
    const id = await make(owner, '/export-destinations', { name: unique(), bucket: unique(), ...BUCKET });
    return { by: owner, path: `/export-destinations/${id}/test`, body: {} };
  },
  'post /export-deliveries/{id}/repeat': async (world) => ({
    by: world.owner,
    path: `/export-deliveries/${await exportDelivery(world)}/repeat`,
    body: {},
  }),
  'post /reconciliations': ({ owner }) => ({
    by: owner,
    path: `/reconciliations?provider=openai&fileName=${unique()}`,
    body: bill(),
  }),
  'delete /reconciliations/{id}': async ({ owner }) => ({
    by: owner,
    path: `/reconciliations/${await make(owner, `/reconciliations?provider=openai&fileName=${unique()}`, bill())}`,
  }),
  'post /reconciliations/{id}/compare': async ({ owner }) => ({
    by: owner,
    path: `/reconciliations/${await make(owner, `/reconciliations?provider=openai&fileName=${unique()}`, bill())}/compare`,
    body: {},
  }),
  'post /reconciliations/{id}/decide': async ({ owner }) => {
    const id = await make(owner, `/reconciliations?provider=openai&fileName=${unique()}`, bill());
    const { data } = (await owner.call('GET', `/reconciliations/${id}/differences`)).body;
    const positions = data.map(({ position }: { position: number }) => position);
    return { by: owner, path: `/reconciliations/${id}/decide`, body: { positions, decision: 'accept' } };
  },
  'post /usage-imports': ({ owner }) => ({
    by: owner,
    path: `/usage-imports?source=litellm&fileName=${unique()}`,
    body: spend,
  }),
  'delete /usage-imports/{id}': async ({ owner }) => ({
    by: owner,
    path: `/usage-imports/${await make(owner, `/usage-imports?source=litellm&fileName=${unique()}`, spend)}`,
  }),
};
