/** Files that come as the body of a request, whatever type they say they have: bounded by what arrives. */
import { ApiProblem } from './problem.ts';

/** @throws {ApiProblem} `request_too_large`; `invalid_request` for an empty one. */
export async function readUpload(request: Request, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes) {
      throw new ApiProblem('request_too_large', `Cannot read the file: at most ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  if (length === 0)
    throw new ApiProblem('invalid_request', 'Cannot read the file: the body must be the file, got nothing', {
      reason: 'empty_file',
    });
  return Buffer.concat(chunks);
}
