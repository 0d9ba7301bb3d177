/** Lines of a file that comes piece by piece; none is ever larger than allowed, and empty ones are no lines. */

export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
}

const NEW_LINE = 10;

export class LineSplitter {
  readonly #maxLineBytes: number;
  #rest: Buffer[] = [];
  #restBytes = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** @returns The lines that end in this piece. @throws {LineTooLongError} */
  feed(chunk: Buffer): Buffer[] {
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEW_LINE); end !== -1; end = chunk.indexOf(NEW_LINE, start)) {
      this.#keep(chunk.subarray(start, end));
      this.#take(lines);
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  /** The last line need not be ended. */
  end(): Buffer[] {
    const lines: Buffer[] = [];
    this.#take(lines);
    return lines;
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#restBytes += piece.length;
    if (this.#restBytes > this.#maxLineBytes) {
      throw new LineTooLongError(`a line has more than ${this.#maxLineBytes} bytes`);
    }
    this.#rest.push(piece);
  }

  #take(lines: Buffer[]): void {
    const line = this.#rest.length === 1 ? this.#rest[0]! : Buffer.concat(this.#rest);
    this.#rest = [];
    this.#restBytes = 0;
    if (!isBlank(line)) lines.push(line);
  }
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 32 || byte === 9 || byte === 13);
}
