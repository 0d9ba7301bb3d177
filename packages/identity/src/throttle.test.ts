import { fixedClock } from '@tollgate/clock';
import { describe, expect, it } from 'vitest';
import {
  type AttemptCounter,
  type CounterRedis,
  IdentityError,
  memoryAttemptCounter,
  networkOf,
  redisAttemptCounter,
  throttle,
} from './index.ts';

const clock = fixedClock(0);
const broken: CounterRedis = {
  incr: () => Promise.reject(new Error('down')),
  pexpire: () => Promise.reject(new Error('down')),
  pttl: () => Promise.reject(new Error('down')),
  del: () => Promise.reject(new Error('down')),
  decr: () => Promise.reject(new Error('down')),
};

describe.each<[string, () => AttemptCounter]>([
  ['in memory', () => memoryAttemptCounter(clock)],
  ['without Redis', () => redisAttemptCounter(broken, memoryAttemptCounter(clock))],
])('the throttle %s', (_, make) => {
  it('allows exactly its limit in a window, and begins anew after it', async () => {
    const counter = make();
    const attempt = () => throttle(counter, [{ subject: 's', limit: 3, windowMs: 1_000 }]);
    for (let index = 0; index < 3; index += 1) await attempt();
    await expect(attempt()).rejects.toThrow(IdentityError);
    await counter.clear('s');
    await attempt();
    for (let index = 0; index < 2; index += 1) await attempt();
    await expect(attempt()).rejects.toMatchObject({ code: 'too_many_attempts', retryAfterMs: 1_000 });
    clock.advance(1_000);
    await attempt();
    // What is taken back was never counted.
    for (let index = 0; index < 5; index += 1) {
      await attempt();
      await counter.takeBack('s');
    }
  });
});

describe('networkOf()', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:0002::6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('sees %s as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
