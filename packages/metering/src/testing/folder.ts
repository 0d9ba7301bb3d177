/** A folder for one test, removed when the test ends. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

// Memory where there is some: these tests sync very often, and what a disk keeps is not what they are about.
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export function testFolder(): string {
  const folder = mkdtempSync(join(PARENT, 'tollgate-metering-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
