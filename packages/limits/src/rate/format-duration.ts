/** A window in words: `60` is "minute", `90` is "90 seconds". */
const NAMES = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

export function formatDuration(seconds: number): string {
  const [size, name] = NAMES.find(([each]) => seconds % each === 0) ?? NAMES[3];
  const count = seconds / size;
  return count === 1 ? name : `${count} ${name}s`;
}
