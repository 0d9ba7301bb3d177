'use client';
/** One key per opened form: pressing twice, or again after a lost answer, creates one thing. */
import { useRef, useState } from 'react';

export function useIdempotencyKey(): string {
  return useState(newKey)[0];
}

/** For forms that stay on the page: what is sent after a success is another request, even if it reads the same. */
export function useRenewableKey(): readonly [key: string, renew: () => void] {
  const [key, setKey] = useState(newKey);
  return [key, () => setKey(newKey())];
}

/** Not `randomUUID`: that one is missing where the console is served over plain http. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

/**
 * Around what a form does when it is sent: a second press does nothing until the first has its answer. By state alone it would
 * go out as well, because a press may come before the button is drawn as busy.
 */
export function useOneAtATime<A extends readonly unknown[]>(
  run: (...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  const running = useRef(false);
  return async (...args) => {
    if (running.current) return;
    running.current = true;
    try {
      await run(...args);
    } finally {
      running.current = false;
    }
  };
}

/** `If-Match` for things whose version is their time of change. */
export function etagOfTime(updatedAt: string): string {
  return `"${Date.parse(updatedAt)}"`;
}

/** A corrected form is another request; the same one sent again is not. */
export function idempotencyKeyOf(formKey: string, json: unknown): string {
  let value = 0;
  for (const character of JSON.stringify(json)) value = (value * 31 + (character.codePointAt(0) ?? 0)) | 0;
  return `${formKey}-${(value >>> 0).toString(36)}`;
}
