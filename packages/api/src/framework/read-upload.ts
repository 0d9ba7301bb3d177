/** Files that come as the body of a request, whatever type they say they have. */
import { ApiProblem } from './problem.ts';
import { readBytes } from './read-bytes.ts';

/** @throws {ApiProblem} `request_too_large`, `request_timeout`; `invalid_request` for an empty one. */
export async function readUpload(request: Request, maxBytes: number, withinMs?: number): Promise<Uint8Array> {
  const bytes = await readBytes(request, { maxBytes, what: 'file', withinMs });
  if (bytes.byteLength === 0)
    throw new ApiProblem('invalid_request', 'Cannot read the file: the body must be the file, got nothing', {
      reason: 'empty_file',
    });
  return bytes;
}
