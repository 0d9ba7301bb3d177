import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTotpStep, toBase32, totpCode, totpStepOf, totpUri } from './totp.ts';

const seed = (length: number) => Buffer.from('1234567890'.repeat(7).slice(0, length));

// RFC 6238, appendix B.
const VECTORS = [
  [59, '94287082', '46119246', '90693936'],
  [1_111_111_109, '07081804', '68084774', '25091201'],
  [1_111_111_111, '14050471', '67062674', '99943326'],
  [1_234_567_890, '89005924', '91819424', '93441116'],
  [2_000_000_000, '69279037', '90698825', '38618901'],
  [20_000_000_000, '65353130', '77737706', '47863826'],
] as const;

describe('totpCode()', () => {
  it.each(VECTORS)('at %d s is what RFC 6238 says, with SHA-1, SHA-256 and SHA-512', (seconds, ...codes) => {
    const step = totpStepOf(seconds * 1_000);
    const made = (['sha1', 'sha256', 'sha512'] as const).map((algorithm, index) =>
      totpCode(seed([20, 32, 64][index]!), step, { digits: 8, algorithm }),
    );
    expect(made).toEqual(codes);
  });

  it('is what RFC 4226, appendix D, says, with six digits', () => {
    const codes = Array.from({ length: 10 }, (_, counter) => totpCode(seed(20), counter));
    expect(codes.join(' ')).toBe('755224 287082 359152 969429 338314 254676 287922 162583 399871 520489');
  });
});

describe('findTotpStep()', () => {
  const secret = seed(20);

  it('takes the code of the step before, of now and of the step after, and no other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 200_000_000 }),
        fc.integer({ min: -5, max: 5 }),
        (step, drift) => {
          const found = findTotpStep(secret, totpCode(secret, step + drift), step * 30_000 + 17_000);
          // Codes of far steps may be equal by chance, one in hundreds of thousands.
          if (Math.abs(drift) <= 1) expect(found).toBeLessThanOrEqual(step + drift);
          else if (found !== undefined) expect(totpCode(secret, found)).toBe(totpCode(secret, step + drift));
          if (Math.abs(drift) <= 1) expect(found).toBeGreaterThanOrEqual(step - 1);
        },
      ),
    );
  });

  it('reads a code as people type it, and nothing that is none', () => {
    expect(findTotpStep(secret, '755 224', 0)).toBe(0);
    for (const code of ['', '75522', '7552244', 'abcdef', '７５５２２４', '755224\0'])
      expect(findTotpStep(secret, code, 0)).toBeUndefined();
  });
});

describe('toBase32()', () => {
  // RFC 4648, section 10.
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('of %j is %j', (text, encoded) => expect(toBase32(Buffer.from(text))).toBe(encoded));
});

describe('totpUri()', () => {
  it('says who and for what in the form that apps agree on', () => {
    expect(totpUri(Buffer.from('foobar'), 'ada+x@example.com', 'Tollgate (gate.example)')).toBe(
      'otpauth://totp/Tollgate%20(gate.example):ada%2Bx%40example.com?secret=MZXW6YTBOI&issuer=Tollgate%20%28gate.example%29&algorithm=SHA1&digits=6&period=30',
    );
  });
});
