/** Why nothing is kept of a request. Pure. */
const DAY_MS = 86_400_000;

export type WhyNotKept = 'off' | 'past' | 'omitted' | 'unknown';

/** @param retentionDays Of the organization, now; undefined where this person may not, or could not, read them. */
export function whyNotKept(startedAt: string, retentionDays: number | undefined, nowMs: number): WhyNotKept {
  if (retentionDays === undefined) return 'unknown';
  if (retentionDays === 0) return 'off';
  return Date.parse(startedAt) + retentionDays * DAY_MS <= nowMs ? 'past' : 'omitted';
}
