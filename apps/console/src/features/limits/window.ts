/** Windows of rate limits that people name, and their seconds. Pure. */
export const WINDOW_SECONDS = { second: 1, minute: 60, hour: 3_600, day: 86_400, month: 2_592_000 } as const;
export type WindowPreset = keyof typeof WINDOW_SECONDS | 'custom';
export const WINDOW_PRESETS: readonly WindowPreset[] = ['second', 'minute', 'hour', 'day', 'month', 'custom'];
export const MAX_WINDOW_SECONDS = 2_678_400;

export function presetOf(windowSeconds: number): WindowPreset {
  const presets = Object.keys(WINDOW_SECONDS) as (keyof typeof WINDOW_SECONDS)[];
  return presets.find((preset) => WINDOW_SECONDS[preset] === windowSeconds) ?? 'custom';
}
