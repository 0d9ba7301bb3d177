/**
 * The other framing of a generateContent stream: without `alt=sse` it is one JSON list that grows by an answer at a
 * time. Data is bytes held as Latin-1.
 */

export interface JsonArrayFraming {
  /** The next element, with what separates it from the one before. */
  frame(data: string): string;
  /** What closes the list, an empty one too. */
  end(): string;
}

export const JSON_ARRAY_TYPE = 'application/json; charset=UTF-8';

export function createJsonArrayFraming(): JsonArrayFraming {
  let isEmpty = true;
  return {
    frame(data) {
      const before = isEmpty ? '[' : ',\r\n';
      isEmpty = false;
      return before + data;
    },
    end: () => (isEmpty ? '[]' : ']'),
  };
}
