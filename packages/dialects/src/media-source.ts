/** Media as OpenAI's formats carry it: bytes in a data URL, or the address of something. */
import type { MediaSource } from './neutral/parts.ts';

const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*?)(;base64)?,/i;

/** Bytes where the URL holds them, else the URL itself. */
export function sourceFromUrl(url: string): MediaSource {
  const match = DATA_URL.exec(url.slice(0, 512));
  if (match === null) return { kind: 'url', url };
  const mediaType = match[1] === '' ? 'text/plain' : `${match[1]}${match[2]}`;
  const payload = url.slice(match[0].length);
  if (match[3] !== undefined) return { kind: 'base64', mediaType, data: payload };
  return { kind: 'base64', mediaType, data: Buffer.from(decodePercent(payload), 'utf8').toString('base64') };
}

/** @returns Undefined for an uploaded file, which has no address. */
export function urlOfSource(source: MediaSource): string | undefined {
  switch (source.kind) {
    case 'base64':
      return `data:${source.mediaType};base64,${source.data}`;
    case 'url':
      return source.url;
    case 'file':
      return undefined;
  }
}

const AUDIO_TYPES: Readonly<Record<string, string>> = { mp3: 'audio/mpeg', pcm16: 'audio/pcm' };
const AUDIO_FORMATS: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/pcm': 'pcm16',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
};

/** `mp3` is `audio/mpeg`. */
export function audioTypeOf(format: string): string {
  return AUDIO_TYPES[format] ?? `audio/${format}`;
}

/** `audio/mpeg` is `mp3`. */
export function audioFormatOf(mediaType: string): string {
  return AUDIO_FORMATS[mediaType] ?? mediaType.replace(/^audio\//, '').replace(/;.*$/, '');
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray percent sign: the text is meant as it stands.
    return text;
  }
}
