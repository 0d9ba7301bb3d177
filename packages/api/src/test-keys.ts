/** Keys and what was asked with them, for tests that need some. */
import { newId } from '@tollgate/ids';
import type { TestApi, TestPerson } from './test-api.ts';

/** @returns The new key's id. */
export async function makeKey({ call }: TestPerson, name: string, more: object = {}): Promise<string> {
  const answer = await call('POST', '/keys', { name, ...more });
  if (answer.status !== 201) throw new Error(`No key: ${answer.text}`);
  return answer.body.key.id;
}

/** Through every page of the list: the ids of the keys that a query finds. */
export async function everyKeyId(person: TestPerson, query: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor = '';
  do {
    const { body, status, text } = await person.call('GET', `/keys?limit=193&${query}${cursor}`);
    if (status !== 200) throw new Error(`No keys: ${text}`);
    ids.push(...body.data.map(({ id }: { id: string }) => id));
    if (new Set(ids).size < ids.length) throw new Error('A key is on two pages');
    cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
  } while (cursor !== '');
  return ids;
}

/** Requests as a worker records them, the last one a millisecond ago. @returns Their ids, the newest first. */
export async function seedRequests(
  test: TestApi,
  person: TestPerson,
  keyId: string,
  count: number,
  more: {
    readonly spacedMs: number;
    readonly agoMs?: number;
    readonly refusal?: object;
    readonly status?: number;
  },
): Promise<string[]> {
  const worker = test.openAs('worker', 'seed');
  const ids: string[] = [];
  await worker.tenant(person.organizationId, async (tx) => {
    for (let index = 0; index < count; index++) {
      const startedAtMs = test.clock.nowMs() - (more.agoMs ?? 0) - index * more.spacedMs - 1;
      const requestId = newId('request', startedAtMs);
      ids.push(requestId);
      await tx.requestLog.create({
        data: {
          organizationId: person.organizationId,
          startedAt: new Date(startedAtMs),
          requestId,
          keyId,
          endpoint: 'chat.completions',
          dialect: 'openai',
          requestedModel: 'nothing-serves-this',
          model: 'gpt-5',
          status: more.status ?? 200,
          errorCode: more.refusal === undefined ? '' : String((more.refusal as { code: string }).code),
          ...(more.refusal === undefined ? {} : { refusal: more.refusal }),
          attempts: more.refusal === undefined ? 1 : 0,
          totalMs: 1_000,
          clientAddress: '198.51.100.7',
        },
        select: { requestId: true },
      });
    }
  });
  await worker.close();
  return ids;
}
