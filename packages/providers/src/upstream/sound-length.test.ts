import { describe, expect, it } from 'vitest';
import { longestSeconds } from './sound-length.ts';

/** A FLAC file of silence: an hour of it in less than a kilobyte. */
function flac(samples: bigint): Buffer {
  const file = Buffer.alloc(800);
  file.write('fLaC', 'latin1');
  // 16,000 Hz, one channel, 16 bits.
  file.writeBigUInt64BE((16_000n << 44n) | (15n << 36n) | samples, 18);
  return file;
}

function ogg(granule: bigint): Buffer {
  const file = Buffer.alloc(600);
  file.write('OggS', 0, 'latin1');
  file.write('OpusHead', 28, 'latin1');
  file.write('OggS', 300, 'latin1');
  file.writeBigInt64LE(granule, 306);
  return file;
}

function wave(coding: number): Buffer {
  const file = Buffer.alloc(32_000 * 2);
  file.write('RIFF', 0, 'latin1');
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt16LE(coding, 20);
  file.writeUInt32LE(16_000, 24);
  file.writeUInt16LE(2, 32);
  return file;
}

function movie(length: number): Buffer {
  const file = Buffer.alloc(400);
  file.write('ftypM4A ', 4, 'latin1');
  file.write('mvhd', 100, 'latin1');
  file.writeUInt32BE(1_000, 116);
  file.writeUInt32BE(length, 120);
  return file;
}

describe('longestSeconds()', () => {
  it.each([
    ['an hour of silence as FLAC says it', flac(57_600_000n), 3_600],
    ['FLAC that does not say it', flac(0n), null],
    ['Opus by its last page', ogg(48_000n * 90n), 90],
    ['Opus without it', ogg(-1n), null],
    ['plain samples by their rate', wave(1), 2],
    ['samples of another coding', wave(17), null],
    ['a recording of a telephone', movie(61_500), 61.5],
    ['one in fragments', movie(0), null],
    ['MP3 at its lowest rate', Buffer.concat([Buffer.from('ID3'), Buffer.alloc(59_997)]), 60],
    ['bare AAC', Buffer.concat([Buffer.from([0xff, 0xf1]), Buffer.alloc(998)]), null],
    ['bare MP3', Buffer.concat([Buffer.from([0xff, 0xfb]), Buffer.alloc(2_998)]), 3],
    ['what nobody knows', Buffer.alloc(9_000), null],
  ])('[M3] bounds %s', (_name, file, seconds) => {
    expect(longestSeconds(file)).toBe(seconds);
  });
});
