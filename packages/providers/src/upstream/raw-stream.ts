/** An answer of bytes (speech, a file) that passes as it comes. Whoever reads it cannot be told of a failure but by its breaking off. */
import type { TokenUsage } from '@tollgate/catalog';
import type { AnswerStream, AnswerStreamState } from './understood-request.ts';

export class RawStream implements AnswerStream {
  readonly contentType: string;
  readonly usage: TokenUsage | undefined;
  readonly finishReason = '';
  readonly outputBytes = 0;
  readonly untoldBytes = 0;
  readonly pieces = 0;
  hasOutput = false;
  state: AnswerStreamState = { kind: 'open' };

  /** @param usage Known from the request alone. */
  constructor(contentType: string, usage: TokenUsage | undefined) {
    this.contentType = contentType;
    this.usage = usage;
  }

  feed(chunk: Buffer): string {
    this.hasOutput = true;
    return chunk.toString('latin1');
  }

  close(): string {
    this.state = { kind: 'complete' };
    return '';
  }

  finish(): string {
    return '';
  }

  fail(): null {
    return null;
  }
}
