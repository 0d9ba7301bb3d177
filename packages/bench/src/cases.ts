/** What is asked: bodies of each size, and streams of each pace. */

export interface Case {
  readonly name: string;
  readonly body: string;
  readonly connections: number;
}

const FILLER = 'All work and no play makes Jack a dull boy. ';

export const SMALL = chat('Say hello.');
/** One event every ten milliseconds: each crosses the proxy on its own, as a provider's do. */
export const CHUNK_STREAM = stream('tokens=400 interval=10 latency=0');
export const FIRST_TOKEN_STREAM = stream('tokens=10 interval=5 latency=0');
/** Open for hours, at a trickle. */
export const HELD_STREAM = stream('tokens=2000 interval=4000 latency=0');

/** Of an organization with a route: asked for by its model, and by the route. */
export const ROUTED = 'route';

export const CASES: readonly Case[] = [
  { name: 'small', body: SMALL, connections: 32 },
  { name: ROUTED, body: SMALL, connections: 32 },
  { name: '8-kb-body', body: chat(FILLER.repeat(186)), connections: 32 },
  { name: '400-kb-body', body: chat(FILLER.repeat(9_309)), connections: 16 },
  { name: 'stream', body: stream('tokens=50 interval=0 latency=0'), connections: 32 },
];

function chat(content: string, extra: Record<string, unknown> = {}): string {
  return JSON.stringify({ model: 'sim-small', messages: [{ role: 'user', content }], ...extra });
}

function stream(controls: string): string {
  return chat(`[[sim ${controls}]] Say hello.`, { stream: true });
}
