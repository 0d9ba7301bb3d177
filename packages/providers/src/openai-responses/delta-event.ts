/**
 * Most events of a Responses stream bring one piece of text and nothing that is kept. They are known by what stands
 * around the piece and need not be parsed; an event that looks otherwise is.
 */

/** Type first, as OpenAI and the servers like it write them; then plain members up to the piece. */
const HEAD =
  /^\{"type":"response\.(?:output_text|reasoning_summary_text|reasoning_text|refusal|function_call_arguments|custom_tool_call_input)\.delta"(?:,"[a-z_]{1,32}":(?:\d{1,15}|"[\w-]{0,512}"))*,"delta":"/;
/** Plain members behind it. What pads the event so that its length tells nothing is among them. */
const TAIL = /^(?:,"[a-z_]{1,32}":(?:\d{1,15}|\[\]|"[\w-]{0,512}"))*\}$/;
/** The inside of one JSON string. One character at a time: repeated runs would be tried in every division. */
const INSIDE = /^(?:[\x20\x21\x23-\x5b\x5d-\xff]|\\["\\/bfnrtu])*$/;

/** @returns Bytes of the one piece that the event brings, as JSON writes them; -1: it must be parsed. */
export function deltaPieceBytes(data: string): number {
  if (!data.startsWith('{"type":"response.')) return -1;
  const start = HEAD.exec(data)?.[0].length;
  if (start === undefined) return -1;
  const end = endOfText(data, start);
  if (end === -1 || !TAIL.test(data.slice(end + 1))) return -1;
  return INSIDE.test(data.slice(start, end)) ? end - start : -1;
}

/** The quote that closes the string; -1: none does. */
function endOfText(data: string, start: number): number {
  let quote = data.indexOf('"', start);
  while (quote !== -1) {
    let backslashes = 0;
    while (quote - 1 - backslashes >= start && data[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote;
    quote = data.indexOf('"', quote + 1);
  }
  return -1;
}
