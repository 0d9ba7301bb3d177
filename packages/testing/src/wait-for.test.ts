import { describe, expect, it } from 'vitest';
import { waitFor } from './wait-for.ts';

describe('waitFor()', () => {
  it('returns the first truthy answer', async () => {
    let calls = 0;
    await expect(waitFor(() => (++calls === 3 ? 'third' : undefined), { intervalMs: 1 })).resolves.toBe(
      'third',
    );
  });

  it('takes an exception for "not yet"', async () => {
    let calls = 0;
    const condition = () => {
      if (++calls < 3) throw new Error('not yet');
      return true;
    };
    await expect(waitFor(condition, { intervalMs: 1 })).resolves.toBe(true);
  });

  it('names what it waited for and keeps the last exception as the cause', async () => {
    const cause = new Error('no server');
    const failure = waitFor(() => Promise.reject(cause), {
      timeoutMs: 5,
      intervalMs: 1,
      description: 'the server',
    });
    await expect(failure).rejects.toMatchObject({ message: expect.stringContaining('the server'), cause });
  });
});
