/**
 * JSON whose numbers keep their digits: each is put in quotation marks before the text is parsed.
 *
 * A reviver would tell the digits too, but takes microseconds per value: a file of numbers would keep everybody else
 * waiting for minutes. One pass, which also counts what the text would become. Not here: whether it is JSON.
 */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** @returns Undefined: it has more than `maxParts` values and names. */
export function quoteNumbers(text: string, maxParts: number): string | undefined {
  const pieces: string[] = [];
  let copied = 0;
  let parts = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (isNumberStart(code)) {
      const end = endOfNumber(text, at);
      pieces.push(text.slice(copied, at), '"', text.slice(at, end), '"');
      at = end;
      copied = end;
    } else {
      // Every value but the first of its list follows a comma, every list and object begins with a bracket.
      if (code === 0x2c || code === 0x5b || code === 0x7b || code === 0x3a) parts += 1;
      if (parts > maxParts) return undefined;
      at += 1;
    }
  }
  pieces.push(text.slice(copied));
  return pieces.join('');
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at + 1;
  }
  return text.length;
}

function isNumberStart(code: number): boolean {
  return code === 0x2d || (code >= 0x30 && code <= 0x39);
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && isNumberPart(text.charCodeAt(at))) at += 1;
  return at;
}

/** Digits, `.`, `+`, `-`, `e`, `E`. */
function isNumberPart(code: number): boolean {
  return isNumberStart(code) || code === 0x2e || code === 0x2b || code === 0x65 || code === 0x45;
}
