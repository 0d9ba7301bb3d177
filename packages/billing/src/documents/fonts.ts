/**
 * Fonts for documents: Geist for what it covers, Noto for the scripts it does not, chosen run by run.
 *
 * Files come from npm packages, so that a document looks the same on every machine. Right-to-left text gets its
 * words in reading order here, because the layout engine places words from the left and only shapes within them.
 */
import { dirname, join } from 'node:path';

export type FontFamily =
  | 'Geist'
  | 'GeistMono'
  | 'NotoSans'
  | 'NotoArabic'
  | 'NotoHebrew'
  | 'NotoHan'
  | 'NotoHangul'
  | 'NotoThai'
  | 'NotoGeorgian'
  | 'NotoArmenian'
  | 'NotoDevanagari'
  | 'NotoBengali'
  | 'NotoTamil';

export interface TextRun {
  readonly text: string;
  readonly font: FontFamily;
}

// Asked for at run time: bundlers follow an imported `createRequire` and turn `resolve` into a module number.
const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);
const geist = join(dirname(require.resolve('geist/font')), 'fonts');
const noto = (name: string): string =>
  join(dirname(require.resolve(`@embedpdf/fonts-${name}`)), '..', 'fonts');

/** One script of Noto Sans in two weights, as WOFF; the package's other files are for browsers. */
const script = (name: string): { normal: string; bold: string } => {
  const file = (weight: number): string =>
    require.resolve(`@fontsource/noto-sans-${name}/files/noto-sans-${name}-${name}-${weight}-normal.woff`);
  return { normal: file(400), bold: file(700) };
};

export const FONT_FILES: Readonly<Record<FontFamily, { normal: string; bold: string }>> = {
  Geist: {
    normal: join(geist, 'geist-sans/Geist-Regular.ttf'),
    bold: join(geist, 'geist-sans/Geist-SemiBold.ttf'),
  },
  GeistMono: {
    normal: join(geist, 'geist-mono/GeistMono-Regular.ttf'),
    bold: join(geist, 'geist-mono/GeistMono-SemiBold.ttf'),
  },
  NotoSans: {
    normal: join(noto('latin'), 'NotoSans-Regular.ttf'),
    bold: join(noto('latin'), 'NotoSans-SemiBold.ttf'),
  },
  NotoArabic: {
    normal: join(noto('arabic'), 'NotoNaskhArabic-Regular.ttf'),
    bold: join(noto('arabic'), 'NotoNaskhArabic-Bold.ttf'),
  },
  NotoHebrew: {
    normal: join(noto('hebrew'), 'NotoSansHebrew-Regular.ttf'),
    bold: join(noto('hebrew'), 'NotoSansHebrew-Bold.ttf'),
  },
  NotoHan: {
    normal: join(noto('sc'), 'NotoSansHans-Regular.otf'),
    bold: join(noto('sc'), 'NotoSansHans-Bold.otf'),
  },
  NotoHangul: {
    normal: join(noto('kr'), 'NotoSansKR-Regular.otf'),
    bold: join(noto('kr'), 'NotoSansKR-Bold.otf'),
  },
  NotoThai: script('thai'),
  NotoGeorgian: script('georgian'),
  NotoArmenian: script('armenian'),
  NotoDevanagari: script('devanagari'),
  NotoBengali: script('bengali'),
  NotoTamil: script('tamil'),
};

// Letters decide; marks, digits, punctuation and spaces stay with the letters before them.
const FAMILY_OF_SCRIPT: readonly (readonly [RegExp, FontFamily])[] = [
  [/[\p{Script=Latin}\p{Script=Cyrillic}]/u, 'Geist'],
  [/\p{Script=Arabic}/u, 'NotoArabic'],
  [/\p{Script=Hebrew}/u, 'NotoHebrew'],
  [/\p{Script=Hangul}/u, 'NotoHangul'],
  [/\p{Script=Thai}/u, 'NotoThai'],
  [/\p{Script=Georgian}/u, 'NotoGeorgian'],
  [/\p{Script=Armenian}/u, 'NotoArmenian'],
  [/\p{Script=Devanagari}/u, 'NotoDevanagari'],
  [/\p{Script=Bengali}/u, 'NotoBengali'],
  [/\p{Script=Tamil}/u, 'NotoTamil'],
  [
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\u3000-\u303F\uFF00-\uFFEF]/u,
    'NotoHan',
  ],
];
const NEUTRAL = /[\p{Script=Common}\p{Script=Inherited}]/u;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

/** Splits text where the font must change. Control characters are left out. */
export function toFontRuns(text: string): TextRun[] {
  const runs: { text: string; font: FontFamily }[] = [];
  for (const character of orderWords(
    text.toWellFormed().replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, ' '),
  )) {
    const last = runs.at(-1);
    const font =
      familyOf(character) ?? (last === undefined || isRightToLeft(last.font) ? 'Geist' : last.font);
    if (last?.font === font) last.text += character;
    else runs.push({ text: character, font });
  }
  return runs;
}

function familyOf(character: string): FontFamily | undefined {
  for (const [script, font] of FAMILY_OF_SCRIPT) if (script.test(character)) return font;
  // Latin punctuation in a Han run would come out full width; ASCII always has the text font.
  if (character <= '~') return 'Geist';
  return NEUTRAL.test(character) ? undefined : 'NotoSans';
}

function isRightToLeft(font: FontFamily): boolean {
  return font === 'NotoArabic' || font === 'NotoHebrew';
}

/** Reverses the order of words within each stretch of right-to-left words, numbers between them included. */
function orderWords(text: string): string {
  if (!RIGHT_TO_LEFT.test(text)) return text;
  const ordered: string[] = [];
  let stretch: string[] = [];
  let between: string[] = [];
  const endStretch = (): void => {
    ordered.push(...stretch, ...between);
    stretch = [];
    between = [];
  };
  for (const word of text.split(' ')) {
    if (RIGHT_TO_LEFT.test(word)) {
      stretch.unshift(word, ...between.toReversed());
      between = [];
    } else if (stretch.length > 0 && !/\p{Letter}/u.test(word)) between.push(word);
    else {
      endStretch();
      ordered.push(word);
    }
  }
  endStretch();
  return ordered.join(' ');
}
