/** Browser and system of a `User-Agent`, roughly: enough to recognize one's own session. */
export interface ReadableAgent {
  readonly browser: string;
  readonly system: string | undefined;
}

// Order matters: each browser also names those before it that it resembles.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\/|\bEdgiOS\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\b(?:Headless)?Chrom(?:e|ium)\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Windows/, 'Windows'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

/** @returns Nothing when no browser is known by it. */
export function findReadableAgent(userAgent: string): ReadableAgent | undefined {
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1];
  if (browser === undefined) return undefined;
  return { browser, system: SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1] };
}
