import type { RequestSummary } from '@tollgate/api';
import { describe, expect, it } from 'vitest';
import { toRequestsCsv } from './requests-csv.ts';

const request = (fields: Partial<RequestSummary>): RequestSummary => ({
  id: 'req_1',
  startedAt: '2026-11-21T12:00:00.000Z',
  keyId: 'key_1',
  keyName: '=cmd|calc',
  teamId: null,
  teamName: null,
  ownerId: null,
  endUser: '@ada, "L"',
  tags: { env: 'prod' },
  sessionId: '',
  endpoint: 'chat.completions',
  requestedModel: 'gpt-5',
  model: 'gpt-5.2',
  provider: 'openai',
  dialect: 'openai',
  providerFormat: null,
  translated: false,
  unsupported: [],
  streamed: false,
  livemode: true,
  status: 200,
  errorCode: '',
  inputTokens: 10,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 5,
  reasoningTokens: 0,
  costUsd: '0.000043500001',
  chargeUsd: '0',
  estimated: false,
  totalMs: 1_200,
  firstTokenMs: null,
  overheadUs: 300,
  attempts: [],
  ...fields,
});

describe('toRequestsCsv()', () => {
  it('[M4] has the columns that are shown, and amounts with every digit', () => {
    const csv = toRequestsCsv([request({}), request({ costUsd: null })], ['time', 'cost']);
    expect(csv.split('\r\n')).toEqual([
      'id,livemode,startedAt,spentUsd,costUsd,chargeUsd,estimated',
      'req_1,true,2026-11-21T12:00:00.000Z,0.000043500001,0.000043500001,0,false',
      'req_1,true,2026-11-21T12:00:00.000Z,,,0,false',
      '',
    ]);
  });

  it('holds nothing that a spreadsheet runs, whatever keys and users are called', () => {
    const [, line = ''] = toRequestsCsv([request({})], ['key', 'user', 'tags']).split('\r\n');
    expect(line).toBe(`req_1,true,"'=cmd|calc",key_1,"'@ada, ""L""","{""env"":""prod""}"`);
  });
});
