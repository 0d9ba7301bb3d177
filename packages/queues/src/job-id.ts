/** Ids of jobs: BullMQ uses `:` in its own keys and ignores a job whose id it knows. */

const FORBIDDEN = /[^A-Za-z0-9_.-]/g;
const LONGEST = 200;

/**
 * One id from what makes a job the same job. Two jobs with one id are one job as long as BullMQ remembers the
 * first, failed ones included.
 *
 * @throws {RangeError} Nothing is left, or the id is longer than 200 characters.
 */
export function jobId(...parts: readonly (string | number)[]): string {
  const id = parts.map((part) => String(part).replaceAll(FORBIDDEN, '_')).join('-');
  if (id === '' || id.length > LONGEST) {
    throw new RangeError(`Cannot make a job id: it must have 1 to ${LONGEST} characters, got ${id.length}`);
  }
  // BullMQ keeps bare integers for itself.
  return /^\d+$/.test(id) ? `job-${id}` : id;
}
