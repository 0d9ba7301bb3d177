/**
 * What a test may ask of the simulator, and the three places where it may ask.
 *
 * A gateway forwards neither arbitrary headers nor unknown model names, so the same controls are read from
 * `x-sim-*` request headers, from a suffix of the model name and from the beginning of a message. Later places
 * win: standing behaviour, message, model name, header. An unknown control is an error, never ignored: a test
 * that misspells a fault would otherwise pass.
 */

/** `number`: 0 or more. `count`: a number that is 1 when it is named without a value. `flag`: on when named. */
const CONTROL_KINDS = {
  // Pace
  'latency-ms': 'number',
  'interval-ms': 'number',
  // Content and usage
  tokens: 'number',
  'input-tokens': 'number',
  'cached-tokens': 'number',
  'reasoning-tokens': 'number',
  'cache-write-tokens': 'number',
  'cache-write-1h-tokens': 'number',
  reasoning: 'flag',
  redacted: 'flag',
  tool: 'text',
  'tool-calls': 'count',
  'no-tools': 'flag',
  finish: 'text',
  'safety-block': 'text',
  logprobs: 'flag',
  citations: 'flag',
  images: 'count',
  awkward: 'flag',
  echo: 'flag',
  refusal: 'flag',
  lenient: 'flag',
  ref: 'text',
  'response-model': 'text',
  // Refusals
  status: 'number',
  error: 'text',
  code: 'text',
  'retry-after': 'text',
  'retry-after-ms': 'text',
  location: 'text',
  'error-body': 'text',
  'fail-times': 'count',
  nonce: 'text',
  // Faults of usage
  'no-usage': 'flag',
  'usage-twice': 'flag',
  'usage-first': 'flag',
  'bad-usage': 'text',
  // Faults of the wire
  hang: 'flag',
  'hang-after-chunks': 'count',
  'cut-after-chunks': 'number',
  'cut-mid-event': 'flag',
  'cut-how': 'text',
  'error-in-stream': 'count',
  'bad-event': 'count',
  'no-done': 'flag',
  'chunk-bytes': 'number',
  'line-ends': 'text',
  comments: 'flag',
  gzip: 'flag',
  'extra-bytes': 'count',
  'echo-headers': 'flag',
} as const satisfies Record<string, 'number' | 'count' | 'flag' | 'text'>;

type Kinds = typeof CONTROL_KINDS;
type ValueOf<K> = K extends 'flag' ? boolean : K extends 'text' ? string : number;

export type ControlName = keyof Kinds;
export type Controls = { readonly [N in ControlName]?: ValueOf<Kinds[N]> };

export const CONTROL_NAMES = Object.keys(CONTROL_KINDS) as ControlName[];
export const NO_CONTROLS: Controls = Object.freeze({});

const ALIASES = new Map<string, ControlName>([
  ['latency', 'latency-ms'],
  ['interval', 'interval-ms'],
]);
const NUMBER_MAX = 1_000_000_000;
const TEXT_MAX = 500;
const HEADER_PREFIX = 'x-sim-';
const MARKER_START = '[[sim ';
const MARKER_END = ']]';
const CHOICES: Partial<Record<ControlName, readonly string[]>> = {
  'cut-how': ['close', 'reset', 'end'],
  'error-body': ['json', 'html', 'empty'],
  'bad-usage': ['negative', 'huge', 'text', 'null'],
  'line-ends': ['lf', 'crlf', 'cr'],
  'safety-block': ['prompt', 'answer'],
};

export class ControlError extends Error {
  override readonly name = 'ControlError';
}

type Writable = { -readonly [N in ControlName]?: Controls[N] };

/** @throws {ControlError} The name is unknown or the value does not fit it. */
function setControl(controls: Writable, givenName: string, value: string | undefined): void {
  const name = ALIASES.get(givenName) ?? givenName;
  if (!isControlName(name))
    throw new ControlError(`Cannot follow control '${name.slice(0, 80)}': there is none of that name.`);
  Object.assign(controls, { [name]: parseValue(name, value) });
}

function parseValue(name: ControlName, value: string | undefined): number | boolean | string {
  const kind = CONTROL_KINDS[name];
  if (kind === 'flag') return parseFlag(name, value);
  if (kind === 'text') return parseText(name, value);
  if (kind === 'count' && (value === undefined || value === '' || value === 'true')) return 1;
  const number = value === undefined || value === '' ? Number.NaN : Number(value);
  if (!(number >= 0 && number <= NUMBER_MAX)) {
    throw new ControlError(
      `Cannot follow control '${name}': it needs a number from 0 to ${NUMBER_MAX}, got '${value}'.`,
    );
  }
  return number;
}

