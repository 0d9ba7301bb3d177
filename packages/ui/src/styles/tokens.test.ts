import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/**
 * WCAG 2.2: 1.4.3 (text 4.5:1) and 1.4.11 (controls and graphics 3:1), for both themes; and where somebody asks for
 * more contrast, 1.4.6 (text 7:1) and lines that can be seen.
 */
type Tokens = ReadonlyMap<string, { readonly light: string; readonly dark: string }>;

function readTokens(file: string): Tokens {
  const css = readFileSync(new URL(file, import.meta.url), 'utf8');
  return new Map(
    [...css.matchAll(/--tg-([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/g)].map(
      ([, name, light, dark]) => [name ?? '', { light: light ?? '', dark: dark ?? '' }],
    ),
  );
}

const usual = readTokens('./tokens.css');
const stronger = readTokens('./high-contrast.css');
const highContrast: Tokens = new Map([...usual, ...stronger]);

const GROUNDS = ['canvas', 'surface', 'raised', 'sunken', 'hover', 'selected'];
const TEXT_PAIRS = [
  ...['ink', 'ink-soft', 'ink-faint', 'accent-ink', 'negative'].flatMap((ink) =>
    GROUNDS.map((ground) => [ink, ground]),
  ),
  ...['positive', 'warning', 'negative', 'info'].flatMap((state) => [
    [state, `${state}-soft`],
    [state, 'surface'],
    ['ink-soft', `${state}-soft`],
  ]),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['on-negative', 'negative-solid'],
  ['on-negative', 'negative-solid-hover'],
  ['accent-ink', 'accent-soft'],
  ['ink-soft', 'neutral-soft'],
  ['canvas', 'ink'],
];
const GRAPHIC_PAIRS = [
  ...['control', 'focus'].flatMap((name) =>
    ['canvas', 'surface', 'raised', 'sunken'].map((ground) => [name, ground]),
  ),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 'other'].map((place) => [`chart-${place}`, 'surface']),
  ['accent', 'surface'],
  ['on-accent', 'control'],
];

const LINES = [
  'line',
  'line-strong',
  'positive-line',
  'warning-line',
  'negative-line',
  'info-line',
  'neutral-line',
];

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(left: string, right: string): number {
  const [high = 0, low = 0] = [luminance(left), luminance(right)].sort((one, other) => other - one);
  return (high + 0.05) / (low + 0.05);
}

function contrastOf(
  tokens: Tokens,
  [front, back]: readonly (string | undefined)[],
  theme: 'light' | 'dark',
): number {
  const [one, other] = [tokens.get(front ?? ''), tokens.get(back ?? '')];
  if (!one || !other) throw new Error(`Cannot compare: both must be colour tokens, got ${front} and ${back}`);
  return contrast(one[theme], other[theme]);
}

describe.each(['light', 'dark'] as const)('tokens in the %s theme', (theme) => {
  it.each(TEXT_PAIRS)('let %s be read on %s', (...pair) => {
    expect(contrastOf(usual, pair, theme)).toBeGreaterThanOrEqual(4.5);
    expect(contrastOf(highContrast, pair, theme), 'with more contrast').toBeGreaterThanOrEqual(7);
  });
  it.each(GRAPHIC_PAIRS)('let %s be seen on %s', (...pair) => {
    expect(contrastOf(usual, pair, theme)).toBeGreaterThanOrEqual(3);
    expect(contrastOf(highContrast, pair, theme), 'with more contrast').toBeGreaterThanOrEqual(3);
  });
  it.each(LINES)('with more contrast let the border %s be seen on every ground', (line) => {
    for (const ground of GROUNDS) {
      expect(contrastOf(highContrast, [line, ground], theme), ground).toBeGreaterThanOrEqual(3);
    }
  });
});

describe('tokens', () => {
  it('are all read by this test, and those of high contrast are among them', () => {
    expect(usual.size).toBeGreaterThan(45);
    expect(stronger.size).toBeGreaterThan(20);
    expect([...stronger.keys()].filter((name) => !usual.has(name))).toEqual([]);
  });
});
