/** Streams and answers are two forms of one thing: each made from the other, for tests. */
import type { NeutralAnswer, NeutralEvent, Part } from '../neutral/index.ts';

/** The events of an answer that arrives in pieces. */
export function eventsOf(answer: NeutralAnswer): NeutralEvent[] {
  const [choice] = answer.choices;
  return [
    { kind: 'start', id: answer.id, model: answer.model },
    ...(choice?.content ?? []).flatMap((part, block) => blockEvents(part, block)),
    ...(choice === undefined ? [] : [{ kind: 'finish', choice: 0, finish: choice.finish } as const]),
    ...(answer.usage === undefined ? [] : [{ kind: 'usage', usage: answer.usage } as const]),
    { kind: 'end' },
  ];
}

function blockEvents(part: Part, block: number): NeutralEvent[] {
  const start = (begun: Extract<NeutralEvent, { kind: 'blockStart' }>['start']): NeutralEvent => ({
    kind: 'blockStart',
    choice: 0,
    block,
    start: begun,
  });
  const delta = (told: Extract<NeutralEvent, { kind: 'blockDelta' }>['delta']): NeutralEvent => ({
    kind: 'blockDelta',
    choice: 0,
    block,
    delta: told,
  });
  const end: NeutralEvent = { kind: 'blockEnd', choice: 0, block };
  switch (part.kind) {
    case 'text':
      return [start({ kind: 'text' }), delta({ kind: 'text', text: part.text }), end];
    case 'toolCall': {
      const half = Math.floor(part.arguments.length / 2);
      const pieces = [part.arguments.slice(0, half), part.arguments.slice(half)].filter(
        (piece) => piece !== '',
      );
      return [
        start({ kind: 'toolCall', id: part.id, name: part.name }),
        ...(part.signature === undefined ? [] : [delta({ kind: 'signature', signature: part.signature })]),
        ...pieces.map((text) => delta({ kind: 'text', text })),
        end,
      ];
    }
    case 'reasoning':
      if (part.redacted !== undefined) return [start({ kind: 'whole', part }), end];
      return [
        start({ kind: 'reasoning' }),
        delta({ kind: 'text', text: part.text }),
        ...(part.signature === undefined ? [] : [delta({ kind: 'signature', signature: part.signature })]),
        end,
      ];
    default:
      return [start({ kind: 'whole', part }), end];
  }
}

/** Without `end`, native members and repeated usage: what the stream said, in one form. */
export function essenceOf(events: readonly NeutralEvent[]): unknown {
  const usage = events.findLast((event) => event.kind === 'usage');
  const told = events.filter(({ kind }) => kind.startsWith('block') || kind === 'finish');
  return { told, usage };
}
