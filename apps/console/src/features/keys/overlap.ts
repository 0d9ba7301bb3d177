/** For how long an old secret works beside a new one. Pure. */
export const OVERLAP_SECONDS = {
  none: 0,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
} as const;
export type Overlap = keyof typeof OVERLAP_SECONDS;
/** `rules`: as those of the key's team or the organization say. */
export type OverlapChoice = Overlap | 'rules';

/** @returns What the API is told; nothing where it asks the rules itself. */
export function toOverlap(choice: OverlapChoice): { readonly overlapSeconds?: number } {
  return choice === 'rules' ? {} : { overlapSeconds: OVERLAP_SECONDS[choice] };
}
