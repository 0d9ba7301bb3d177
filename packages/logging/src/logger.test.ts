import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function capture(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let output = '';
  write(createLogger({ name: 'test', destination: { write: (line: string) => (output += line) } }));
  return output;
}

describe('createLogger()', () => {
  it.each([
    ['at the top', { authorization: 'CANARY' }],
    ['one level down', { headers: { 'x-api-key': 'CANARY' } }],
    ['two levels down', { request: { headers: { cookie: 'CANARY' } } }],
    ['in a body', { body: { password: 'CANARY' } }],
  ])('[X2] takes out a secret %s', (_, fields) => {
    expect(capture((logger) => logger.info(fields, 'message'))).not.toContain('CANARY');
  });

  it.each(['tgk_abcdefghijklmnopqrstuvwxyz0123456789', 'sk-proj-abcdefghijklmnop', 'tga_abcdefghijklmnop'])(
    '[X2] masks the key %s inside any text, errors and causes included',
    (key) => {
      const error = new Error(`call with ${key} failed`, { cause: new Error(`because of ${key}`) });
      const output = capture((logger) =>
        logger.error({ err: error, url: `http://x/?k=${key}` }, `could not use ${key}`),
      );
      expect(output).not.toContain(key);
      expect(output).toContain('[redacted]');
    },
  );
});
