/**
 * Log files of services that write to an inherited file descriptor, kept bounded.
 *
 * The writer appends (O_APPEND), so that copying and truncating under it is safe.
 */
import { copyFile, type FileHandle, open, readFile, stat, truncate } from 'node:fs/promises';

const LOG_MAX_BYTES = 8 * 1024 * 1024;

/** Opens for appending, after trimming. The caller closes the handle once a child has inherited it. */
export async function openLogFile(path: string): Promise<FileHandle> {
  await trimLogFile(path);
  return open(path, 'a', 0o640);
}

/** When the file has outgrown `maxBytes`, keeps it as `PATH.1` and starts it anew. */
export async function trimLogFile(path: string, maxBytes: number = LOG_MAX_BYTES): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.size <= maxBytes) return;
  await copyFile(path, `${path}.1`);
  await truncate(path);
}

/** The last lines of a log, for an error message. Empty when there is no log. */
export async function readLogTail(path: string, lines = 12): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
