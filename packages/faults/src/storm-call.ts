/** One call of a storm, and what it was told; in whichever format, the words of a refusal have the same names. */
import type { StormAsk, StormKind } from './storm-kinds.ts';

export interface Answer {
  /** 0: the connection broke, or the client went away. */
  readonly status: number;
  /** Of a refusal. */
  readonly code: string;
  /** Of a refusal by a budget. */
  readonly requestedPicoUsd: bigint;
  readonly resetsAtMs: number;
  readonly retryAfterMs: number;
  /** The output cap that was put in. */
  readonly capPutIn: string | null;
}

export interface StormCall {
  readonly url: string;
  readonly secret: string;
  readonly kind: StormKind;
  readonly streamed?: boolean;
  /** The client goes away then. */
  readonly abortAfterMs?: number;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly fileId?: string;
}

const CALL_TIMEOUT_MS = 60_000;
/** The same in all calls, so that they cost the same. */
const USER = 'storm';

export async function askStorm({
  url,
  secret,
  kind,
  streamed = false,
  abortAfterMs,
  fields = {},
  fileId = '',
}: StormCall): Promise<Answer> {
  const ask = kind.ask({ streamed, user: USER, fileId });
  const nothing = {
    status: 0,
    code: '',
    requestedPicoUsd: 0n,
    resetsAtMs: 0,
    retryAfterMs: 0,
    capPutIn: null,
  };
  try {
    const response = await fetch(`${url}${ask.path}`, {
      method: 'POST',
      signal: AbortSignal.timeout(abortAfterMs ?? CALL_TIMEOUT_MS),
      headers: {
        authorization: `Bearer ${secret}`,
        ...ask.headers,
        ...(ask.body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      },
      body: bodyOf(ask, fields),
    });
    const text = await response.text();
    if (response.ok) {
      return { ...nothing, status: 200, capPutIn: response.headers.get('x-tollgate-max-output-tokens') };
    }
    return {
      status: response.status,
      code: CODE.exec(text)?.[1] ?? '',
      requestedPicoUsd: toPicoUsd(/"requested":"([\d.]+)"/.exec(text)?.[1] ?? '0'),
      resetsAtMs: Date.parse(/"resets_at":"([^"]+)"/.exec(text)?.[1] ?? '') || 0,
      retryAfterMs: Number(response.headers.get('retry-after-ms') ?? 500),
      capPutIn: null,
    };
  } catch {
    return nothing;
  }
}

/** Google's and Anthropic's errors have codes of their own around it. */
const CODE = /"code":"([a-z_]+)"/;

function bodyOf({ body }: StormAsk, fields: Readonly<Record<string, unknown>>): FormData | string {
  return body instanceof FormData ? body : JSON.stringify({ ...body, ...fields });
}

function toPicoUsd(usd: string): bigint {
  const [whole = '0', rest = ''] = usd.split('.');
  return BigInt(whole) * 1_000_000_000_000n + BigInt(rest.padEnd(12, '0').slice(0, 12));
}
