/**
 * Finds recordings in a folder for `--replay-dir`: files that hold one body, in the framing they had on the wire.
 *
 * Whole bodies (`.json`), event streams (`.sse`, `.txt`) and one-event-a-line files (`.chunks.txt`). Recordings that
 * hold several exchanges or binary frames need a reader of their own and `simulator.replay()`.
 */
import { readFileSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import type { ReplayAnswer } from './replays.ts';

export function findInFolder(folder: string): (name: string) => readonly ReplayAnswer[] | null {
  const root = resolve(folder);
  return (name) => {
    const path = resolve(join(root, name));
    if (!path.startsWith(`${root}${sep}`) || !statSync(path, { throwIfNoEntry: false })?.isFile())
      return null;
    const text = readFileSync(path, 'utf8');
    return [answerOf(name, text)];
  };
}

function answerOf(name: string, text: string): ReplayAnswer {
  const isLines = name.endsWith('.chunks.txt');
  const body = isLines ? framed(text) : text;
  const isStream = isLines || /^(event|data|id|:)/.test(text);
  const type = isStream ? 'text/event-stream; charset=utf-8' : 'application/json';
  const status = isStream ? 200 : statusOf(text);
  return { status, headers: { 'content-type': type }, chunks: [Buffer.from(body)] };
}

/** An error body says its status itself, or is a bad request. */
function statusOf(text: string): number {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || !('error' in body)) return 200;
    const { error } = body;
    if (typeof error !== 'object' || error === null) return 200;
    return 'code' in error && typeof error.code === 'number' ? error.code : 400;
  } catch (error) {
    if (error instanceof SyntaxError) return 200;
    throw error;
  }
}

/** Anthropic and Responses name their events by their type; chat completions end with `[DONE]`. */
function framed(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const events = lines.map((line) => {
    const name = /^\{"type":\s*"([a-z_.]+)"/.exec(line)?.[1];
    return `${name === undefined ? '' : `event: ${name}\n`}data: ${line}\n\n`;
  });
  const isChat = lines.some((line) => line.includes('"chat.completion.chunk"'));
  return `${events.join('')}${isChat ? 'data: [DONE]\n\n' : ''}`;
}
