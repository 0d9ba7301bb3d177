/** The parts that a stream's events make, for tests. */
import type { NeutralEvent, Part } from '../neutral/index.ts';

type Building = { -readonly [K in keyof Part]: Part[K] } & Record<string, unknown>;

/** Of the first choice, in the order of their blocks. */
export function assemble(events: readonly NeutralEvent[]): readonly Part[] {
  const parts = new Map<number, Building>();
  for (const event of events) {
    if (!('choice' in event) || event.choice !== 0) continue;
    if (event.kind === 'blockStart') parts.set(event.block, begun(event.start));
    const part = event.kind === 'blockDelta' ? parts.get(event.block) : undefined;
    if (part !== undefined && event.kind === 'blockDelta') grow(part, event.delta);
  }
  return [...parts.entries()].sort(([a], [b]) => a - b).map(([, part]) => part as unknown as Part);
}

type Started = Extract<NeutralEvent, { kind: 'blockStart' }>['start'];
type Grown = Extract<NeutralEvent, { kind: 'blockDelta' }>['delta'];

function begun(start: Started): Building {
  if (start.kind === 'whole') return { ...start.part } as unknown as Building;
  const textName = start.kind === 'toolCall' ? 'arguments' : 'text';
  return { ...start, [textName]: '' } as unknown as Building;
}

function grow(part: Building, delta: Grown): void {
  switch (delta.kind) {
    case 'text': {
      const name = part.kind === 'toolCall' ? 'arguments' : 'text';
      part[name] = `${String(part[name])}${delta.text}`;
      break;
    }
    case 'signature':
      part.signature = delta.signature;
      break;
    case 'citation':
      part.citations = [...((part.citations as unknown[] | undefined) ?? []), delta.citation];
      break;
    default:
      break;
  }
}
