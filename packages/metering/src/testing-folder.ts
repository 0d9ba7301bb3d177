/** A folder for one test, removed when the test ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-metering-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
