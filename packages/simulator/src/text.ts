/**
 * What the simulated models say: plain sentences in an order that follows from a hash.
 *
 * Also the awkward text: every character that has broken a stream parser, for tests that cut bytes anywhere.
 */

const SENTENCES = [
  'This answer was written by a simulator and no model was asked.',
  'Every word of it is known before it is sent.',
  'The same question with the same seed gets the same answer again.',
  'Four characters make a token here, so anybody can count along.',
  'A meter that agrees with this text agrees with the provider.',
  'Small rivers meet in the valley and the larger one keeps its name.',
  'The morning train leaves at seven and stops at every village.',
  'A good ledger can be read by someone who was not there.',
  'Two clocks that disagree are worth less than one that is late.',
  'The garden behind the office has three apple trees and a bench.',
  'Nobody remembers who wrote the first page of the manual.',
  'Rain is expected in the north and sun along the coast.',
  'The harbour closes at dusk, but the lighthouse stays awake.',
  'Copper turns green with time, which is how old roofs are told apart.',
  'A short list is easier to keep true than a long one.',
  'The bridge was measured twice and built once.',
  'Letters that arrive late are answered first.',
  'In winter the mill grinds slowly and the baker waits.',
  'The map shows the path, and the path shows the hill.',
  'An honest estimate carries its own mark.',
  'The choir practises on Tuesdays in the hall by the square.',
  'Whoever counts the sheep should not also sell the wool.',
  'Paper boats travel further than their makers expect.',
  'That is all there is to say about it.',
] as const;

const CORPUS = `${SENTENCES.join(' ')} `;
const SENTENCE_STARTS: readonly number[] = startsOf(SENTENCES);

// Each is exactly one token (four units), so that any number of them can be asked for.
const AWKWARD_PIECES = [
  'zażó',
  '日本語で',
  '\u{1f600}\u{1f680}',
  ' "\\"',
  '\r\n\r\n',
  '\nid:',
  '\u2028\u2029\u0085x',
  'e\u0301a\u0308',
  '\n\nev',
  'ent:',
  ' [DO',
  'NE]\n',
  'ąęłż',
  '\t\u0001\u007f ',
  '</s>',
  '\ufeff\u200d\ufe0f.',
] as const;

function startsOf(sentences: readonly string[]): number[] {
  const starts: number[] = [];
  let position = 0;
  for (const sentence of sentences) {
    starts.push(position);
    position += sentence.length + 1;
  }
  return starts;
}

/** One to four whole sentences, chosen by the hash. */
export function sentencesFor(hash: number): string {
  const first = hash % SENTENCES.length;
  const count = 1 + ((hash >>> 8) % 4);
  let text: string = SENTENCES[first] ?? '';
  for (let i = 1; i < count; i += 1) text += ` ${SENTENCES[(first + i) % SENTENCES.length]}`;
  return text;
}

/** A text of exactly `tokens` tokens, beginning at a sentence chosen by the hash. */
export function textOfTokens(hash: number, tokens: number): string {
  const length = tokens * 4;
  const start = SENTENCE_STARTS[hash % SENTENCES.length] ?? 0;
  if (start + length <= CORPUS.length) return CORPUS.slice(start, start + length);
  const rounds = Math.ceil((start + length) / CORPUS.length);
  return CORPUS.repeat(rounds).slice(start, start + length);
}

/** A text of exactly `tokens` tokens with multi-byte characters, quotes, line ends and event-stream look-alikes. */
export function awkwardTextOfTokens(hash: number, tokens: number): string {
  let text = '';
  for (let i = 0; i < tokens; i += 1) text += AWKWARD_PIECES[(hash + i) % AWKWARD_PIECES.length];
  return text;
}
