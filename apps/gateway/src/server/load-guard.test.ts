import { fixedClock } from '@tollgate/clock';
import { GatewayError } from '@tollgate/errors';
import { afterEach, describe, expect, it } from 'vitest';
import { LoadGuard, type LoadShare } from './load-guard.ts';

let guard: LoadGuard;
let active = 0;

const limits = { maxActive: 8, maxBufferedBytes: 100, maxLoopLagMs: 200 };
const open = () => {
  guard = new LoadGuard({ limits, clock: fixedClock(0), active: () => active });
  return guard;
};
afterEach(() => {
  guard.close();
  active = 0;
});

/** As the pipeline does: counted first, then let in or not. */
function enter(keyId: string, organizationId = 'org_1'): LoadShare | GatewayError {
  active += 1;
  try {
    return guard.enter(keyId, organizationId);
  } catch (error) {
    active -= 1;
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

const isIn = (entered: LoadShare | GatewayError): entered is LoadShare => !(entered instanceof GatewayError);

function share(keyId: string, organizationId = 'org_1'): LoadShare {
  const entered = enter(keyId, organizationId);
  if (!isIn(entered)) throw entered;
  return entered;
}

function leave(entered: LoadShare, bytes = 0): void {
  guard.leave(entered, bytes);
  active -= 1;
}

function makeLate(): void {
  guard.observeLag(201);
  guard.observeLag(201);
}

describe('a gateway under load', () => {
  it('sheds what is above the number that may run at once', () => {
    open();
    const full = [7, 8, 9].map((count) => {
      active = count;
      return guard.isFull;
    });
    expect(full).toEqual([false, true, true]);
  });

  it('is late when the event loop stays late, until it is clearly not any more', () => {
    open();
    const late = [100, 201, 150, 201, 300, 150, 101, 99, 201].map((lagMs) => {
      guard.observeLag(lagMs);
      return guard.isLate;
    });
    expect(late).toEqual([false, false, false, false, true, true, true, false, false]);
  });
});

describe('a share of requests', () => {
  it('of a key is half of the gateway: the third and the fourth get in, the fifth does not, until one ends', () => {
    open();
    const entered = Array.from({ length: 5 }, () => enter('key_1'));
    expect(entered.map(isIn)).toEqual([true, true, true, true, false]);
    const refusal = entered[4] as GatewayError;
    expect(refusal).toMatchObject({ code: 'capacity_share_exceeded', status: 503 });
    expect(refusal.details).toMatchObject({
      scope: { type: 'key', id: 'key_1' },
      limit: '4',
      used: '4',
      retryAfterMs: 1_000,
    });
    leave(entered[0] as LoadShare);
    expect(isIn(enter('key_1'))).toBe(true);
  });

  it('of an organization ends at three quarters of the gateway: the rest is for others', () => {
    open();
    const flood = Array.from({ length: 8 }, (_, index) => enter(`key_${index % 4}`));
    expect(flood.map(isIn)).toEqual([true, true, true, true, true, true, false, false]);
    expect((flood[6] as GatewayError).details).toMatchObject({
      scope: { type: 'organization', id: 'org_1' },
      limit: '4',
      used: '6',
    });
    expect([enter('key_8', 'org_2'), enter('key_9', 'org_3')].map(isIn)).toEqual([true, true]);
    expect(guard.isFull).toBe(true);
  });

  it('of an organization with less than half is not touched while little is left', () => {
    open();
    for (const keyId of ['a', 'a', 'a', 'b']) share(keyId, 'org_1');
    for (const keyId of ['c', 'c', 'c']) share(keyId, 'org_2');
    expect(isIn(enter('b', 'org_1'))).toBe(false);
    expect(isIn(enter('c', 'org_2'))).toBe(true);
  });

  it('ends with the average when the loop is late: a flood is refused, who has less is served', () => {
    open();
    for (const keyId of ['a', 'a', 'b']) share(keyId, 'org_1');
    const quiet = share('c', 'org_2');
    makeLate();
    expect(enter('b', 'org_1')).toMatchObject({ code: 'capacity_share_exceeded' });
    expect(isIn(enter('c', 'org_2'))).toBe(true);
    // As many as the others have now, and half of all, is not less than the average.
    expect(isIn(enter('c', 'org_2'))).toBe(true);
    expect(isIn(enter('c', 'org_2'))).toBe(false);
    expect(isIn(enter('d', 'org_3'))).toBe(true);
    leave(quiet);
  });

  it('is nothing for who is alone when the loop is late', () => {
    open();
    makeLate();
    expect(isIn(enter('key_1'))).toBe(false);
    guard.observeLag(50);
    const first = share('key_1');
    makeLate();
    expect(isIn(enter('key_1'))).toBe(false);
    leave(first);
    expect(isIn(enter('key_1'))).toBe(false);
  });
});

describe('a share of bytes', () => {
  const take = (entered: LoadShare, bytes: number, held = 0): string | undefined =>
    guard.takeBytes(entered, bytes, held)?.code;

  it('holds bodies of all up to a number of bytes', () => {
    open();
    expect(take(share('a', 'org_1'), 50)).toBeUndefined();
    expect(take(share('b', 'org_2'), 49)).toBeUndefined();
    const third = share('c', 'org_3');
    expect(take(third, 2)).toBe('service_unavailable');
    expect(take(third, 1)).toBeUndefined();
    expect(guard.bufferedBytes).toBe(100);
  });

  it('of a key is half: 49 and one more fit, the next does not, until they are given back', () => {
    open();
    const first = share('a');
    const second = share('a');
    expect(take(first, 49)).toBeUndefined();
    expect(take(second, 1)).toBeUndefined();
    expect(take(second, 1, 1)).toBe('capacity_share_exceeded');
    leave(first, 49);
    expect(take(second, 1, 1)).toBeUndefined();
    leave(second, 2);
    expect(guard.bufferedBytes).toBe(0);
  });

  it('lets one request alone be as large as there is room', () => {
    open();
    const only = share('a');
    expect(take(only, 60)).toBeUndefined();
    expect(take(only, 40, 60)).toBeUndefined();
    expect(take(only, 1, 100)).toBe('service_unavailable');
  });

  it('of an organization ends at three quarters: the rest is for others', () => {
    open();
    expect(take(share('a'), 40)).toBeUndefined();
    const second = share('b');
    expect(take(second, 35)).toBeUndefined();
    expect(take(second, 1, 35)).toBe('capacity_share_exceeded');
    expect(take(share('c', 'org_2'), 25)).toBeUndefined();
  });
});
