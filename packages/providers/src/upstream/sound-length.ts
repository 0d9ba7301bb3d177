/**
 * How long a recording can be at most, in seconds: what a transcript by the second or by the token is held for.
 *
 * Where a format spends bytes on every second, whatever is heard, the least of them bounds it. FLAC and Opus spend
 * next to none on silence: there the file's own word counts, and a file without it is bounded by nothing. A file that
 * lies is an overrun, as of any provider that does not keep to its bounds. Not a decoder: nothing here looks at sound.
 *
 * Sources: RIFF WAVE; RFC 9639, 8.2 (STREAMINFO); RFC 3533, 6 and RFC 7845, 4 (granule position); ISO 14496-12, 8.2.2.
 */

/** MPEG audio has no lower bitrate than 8 kbit/s. */
const MPEG_BYTES_PER_SECOND = 1_000;
const OPUS_SAMPLES_PER_SECOND = 48_000;
const HEADERS = 64 * 1024;

/** @returns Null: nothing bounds it. */
export function longestSeconds(file: Buffer): number | null {
  const magic = file.toString('latin1', 0, 12);
  if (magic.startsWith('RIFF') && magic.endsWith('WAVE')) return secondsOfWave(file);
  if (magic.startsWith('fLaC')) return secondsOfFlac(file);
  if (magic.startsWith('OggS')) return secondsOfOgg(file);
  if (magic.slice(4, 8) === 'ftyp') return secondsOfMovie(file);
  // The same beginning without a layer is AAC, which spends little on silence.
  const second = file[1] ?? 0;
  const isMpeg = magic.startsWith('ID3') || (file[0] === 0xff && second >= 0xe0 && (second & 0x06) !== 0);
  return isMpeg ? file.length / MPEG_BYTES_PER_SECOND : null;
}

/** Plain samples only: in other codings the header's rate is a hint. */
function secondsOfWave(file: Buffer): number | null {
  const at = file.subarray(0, HEADERS).indexOf('fmt ', 12, 'latin1');
  if (at === -1 || at + 24 > file.length) return null;
  const coding = file.readUInt16LE(at + 8);
  const perSecond = file.readUInt32LE(at + 12) * file.readUInt16LE(at + 20);
  const isPlain = coding === 1 || coding === 3 || coding === 6 || coding === 7 || coding === 0xfffe;
  return isPlain && perSecond > 0 ? file.length / perSecond : null;
}

function secondsOfFlac(file: Buffer): number | null {
  if (file.length < 42) return null;
  const packed = file.readBigUInt64BE(18);
  const rate = Number(packed >> 44n);
  const samples = Number(packed & 0xf_ffff_ffffn);
  return rate > 0 && samples > 0 ? samples / rate : null;
}

/** The last page tells how many samples there are. */
function secondsOfOgg(file: Buffer): number | null {
  const head = file.toString('latin1', 0, 4_096);
  const vorbis = head.indexOf('\x01vorbis');
  const rate = head.includes('OpusHead')
    ? OPUS_SAMPLES_PER_SECOND
    : vorbis === -1 || vorbis + 16 > file.length
      ? 0
      : file.readUInt32LE(vorbis + 12);
  const last = file.lastIndexOf('OggS', file.length, 'latin1');
  if (rate === 0 || last + 14 > file.length) return null;
  const samples = file.readBigInt64LE(last + 6);
  return samples > 0n ? Number(samples) / rate : null;
}

/** `mvhd`; a movie in fragments says 0, and is bounded by nothing. */
function secondsOfMovie(file: Buffer): number | null {
  const at = file.indexOf('mvhd', 0, 'latin1');
  if (at === -1 || at + 36 > file.length) return null;
  const isLong = file[at + 4] === 1;
  const scale = file.readUInt32BE(at + (isLong ? 24 : 16));
  const length = isLong ? Number(file.readBigUInt64BE(at + 28)) : file.readUInt32BE(at + 20);
  return scale > 0 && length > 0 ? length / scale : null;
}
