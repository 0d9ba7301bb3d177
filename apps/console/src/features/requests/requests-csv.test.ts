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
  spentUsd: '0.000043500001',
  estimated: false,
  totalMs: 1_200,
  firstTokenMs: null,
  overheadUs: 300,
  attempts: [],
  ...fields,
});

describe('toRequestsCsv()', () => {
  it('[M4] has the columns that are shown, and amounts with every digit', () => {
    const csv = toRequestsCsv([request({}), request({ costUsd: null, spentUsd: null })], ['time', 'cost']);
    expect(csv.split('\r\n')).toEqual([
      'id,livemode,startedAt,spentUsd,costUsd,chargeUsd,estimated',
      'req_1,true,2026-11-21T12:00:00.000Z,0.000043500001,0.000043500001,0,false',
      'req_1,true,2026-11-21T12:00:00.000Z,,,0,false',
      '',
    ]);
  });

  it('has what the API says was spent, whosever credentials were used', () => {
    const fellBack = request({ costUsd: '0.03', chargeUsd: '0.03', spentUsd: '0.04' });
    expect(toRequestsCsv([fellBack], ['cost']).split('\r\n')[1]).toBe('req_1,true,0.04,0.03,0.03,false');
  });

  it('has the tokens as the table counts them, and each kind apart', () => {
    const [head, line] = toRequestsCsv(
      [request({ cachedInputTokens: 30, cacheWriteTokens: 2, reasoningTokens: 7 })],
      ['tokens'],
    ).split('\r\n');
    expect(head).toBe(
      'id,livemode,totalInputTokens,inputTokens,cachedInputTokens,cacheWriteTokens,totalOutputTokens,outputTokens,reasoningTokens',
    );
    expect(line).toBe('req_1,true,42,10,30,2,12,5,7');
  });

  it('holds nothing that a spreadsheet runs, whatever keys and users are called', () => {
    const [, line = ''] = toRequestsCsv([request({})], ['key', 'user', 'tags']).split('\r\n');
    expect(line).toBe(`req_1,true,"'=cmd|calc",key_1,"'@ada, ""L""","{""env"":""prod""}"`);
  });
});
