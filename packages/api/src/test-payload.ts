/** For tests: a request in the log, and what it said, as a gateway would have kept it. */
import { openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { type Payload, PayloadKeeper } from '@tollgate/payloads';
import type { TestApi } from './test-api.ts';

export interface TestRequest {
  readonly organizationId: string;
  readonly startedAtMs: number;
  readonly payload?: Payload;
}

/** @returns Its id. */
export async function addRequest(test: TestApi, request: TestRequest): Promise<string> {
  const { organizationId, startedAtMs, payload } = request;
  const requestId = newId('request', startedAtMs);
  const worker = openDatabase({ url: test.testDatabase.urls.worker, applicationName: 'add-request' });
  try {
    const row = { organizationId, requestId, startedAt: new Date(startedAtMs), keyId: 'key_1', teamId: '' };
    const call = { endpoint: 'chat.completions', dialect: 'openai', model: 'sim-small', status: 200 };
    await worker.tenant(organizationId, (tx) =>
      tx.requestLog.create({ data: { ...row, ...call }, select: { requestId: true } }),
    );
  } finally {
    await worker.close();
  }
  if (payload !== undefined) await keepPayload(test, { organizationId, requestId, startedAtMs, payload });
  return requestId;
}

/** Whether or not the organization keeps any. */
export async function keepPayload(
  test: TestApi,
  record: Parameters<PayloadKeeper['keep']>[0],
): Promise<void> {
  const gateway = openDatabase({ url: test.testDatabase.urls.gateway, applicationName: 'keep-payload' });
  const { encryptionKeys, logger } = test.options;
  let leftOut = 0;
  const onLeftOut = (count: number) => {
    leftOut += count;
  };
  const keeper = new PayloadKeeper({ database: gateway, encryptionKeys, logger, onLeftOut });
  try {
    keeper.keep(record);
    await keeper.close(60_000);
    if (leftOut > 0) throw new Error('Cannot keep a payload: Postgres did not take it');
  } finally {
    await gateway.close();
  }
}
