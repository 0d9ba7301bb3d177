/** Why nothing is kept of a request. Pure. */
const DAY_MS = 86_400_000;

export type WhyNotKept = 'off' | 'past' | 'omitted';

/** @param retentionDays Of the organization, now. */
export function whyNotKept(startedAt: string, retentionDays: number, nowMs: number): WhyNotKept {
  if (retentionDays === 0) return 'off';
  return Date.parse(startedAt) + retentionDays * DAY_MS <= nowMs ? 'past' : 'omitted';
}
