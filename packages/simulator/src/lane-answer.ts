/** The whole HTTP response of a plain answer as one string, for the fast lane. */
import { buildAnswer, requestIdOf } from './answer.ts';
import { FIXED_HEADERS, rateLimitHeaders } from './answer-headers.ts';
import { completionBody } from './completion-body.ts';
import type { ControlName } from './controls.ts';
import { decideChat, plainDelayMs, type Settings } from './decide-chat.ts';
import type { LaneRequest, LaneResponse } from './fast-lane.ts';
import type { Runtime } from './runtime.ts';

/** Controls that change only what is said. Any other sends the request to the HTTP server. */
const HARMLESS = new Set<ControlName>([
  'latency-ms',
  'interval-ms',
  'tokens',
  'input-tokens',
  'cached-tokens',
  'reasoning-tokens',
  'awkward',
  'echo',
  'refusal',
  'lenient',
  'ref',
  'response-model',
  'no-usage',
]);

const FIXED_HEAD = toLines(FIXED_HEADERS);

export function createLaneAnswer(
  settings: Settings,
  runtime: Runtime,
  takeSequence: () => number,
): (request: LaneRequest) => LaneResponse | null {
  let dateSecond = 0;
  let dateText = '';
  return ({ authorization, rawHeaders, bodyText }) => {
    if (runtime.isStopping) return null;
    const decision = decideChat(authorization, rawHeaders, bodyText, settings);
    if (decision.kind === 'refused' || decision.request.stream) return null;
    const { request, controls, model, promptTokens } = decision;
    for (const name in controls) if (!HARMLESS.has(name as ControlName)) return null;
    if (plainDelayMs(decision, 1) > 0) return null;
    const createdSeconds = Math.floor(runtime.now() / 1000);
    const sequence = takeSequence();
    const answer = buildAnswer(request, controls, model.id, promptTokens, {
      seed: runtime.seed,
      sequence,
      createdSeconds,
    });
    const body = completionBody(answer, { logprobs: request.logprobs, controls });
    if (createdSeconds !== dateSecond) {
      dateSecond = createdSeconds;
      dateText = new Date(createdSeconds * 1000).toUTCString();
    }
    const bytes = Buffer.byteLength(body);
    const text =
      `HTTP/1.1 200 OK\r\nx-request-id: ${requestIdOf(runtime.seed, sequence)}\r\ncontent-type: application/json\r\n` +
      `content-length: ${bytes}\r\nopenai-processing-ms: 0\r\n${toLines(rateLimitHeaders(promptTokens))}` +
      `${FIXED_HEAD}date: ${dateText}\r\nconnection: keep-alive\r\n\r\n${body}`;
    return { text, isAscii: bytes === body.length };
  };
}

function toLines(headers: readonly string[]): string {
  let lines = '';
  for (let i = 0; i < headers.length; i += 2) lines += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return lines;
}
