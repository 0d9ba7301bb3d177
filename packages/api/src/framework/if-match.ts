/** `If-Match`: a change is made only to the version that the caller has seen. */
import { ApiProblem } from './problem.ts';

/** Sets the `ETag` of the answer. @param version A row's version, or its time of change. */
export function setEtag(headers: Headers, version: number | Date): void {
  headers.set('etag', etagOf(version));
}

/** @throws {ApiProblem} `version_conflict`: the caller has seen another version. Nothing without the header. */
export function assertIfMatch(request: Request, version: number | Date): void {
  const header = request.headers.get('if-match');
  if (header === null || header.trim() === '*') return;
  const seen = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (seen.includes(etagOf(version))) return;
  throw new ApiProblem('version_conflict', 'Cannot change it: it was changed since it was read');
}

function etagOf(version: number | Date): string {
  return `"${typeof version === 'number' ? version : version.getTime()}"`;
}
