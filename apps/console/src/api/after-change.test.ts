import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { describe, expect, it, vi } from 'vitest';
import { dropAfterChange, refreshAfterChange, refreshAfterRefusal, tellingRefusals } from './after-change.ts';
import { apiQueryKey, onceQueryKey } from './query-key.ts';

const STALE_AFTER_MS = 3_600_000;

/** Two answers that are shown, and one that was left a moment ago. */
function shown() {
  const client = new QueryClient();
  const asked = vi.fn();
  const ask = (path: string) => ({
    queryKey: apiQueryKey(path),
    queryFn: async () => {
      asked(path);
      return {};
    },
    staleTime: STALE_AFTER_MS,
  });
  const look = (path: string) => new QueryObserver(client, ask(path)).subscribe(() => undefined);
  for (const path of ['/keys?limit=50', '/teams', '/budgets']) client.setQueryData(apiQueryKey(path), {});
  client.setQueryData(onceQueryKey('/models'), {});
  look('/keys?limit=50');
  look('/teams');
  return { client, asked: () => asked.mock.calls.flat(), look };
}

describe('refreshAfterChange()', () => {
  it('asks again for what is named and shown, and for nothing else', async () => {
    const { client, asked } = shown();
    await refreshAfterChange(client, ['/keys', '/budgets']);
    expect(asked()).toEqual(['/keys?limit=50']);
  });

  it('has whatever is looked at next be asked for, however young its answer is', async () => {
    const { client, asked, look } = shown();
    await refreshAfterChange(client, ['/keys']);
    look('/budgets');
    look('/teams');
    await vi.waitFor(() => expect(asked()).toEqual(['/keys?limit=50', '/budgets', '/teams']));
    // Once is enough.
    look('/budgets');
    expect(asked()).toHaveLength(3);
    expect(client.getQueryState(onceQueryKey('/models'))?.isInvalidated).toBe(false);
  });
});

describe('dropAfterChange()', () => {
  it('drops what was judged before a change of it, or of a part of it, and nothing else', async () => {
    const { client } = shown();
    const drop = vi.fn();
    const end = dropAfterChange(['/keys/key_1', '/budgets'], drop);
    await refreshAfterChange(client, ['/notifications', '/keys/key_12']);
    expect(drop).not.toHaveBeenCalled();
    await refreshAfterChange(client, ['/keys']);
    await refreshAfterChange(client, ['/budgets/bud_1']);
    expect(drop).toHaveBeenCalledTimes(2);
    end();
    await refreshAfterChange(client, ['/keys']);
    expect(drop).toHaveBeenCalledTimes(2);
  });
});

describe('refreshAfterRefusal()', () => {
  it.each([404, 409, 412])('asks for the newer state after %d', async (status) => {
    const { client, asked } = shown();
    await refreshAfterRefusal(client, { status }, ['/keys']);
    expect(asked()).toEqual(['/keys?limit=50']);
  });

  it.each([0, 403, 422, 500])('has nothing new to ask for after %d', async (status) => {
    const { client, asked } = shown();
    await refreshAfterRefusal(client, { status }, ['/keys']);
    expect(asked()).toEqual([]);
  });
});

describe('tellingRefusals()', () => {
  const refusal = new Error('No');
  const refuse = (..._call: unknown[]) => Promise.reject(refusal);

  it('tells a refusal that nobody takes', async () => {
    const tell = vi.fn();
    tellingRefusals(refuse, tell)('key_1');
    await vi.waitFor(() => expect(tell).toHaveBeenCalledWith(refusal));
    tellingRefusals(refuse, tell)('key_1', {});
    await vi.waitFor(() => expect(tell).toHaveBeenCalledTimes(2));
  });

  it('leaves it to who takes it, once and also when the observer of the call is gone', async () => {
    const tell = vi.fn();
    const [onError, onSuccess] = [vi.fn(), vi.fn()];
    const sent = vi.fn(refuse);
    tellingRefusals(sent, tell)('key_1', { onError, onSuccess });
    await vi.waitFor(() => expect(onError).toHaveBeenCalledExactlyOnceWith(refusal, 'key_1'));
    expect(sent).toHaveBeenCalledWith('key_1', { onSuccess });
    expect(tell).not.toHaveBeenCalled();
  });

  it('says nothing of what worked', async () => {
    const tell = vi.fn();
    tellingRefusals((_id: string) => Promise.resolve(), tell)('key_1');
    await new Promise(setImmediate);
    expect(tell).not.toHaveBeenCalled();
  });
});
