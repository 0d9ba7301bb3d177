/** A channel as its form holds it: times as clocks, addresses as one line. */
import type { NotificationChannel } from '@tollgate/api';

export interface ChannelValues {
  kind: 'email' | 'slack';
  name: string;
  roles: readonly string[];
  memberIds: readonly string[];
  addresses: string;
  url: string;
  locale: 'en' | 'de';
  timeZone: string;
  quietFrom: string;
  quietTo: string;
  breakThrough: boolean;
  digest: 'none' | 'daily' | 'weekly';
  digestAt: string;
  digestWeekday: string;
}

const MINUTES_PER_HOUR = 60;
const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** `1320` is `22:00`. */
export function toClock(minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / MINUTES_PER_HOUR))}:${two(minute % MINUTES_PER_HOUR)}`;
}

/** @returns Undefined: no time of day. */
export function parseClock(text: string): number | undefined {
  const match = CLOCK.exec(text.trim());
  return match === null ? undefined : Number(match[1]) * MINUTES_PER_HOUR + Number(match[2]);
}

export function channelValues(channel: NotificationChannel | undefined, locale: 'en' | 'de'): ChannelValues {
  if (channel === undefined) {
    return {
      kind: 'email',
      name: '',
      roles: [],
      memberIds: [],
      addresses: '',
      url: '',
      locale,
      timeZone: '',
      quietFrom: '',
      quietTo: '',
      breakThrough: true,
      digest: 'none',
      digestAt: '08:00',
      digestWeekday: '1',
    };
  }
  const { recipients, quietFromMinute, quietToMinute } = channel;
  return {
    kind: channel.kind,
    name: channel.name,
    roles: recipients.roles,
    memberIds: recipients.memberIds,
    addresses: recipients.addresses.join(', '),
    url: '',
    locale: channel.locale,
    timeZone: channel.timeZone,
    quietFrom: quietFromMinute === null ? '' : toClock(quietFromMinute),
    quietTo: quietToMinute === null ? '' : toClock(quietToMinute),
    breakThrough: channel.breakThrough,
    digest: channel.digest,
    digestAt: toClock(channel.digestMinute),
    digestWeekday: String(channel.digestWeekday),
  };
}

/** Of values that were checked; `kind` is for creating only. */
export function toChannelBody(values: ChannelValues) {
  const addresses = values.addresses
    .split(/[,;\s]+/)
    .map((address) => address.trim())
    .filter((address) => address !== '');
  return {
    name: values.name.trim(),
    ...(values.kind === 'email' && {
      recipients: { roles: [...values.roles], memberIds: [...values.memberIds], addresses },
    }),
    ...(values.kind === 'slack' && values.url.trim() !== '' && { url: values.url.trim() }),
    locale: values.locale,
    timeZone: values.timeZone,
    quietFromMinute: parseClock(values.quietFrom) ?? null,
    quietToMinute: parseClock(values.quietTo) ?? null,
    breakThrough: values.breakThrough,
    digest: values.digest,
    digestMinute: parseClock(values.digestAt) ?? 480,
    digestWeekday: Number(values.digestWeekday),
  };
}
