import { randomBytes } from 'node:crypto';
import { parseKeyRing } from '@tollgate/config';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyOf, MAX_BODY_BYTES, type Payload } from './payload.ts';
import { openPayload, sealPayload } from './seal-payload.ts';

const JSON_TYPE = 'application/json';
/** One to four bytes each; the last is what a file may begin with. */
const CHARACTERS = ['a', 'ß', '世', '👋', '\ufeff'];

/** Text whose characters lie anyhow around the place of the cut. */
const around = fc.record({
  before: fc.nat(12),
  tail: fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 12 }),
});

describe('a body', () => {
  it.each([-1, 0, 1])('of the limit and %i bytes: no more than the limit is kept, and it says so', (more) => {
    const text = 'x'.repeat(MAX_BODY_BYTES + more);
    expect(bodyOf(JSON_TYPE, Buffer.from(text))).toEqual({
      contentType: JSON_TYPE,
      text: text.slice(0, MAX_BODY_BYTES),
      bytes: MAX_BODY_BYTES + more,
      isCut: more > 0,
    });
  });

  it('is cut between characters, with no more lost than the one that would be split', () => {
    const ofHead = fc.constantFrom(0, 1, 5, Number.POSITIVE_INFINITY);
    fc.assert(
      fc.property(around, ofHead, ({ before, tail }, beyond) => {
        const text = 'x'.repeat(MAX_BODY_BYTES - before) + tail.join('');
        const all = Buffer.from(text);
        // Of what is long a caller may hold no more than its beginning.
        const body = bodyOf(JSON_TYPE, all.subarray(0, MAX_BODY_BYTES + beyond), all.length);
        expect(body).toMatchObject({ bytes: all.length, isCut: all.length > MAX_BODY_BYTES });
        const kept = body?.text ?? '';
        expect(text.startsWith(kept)).toBe(true);
        const missing = Math.min(all.length, MAX_BODY_BYTES) - Buffer.byteLength(kept);
        expect(missing).toBeGreaterThanOrEqual(0);
        expect(missing).toBeLessThan(4);
        const next = [...text.slice(kept.length, kept.length + 2)][0] ?? '';
        expect(missing === 0 || Buffer.byteLength(next) > missing).toBe(true);
      }),
    );
  });

  it('that is no UTF-8 is bounded all the same', () => {
    const anything = fc.uint8Array({ minLength: 8, maxLength: 16 });
    fc.assert(
      fc.property(anything, (tail) => {
        const all = Buffer.concat([Buffer.alloc(MAX_BODY_BYTES - 4, 'x'), tail]);
        const body = bodyOf(JSON_TYPE, all);
        expect(body?.isCut).toBe(true);
        expect(body?.text.length).toBeLessThanOrEqual(MAX_BODY_BYTES);
      }),
    );
  });

  it.each([
    'application/json',
    'APPLICATION/JSON; charset=utf-8',
    'application/problem+json',
    'application/x-ndjson',
    'text/event-stream;charset=UTF-8',
    'text/plain',
  ])('of %s is text', (contentType) => {
    expect(bodyOf(contentType, Buffer.from('{}'))).toMatchObject({ contentType, text: '{}' });
  });

  it.each([
    'audio/mpeg',
    'multipart/form-data; boundary=application/json',
    'application/octet-stream',
    'application/jsonp',
    'image/svg+xml',
    'x-text/plain',
    '',
  ])('of "%s" is none: nothing of it is kept', (contentType) => {
    expect(bodyOf(contentType, Buffer.from('{}'))).toBeNull();
  });
});

describe('[X2] at rest', () => {
  const ring = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
  const PLACE = { organizationId: 'org_a', requestId: 'req_1' };
  const payload: Payload = {
    request: bodyOf(JSON_TYPE, Buffer.from('{"content":"canary"}')),
    response: bodyOf('text/plain', Buffer.alloc(MAX_BODY_BYTES + 1, '\u0000')),
  };

  it('it opens as it was, for its own organization and request, and for no other', async () => {
    const sealed = await sealPayload(ring, PLACE, payload);
    expect(Buffer.from(sealed).includes('canary')).toBe(false);
    expect(await openPayload(ring, PLACE, sealed)).toEqual(payload);
    for (const other of [
      { ...PLACE, organizationId: 'org_b' },
      { ...PLACE, requestId: 'req_2' },
    ]) {
      await expect(openPayload(ring, other, sealed)).rejects.toThrow('Cannot open');
    }
    const otherRing = parseKeyRing(`1:${randomBytes(32).toString('base64url')}`);
    await expect(openPayload(otherRing, PLACE, sealed)).rejects.toThrow('Cannot open');
  });

  it('the largest there can be opens again: every byte of both sides escaped', async () => {
    const worst = bodyOf('text/plain', Buffer.alloc(MAX_BODY_BYTES, '\u0001'));
    const largest = { request: worst, response: worst };
    const sealed = await sealPayload(ring, PLACE, largest);
    expect(await openPayload(ring, PLACE, sealed)).toEqual(largest);
  });

  it('the least compressible stays within what a row may hold', async () => {
    // Random characters of one byte in Latin-1 and two in UTF-8; as many as fit.
    const noise = bodyOf('text/plain', Buffer.from(randomBytes(MAX_BODY_BYTES).toString('latin1')));
    const sealed = await sealPayload(ring, PLACE, { request: noise, response: noise });
    expect(sealed.length).toBeLessThan(2_097_152);
  });
});
