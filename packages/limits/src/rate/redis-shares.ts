/**
 * How gateways divide one limit through Redis: each says what it has used and how much more it reserves.
 *
 * The script gives a reservation only out of what the others have not reserved, so that together they never
 * pass the limit, and takes a gateway's own use as a fact, so that a flushed Redis learns it again. A slot's
 * field ends with its lease. Counts are tokens and requests, never money: doubles hold them exactly.
 */
import type { openRedis } from '@tollgate/queues';

export interface ShareRequest {
  /** Of the rule and value, with the window. */
  readonly key: string;
  readonly previousKey: string;
  readonly used: number;
  /** In all, the used included. */
  readonly wanted: number;
  readonly limit: number;
  /** How much of the previous window counts. */
  readonly overlapMs: number;
  readonly windowMs: number;
  readonly keepMs: number;
  /** 0: the field does not end before its key. */
  readonly leaseMs: number;
}

export interface Share {
  /** At least what was used. */
  readonly reserved: number;
  readonly othersReserved: number;
  readonly othersUsed: number;
  readonly previous: number;
}

export interface ShareStore {
  reserve(request: ShareRequest): Promise<Share>;
  /** The last word on a window that is over. */
  publish(key: string, used: number, keepMs: number): Promise<void>;
  /** @returns Redis's time and how many gateways report, this one included. */
  report(): Promise<{ readonly nowMs: number; readonly gateways: number }>;
}

const RESERVE = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local used, wanted, limit, lease = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[7])
local othersReserved, othersUsed, previous = 0, 0, 0
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local reservedText, usedText, untilText = string.match(fields[i + 1], '^(%d+):(%d+):(%d+)$')
  if untilText and tonumber(untilText) ~= 0 and tonumber(untilText) < now then
    redis.call('HDEL', KEYS[1], fields[i])
  elseif reservedText and fields[i] ~= ARGV[1] then
    othersReserved = othersReserved + tonumber(reservedText)
    othersUsed = othersUsed + tonumber(usedText)
  end
end
for _, value in ipairs(redis.call('HVALS', KEYS[2])) do
  local usedText = string.match(value, '^%d+:(%d+):')
  if usedText then previous = previous + tonumber(usedText) end
end
local room = limit - math.ceil(previous * tonumber(ARGV[5]) / tonumber(ARGV[8])) - othersReserved
local reserved = math.max(used, math.min(wanted, room))
local ends = 0
if lease > 0 then ends = now + lease end
if reserved == 0 and lease > 0 then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%d:%d:%d', reserved, used, ends))
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
end
return {reserved, othersReserved, othersUsed, previous}
`;

/** Of all keys; the format of their fields changes with the number. */
export const RATE_PREFIX = 'tollgate:rate:1:';
const PREFIX = RATE_PREFIX;
const GATEWAYS_KEY = `${PREFIX}gateways`;
const GATEWAY_LIFE_MS = 10_000;

type Redis = ReturnType<typeof openRedis>;

/** @param redis In the producer's manner: who asks learns at once that it is down. */
export function redisShares(redis: Redis, gateway: string, timeoutMs = 50): ShareStore {
  return {
    reserve: async (request) => {
      const answer = await within(
        timeoutMs,
        redis.eval(
          RESERVE,
          2,
          PREFIX + request.key,
          PREFIX + request.previousKey,
          gateway,
          request.used,
          request.wanted,
          request.limit,
          request.overlapMs,
          Math.ceil(request.keepMs),
          request.leaseMs,
          request.windowMs,
        ),
      );
      const [reserved, othersReserved, othersUsed, previous] = answer as [number, number, number, number];
      return { reserved, othersReserved, othersUsed, previous };
    },
    publish: async (key, used, keepMs) => {
      await within(
        timeoutMs,
        redis
          .multi()
          .hset(PREFIX + key, gateway, `${used}:${used}:0`)
          .pexpire(PREFIX + key, Math.ceil(keepMs))
          .exec(),
      );
    },
    report: async () => {
      const [seconds, microseconds] = await within(timeoutMs, redis.time());
      const nowMs = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
      const answers = await within(
        timeoutMs,
        redis
          .multi()
          .zadd(GATEWAYS_KEY, nowMs, gateway)
          .zremrangebyscore(GATEWAYS_KEY, 0, nowMs - GATEWAY_LIFE_MS)
          .zcard(GATEWAYS_KEY)
          .exec(),
      );
      return { nowMs, gateways: Math.max(1, Number(answers?.[2]?.[1] ?? 1)) };
    },
  };
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Cannot reach Redis: it must answer in ${timeoutMs} ms`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
