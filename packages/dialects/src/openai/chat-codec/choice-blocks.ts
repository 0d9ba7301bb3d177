/**
 * Orders the deltas of one choice into blocks, one open at a time: chat names no blocks, and some servers write
 * several calls at once. What comes for a later block waits until the open call's arguments are whole JSON (or the
 * answer ends), because a block that ended cannot go on.
 */
import type { BlockDelta, BlockStart, NeutralEvent } from '../../neutral/answer.ts';
import type { Signature } from '../../neutral/parts.ts';

/** A call whose name or turn may still have to come. */
export interface PendingCall {
  id: string;
  name: string;
  arguments: string;
  readonly custom: boolean;
  signature: Signature | undefined;
}

interface OpenBlock {
  readonly block: number;
  /** What another delta must have in common to belong to it. */
  readonly key: string;
  readonly call: PendingCall | undefined;
}

export class ChoiceBlocks {
  readonly #choice: number;
  readonly #events: (event: NeutralEvent) => void;
  #count = 0;
  #open: OpenBlock | undefined;
  readonly #waiting: (PendingCall | string)[] = [];

  constructor(choice: number, events: (event: NeutralEvent) => void) {
    this.#choice = choice;
    this.#events = events;
  }

  /** Of the open block; undefined where none is. */
  get openKey(): string | undefined {
    return this.#open?.key;
  }

  /** A delta of the block of that key, which is started where it is not the open one. */
  append(key: string, start: BlockStart, deltas: readonly BlockDelta[]): void {
    if (this.#open?.key !== key) {
      if (!this.#canClose()) {
        // Only text is worth waiting with: anything else between the pieces of a call has not been seen.
        for (const delta of deltas) if (delta.kind === 'text') this.#waiting.push(delta.text);
        return;
      }
      this.#start(key, start, undefined);
    }
    for (const delta of deltas) this.#delta(delta);
  }

  /** To the open block, whatever it is. */
  appendToOpen(delta: BlockDelta): void {
    if (this.#open !== undefined) this.#delta(delta);
  }

  whole(part: Extract<BlockStart, { kind: 'whole' }>['part']): void {
    this.#close();
    this.#start('whole', { kind: 'whole', part }, undefined);
    this.#close();
  }

  /** A call begins; its block starts now or when the open call is complete. */
  addCall(call: PendingCall): void {
    if (call.name !== '' && this.#waiting.length === 0 && this.#canClose()) this.#startCall(call);
    else this.#waiting.push(call);
  }

  /** More of a call: `more` is what came now. */
  appendToCall(call: PendingCall, more: string): void {
    call.arguments += more;
    if (this.#open?.call === call && more !== '') this.#delta({ kind: 'text', text: more });
    this.#startWaiting(false);
  }

  /** The answer has ended. */
  end(): void {
    this.#startWaiting(true);
    this.#close();
  }

  #startWaiting(force: boolean): void {
    while (this.#waiting.length > 0 && (force || this.#canClose())) {
      const next = this.#waiting[0];
      if (next === undefined) return;
      if (typeof next !== 'string' && next.name === '' && !force) return;
      this.#waiting.shift();
      if (typeof next !== 'string') this.#startCall(next);
      else {
        if (this.#open?.key !== TEXT_KEY) this.#start(TEXT_KEY, { kind: 'text' }, undefined);
        this.#delta({ kind: 'text', text: next });
      }
    }
  }

  #startCall(call: PendingCall): void {
    const { id, name, custom, signature } = call;
    this.#start('call', { kind: 'toolCall', id, name, ...(custom ? { custom } : {}) }, call);
    if (signature !== undefined) this.#delta({ kind: 'signature', signature });
    if (call.arguments !== '') this.#delta({ kind: 'text', text: call.arguments });
  }

  #start(key: string, start: BlockStart, call: PendingCall | undefined): void {
    this.#close();
    const block = this.#count;
    this.#count += 1;
    this.#open = { block, key, call };
    this.#events({ kind: 'blockStart', choice: this.#choice, block, start });
  }

  #delta(delta: BlockDelta): void {
    if (this.#open === undefined) return;
    this.#events({ kind: 'blockDelta', choice: this.#choice, block: this.#open.block, delta });
  }

  #close(): void {
    if (this.#open === undefined) return;
    this.#events({ kind: 'blockEnd', choice: this.#choice, block: this.#open.block });
    this.#open = undefined;
  }

  #canClose(): boolean {
    const call = this.#open?.call;
    return call === undefined || call.custom || isWholeJson(call.arguments);
  }
}

export const TEXT_KEY = 'text';

function isWholeJson(text: string): boolean {
  if (text === '') return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
