/** For tests: a request in the log, and what it said, as a gateway would have kept it. */
import { newId } from '@tollgate/ids';
import { type Payload, PayloadKeeper } from '@tollgate/payloads';
import { waitFor } from '@tollgate/testing';
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
  const worker = test.openAs('worker', 'test-payload');
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
  const gateway = test.openAs('gateway', 'test-payload');
  const { encryptionKeys, logger } = test.options;
  const keeper = new PayloadKeeper({ database: gateway, encryptionKeys, logger });
  try {
    keeper.keep(record);
    await waitFor(async () => {
      await keeper.whenBrought();
      return keeper.bufferedBytes === 0;
    });
  } finally {
    await keeper.close();
    await gateway.close();
  }
}