function parseFlag(name: ControlName, value: string | undefined): boolean {
  if (value === undefined || value === '' || value === '1' || value === 'true') return true;
  if (value === '0' || value === 'false') return false;
  throw new ControlError(`Cannot follow control '${name}': it is on or off (1 or 0), got '${value}'.`);
}

function parseText(name: ControlName, value: string | undefined): string {
  const allowed = CHOICES[name];
  const text = (value ?? '').slice(0, TEXT_MAX);
  if (name === 'error') return parseError(text);
  if (allowed !== undefined && !allowed.includes(text)) {
    throw new ControlError(
      `Cannot follow control '${name}': it is one of ${allowed.join(', ')}, got '${text}'.`,
    );
  }
  return text;
}

function isControlName(name: string): name is ControlName {
  return Object.hasOwn(CONTROL_KINDS, name);
}

/** Reads the `x-sim-*` headers of Node's flat list (name, value, name, value). */
export function controlsOfHeaders(rawHeaders: readonly string[]): Controls {
  let controls: Writable | null = null;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length <= HEADER_PREFIX.length || (name.charCodeAt(0) | 32) !== 120) continue;
    const lowered = name.toLowerCase();
    if (!lowered.startsWith(HEADER_PREFIX)) continue;
    controls ??= {};
    setControl(controls, lowered.slice(HEADER_PREFIX.length), rawHeaders[i + 1]);
  }
  return controls ?? NO_CONTROLS;
}

/** Splits `sim-small:tokens=50,interval=0` (or `sim-small?tokens=50&interval=0`) into the model and its controls. */
export function controlsOfModel(name: string): { readonly model: string; readonly controls: Controls } {
  const end = name.search(/[:?]/);
  if (end === -1) return { model: name, controls: NO_CONTROLS };
  return { model: name.slice(0, end), controls: parseList(name.slice(end + 1).split(/[,&]/)) };
}

/** Reads `[[sim tokens=50 interval=0]]` where the text begins with it. */
export function controlsOfText(text: string): Controls {
  if (!text.startsWith(MARKER_START)) return NO_CONTROLS;
  const end = text.indexOf(MARKER_END);
  if (end === -1 || end > 4_000) return NO_CONTROLS;
  return parseList(text.slice(MARKER_START.length, end).split(/[\s,]+/));
}

function parseList(items: readonly string[]): Controls {
  const controls: Writable = {};
  for (const item of items) {
    if (item === '') continue;
    const equals = item.indexOf('=');
    if (equals === -1) setControl(controls, item, undefined);
    else setControl(controls, item.slice(0, equals), item.slice(equals + 1));
  }
  return controls;
}

/** Reads controls from a JSON object, as the standing behaviour is given over HTTP. */
export function controlsOfJson(value: unknown): Controls {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ControlError('Cannot follow controls: they must be one JSON object.');
  }
  const controls: Writable = {};
  for (const [name, item] of Object.entries(value)) setControl(controls, name, String(item));
  return controls;
}

const STATUS_OF_ERROR = new Map([
  ['invalid', 400],
  ['authentication', 401],
  ['billing', 402],
  ['permission', 403],
  ['not-found', 404],
  ['timeout', 504],
  ['too-large', 413],
  ['rate-limit', 429],
  ['server', 500],
  ['unavailable', 503],
  ['overloaded', 529],
]);

/** The status that `status` or `error` asks for; `error` is a number or one of the provider-neutral names. */
function parseError(text: string): string {
  const isStatus = /^[345]\d\d$/.test(text);
  if (isStatus || STATUS_OF_ERROR.has(text)) return text;
  const names = [...STATUS_OF_ERROR.keys()].join(', ');
  throw new ControlError(`Cannot follow control 'error': it is a status or one of ${names}, got '${text}'.`);
}

/** The refusal that was asked for, if any: `status` before `error`. */
export function refusalStatusOf(controls: Controls): number | undefined {
  if (controls.status !== undefined || controls.error === undefined) return controls.status;
  return STATUS_OF_ERROR.get(controls.error) ?? Number(controls.error);
}

/** Later ones win. */
export function mergeControls(...all: readonly Controls[]): Controls {
  const named = all.filter((controls) => controls !== NO_CONTROLS);
  return named.length === 0 ? NO_CONTROLS : Object.assign({}, ...named);
}
