import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { readBill } from './read-bill.ts';

const BILL = new URL('./read-bill.ts', import.meta.url).href;
/** What is shown is memory: a machine with other work gets the time that it needs. */
const PROCESS_TIMEOUT_MS = 240_000;
const TEST_TIMEOUT_MS = 300_000;

/** Reads a file that is made there, in a process that has less memory than the console. */
async function readInSmallProcess(makeFile: string): Promise<string> {
  const code = `
    const { readBill } = await import(${JSON.stringify(BILL)});
    const file = ${makeFile};
    const tell = (error) => console.log(error.name + ': ' + error.message);
    await readBill(new Uint8Array(file), 'aws').then(() => console.log('read'), tell);`;
  const flags = ['--max-old-space-size=320', '--input-type=module', '--disable-warning=ExperimentalWarning'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, '-e', code], {
    timeout: PROCESS_TIMEOUT_MS,
  });
  return stdout.trim();
}

/** 1,100,000 rows in 220 bytes; how often a value is repeated stands in four bytes, several times. */
const ROWS = 1_100_000;
const REPEATED = 'c0a38601';
const REPEATED_MORE = 'feffff7f';
function repetitive(): string {
  const column = {
    name: 'line_item_usage_type',
    data: Array<string>(ROWS).fill('x'),
    type: 'STRING' as const,
  };
  const file = parquetWriteBuffer({
    columnData: [column],
    rowGroupSize: ROWS,
    pageSize: 1e9,
    codec: 'UNCOMPRESSED',
  });
  return Buffer.from(file).toString('hex');
}

describe('a file of a few bytes or of the allowed size takes no more memory than there is', () => {
  it(
    'CSV of tens of millions of short rows',
    async () => {
      expect(await readInSmallProcess(`Buffer.from('a\\n' + '1\\n'.repeat(25_000_000))`)).toMatch(
        /^ImportError: .*at most 2000000 rows/,
      );
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'JSON of tens of millions of numbers',
    async () => {
      expect(await readInSmallProcess(`Buffer.from('[' + '1,'.repeat(25_000_000) + '1]')`)).toMatch(
        /^ImportError: .*at most 2000000 parts/,
      );
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'Parquet that says it has a hundred million rows',
    async () => {
      const file = repetitive().replaceAll(REPEATED, REPEATED_MORE);
      expect(await readInSmallProcess(`Buffer.from('${file}', 'hex')`)).toMatch(/^ImportError: .*at most/);
    },
    TEST_TIMEOUT_MS,
  );

  it(
    'Parquet whose runs hold more than it says',
    async () => {
      const honest = repetitive();
      const file = honest.replace(`${REPEATED}0100`, `${REPEATED_MORE}0100`);
      expect(file).not.toBe(honest);
      expect(await readInSmallProcess(`Buffer.from('${file}', 'hex')`)).toMatch(
        /^ImportError: .*more values/,
      );
    },
    TEST_TIMEOUT_MS,
  );
});

function computedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

describe('readBill()', () => {
  it(
    'keeps others waiting for no more than a moment while it reads',
    async () => {
      const line = '{"line_item_usage_type":"EC2","a":1.5,"b":[1,2],"c":"x\\"1"}\n';
      // What this thread computes without a pause, not what passes by the clock: others may have the core meanwhile.
      let longestMs = 0;
      let beforeMs = computedMs();
      const timer = setInterval(() => {
        longestMs = Math.max(longestMs, computedMs() - beforeMs);
        beforeMs = computedMs();
      }, 5);
      await readBill(new TextEncoder().encode(line.repeat(150_000)), 'aws').catch(() => undefined);
      clearInterval(timer);
      // The whole takes seconds.
      expect(longestMs).toBeGreaterThan(0);
      expect(longestMs).toBeLessThan(1_000);
    },
    TEST_TIMEOUT_MS,
  );
});

describe('an amount that no column holds', () => {
  it.each(['1e30', '-99999999999999999999', '1e300'])('%s is refused with its row', async (amount) => {
    const file = `start_time,amount_value,line_item\n1793491200,${amount},"gpt-5, input"\n`;
    await expect(readBill(new TextEncoder().encode(file), 'openai')).rejects.toThrow(/row 1/);
  });
});
