import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { parseAmount } from './exact-amount.ts';
import { ImportError } from './import-error.ts';
import { matchModel } from './model-name.ts';
import { readBill } from './read-bill.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const summary = async (file: Uint8Array, provider: 'openai' | 'anthropic' | 'aws') => {
  const bill = await readBill(file, provider);
  return {
    total: bill.totalPicoUsd,
    days: [bill.firstDay, bill.lastDay],
    ignored: bill.ignoredRows,
    lines: bill.lines.map((line) => [
      line.day,
      line.providerModel,
      line.component,
      line.tier,
      line.quantity,
      line.amountPicoUsd,
    ]),
  };
};

describe('readBill()', () => {
  it('reads the cost export of OpenAI’s dashboard', async () => {
    const file = [
      '\uFEFFstart_time,end_time,start_time_iso,amount_value,amount_currency,line_item,project_id',
      '1793491200,1793577600,2026-11-01T00:00:00Z,0.1,usd,"gpt-5-2026-08-07, input",proj_1',
      '1793491200,1793577600,2026-11-01T00:00:00Z,1.2e-05,usd,"gpt-5-2026-08-07, cached input",proj_1',
      '1793577600,1793664000,2026-11-02T00:00:00Z,0.30000000000000004,usd,"gpt-5-2026-08-07, batch output",proj_1',
    ].join('\n');
    expect(await summary(bytes(file), 'openai')).toEqual({
      total: 400_012_000_000n,
      days: ['2026-11-01', '2026-11-02'],
      ignored: 0,
      lines: [
        ['2026-11-01', 'gpt-5-2026-08-07', 'input', 'standard', 0n, 100_000_000_000n],
        ['2026-11-01', 'gpt-5-2026-08-07', 'cachedInput', 'standard', 0n, 12_000_000n],
        ['2026-11-02', 'gpt-5-2026-08-07', 'output', 'batch', 0n, 300_000_000_000n],
      ],
    });
  });

  it('reads pages of OpenAI’s costs with the digits that they have', async () => {
    const page = `{"object":"page","data":[{"object":"bucket","start_time":1793491200,"end_time":1793577600,"results":[
      {"object":"organization.costs.result","amount":{"value":0.06,"currency":"usd"},"line_item":"gpt-5, input","project_id":null},
      {"object":"organization.costs.result","amount":{"value":0.000000000001,"currency":"usd"},"line_item":"gpt-5, output","project_id":null}]}],"has_more":false}`;
    expect((await summary(bytes(page), 'openai')).total).toBe(60_000_000_001n);
  });

  it('reads Anthropic’s cost report, whose amounts are cents, and its CSV, whose amounts are dollars', async () => {
    const report = JSON.stringify({
      data: [
        {
          starting_at: '2026-11-01T00:00:00Z',
          ending_at: '2026-11-02T00:00:00Z',
          results: [
            {
              amount: '123.45',
              currency: 'USD',
              cost_type: 'tokens',
              model: 'claude-sonnet-4-5',
              token_type: 'uncached_input_tokens',
              service_tier: 'standard',
              workspace_id: null,
            },
            {
              amount: '1',
              currency: 'USD',
              cost_type: 'tokens',
              model: 'claude-sonnet-4-5',
              token_type: 'cache_creation.ephemeral_1h_input_tokens',
              service_tier: 'batch',
              workspace_id: null,
            },
          ],
        },
      ],
    });
    expect(await summary(bytes(report), 'anthropic')).toMatchObject({
      total: 1_244_500_000_000n,
      lines: [
        ['2026-11-01', 'claude-sonnet-4-5', 'input', 'standard', 0n, 1_234_500_000_000n],
        ['2026-11-01', 'claude-sonnet-4-5', 'cacheWrite1h', 'batch', 0n, 10_000_000_000n],
      ],
    });
    const csv =
      'usage_date_utc,model,workspace,token_type,cost_usd,cost_type\n2026-11-01,claude-sonnet-4-5,Default,output,1.25,token\n';
    expect((await summary(bytes(csv), 'anthropic')).total).toBe(1_250_000_000_000n);
  });

  it('reads the lines about Bedrock of a cost and usage report, from CSV of either age and from Parquet', async () => {
    const legacy = [
      'lineItem/UsageStartDate,lineItem/ProductCode,lineItem/UsageType,lineItem/LineItemType,lineItem/UnblendedCost,lineItem/UsageAmount,lineItem/CurrencyCode,pricing/unit',
      '2026-11-01T05:00:00Z,AmazonBedrock,USE1-Claude3Sonnet-input-tokens,Usage,0.0030000000,1.0,USD,1K tokens',
      '2026-11-01T06:00:00Z,AmazonEC2,BoxUsage,Usage,7.2,1,USD,Hrs',
      '2026-11-01T00:00:00Z,AmazonBedrock,,Tax,0.19,1,USD,',
    ].join('\n');
    expect(await summary(bytes(legacy), 'aws')).toMatchObject({
      total: 193_000_000_000n,
      ignored: 1,
      lines: [
        ['2026-11-01', 'Claude3Sonnet', 'input', 'standard', 1_000n, 3_000_000_000n],
        ['2026-11-01', '', 'tax', 'standard', 0n, 190_000_000_000n],
      ],
    });
    const parquet = parquetWriteBuffer({
      columnData: [
        { name: 'line_item_usage_start_date', data: [new Date('2026-11-01T05:00:00Z')], type: 'TIMESTAMP' },
        { name: 'line_item_product_code', data: ['AmazonBedrock'], type: 'STRING' },
        { name: 'line_item_usage_type', data: ['USE1-Claude3Sonnet-output-tokens'], type: 'STRING' },
        { name: 'line_item_unblended_cost', data: [0.015], type: 'DOUBLE' },
      ],
    });
    expect((await summary(new Uint8Array(parquet), 'aws')).total).toBe(15_000_000_000n);
  });

  it.each([
    ['an empty file', '', 'openai', 0, ''],
    [
      'an amount that is none',
      'start_time,amount_value,line_item\n1793491200,0.1,"gpt-5, input"\n1793491200,many,"gpt-5, input"\n',
      'openai',
      2,
      'amount_value',
    ],
    [
      'a row without its day',
      'start_time,amount_value,line_item\n,0.1,"gpt-5, input"\n',
      'openai',
      1,
      'start_time',
    ],
    [
      'another currency',
      'start_time,amount_value,amount_currency\n1793491200,0.1,eur\n',
      'openai',
      1,
      'amount_currency',
    ],
    ['rows of another width', 'start_time,amount_value\n1793491200,0.1,2\n', 'openai', 1, ''],
    ['a file about something else', 'lineItem/ProductCode\nAmazonEC2\n', 'aws', 0, ''],
    ['JSON that is none', '{"data": [', 'openai', 1, ''],
  ] as const)('names row and column of %s', async (_name, text, provider, row, column) => {
    const error = await readBill(bytes(text), provider).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ImportError);
    expect(error).toMatchObject({ row, ...(column === '' ? {} : { column }) });
  });
});

describe('parseAmount()', () => {
  it.each([
    ['0.1', 100_000_000_000n],
    ['-1.5', -1_500_000_000_000n],
    ['1e-12', 1n],
    ['4.9e-13', 0n],
    ['5e-13', 1n],
    ['.5', 500_000_000_000n],
    ['$3', 3_000_000_000_000n],
    ['', undefined],
    ['1,5', undefined],
    ['1e999', undefined],
    ['NaN', undefined],
  ])('reads %j', (text, amount) => {
    expect(parseAmount(text)).toBe(amount);
  });
});

describe('matchModel()', () => {
  const known = ['gpt-5', 'gpt-5-mini', 'claude-sonnet-4-5', 'anthropic.claude-3-sonnet-20240229-v1:0'];
  it.each([
    ['gpt-5-2026-08-07', 'gpt-5'],
    ['gpt-5-mini', 'gpt-5-mini'],
    ['Claude Sonnet 4.5', 'claude-sonnet-4-5'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
    ['Claude3Sonnet', 'anthropic.claude-3-sonnet-20240229-v1:0'],
    ['gpt-4o', undefined],
    ['', undefined],
  ])('takes %s for %s', (name, model) => {
    expect(matchModel(name, known)).toBe(model);
  });
});
