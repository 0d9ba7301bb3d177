/**
 * Gives a stream to the client as it comes: each turn's events in one write, after their progress frame is
 * written. A whole answer goes out in one piece once it is settled, so there is nothing to do for it here.
 */
import type { OpenStream } from '../../attempts/open-stream.ts';
import { flushed } from '../../attempts/usage-log.ts';
import type { Services } from '../../services.ts';
import { answerHeaders } from '../answer-headers.ts';
import type { Exchange } from '../exchange.ts';
import { startStreamHead } from '../payload.ts';

export async function relay(exchange: Exchange, services: Services): Promise<void> {
  const { answer, response } = exchange;
  if (answer?.kind !== 'stream') return;
  const { stream, call, attempt } = answer;
  const interrupt = (): void => {
    stream.finish(
      exchange.cut === undefined ? { kind: 'client-gone' } : { kind: 'cut', error: exchange.cut },
    );
  };
  exchange.onInterrupt = interrupt;
  if (exchange.cut !== undefined || exchange.clientGone) interrupt();

  const write = (output: string): void => {
    if (exchange.clientGone || response.writableEnded) return;
    if (!response.headersSent) response.writeHead(200, streamHeaders(exchange, services, stream));
    if (response.write(output, 'latin1') || stream.end !== undefined) return;
    // A client that reads slowly slows the provider down; one that does not read at all is given up.
    call.pause();
    response.once('drain', () => {
      call.extend(services.clock.monotonicMs() + services.limits.idleTimeoutMs);
      call.resume();
    });
  };
  const head = startStreamHead(exchange, services, stream.contentType);
  exchange.streamHead = head;
  stream.open((output) => {
    head?.add(output);
    attempt.progress(stream.outputBytes, stream.usage, stream.untoldBytes);
    if (output !== '') services.log.afterFlush(() => write(output));
  });
  const openedMs = services.clock.monotonicMs();
  await stream.ended;
  exchange.onInterrupt = undefined;
  // What was handed to the log's callback goes out before the ending does.
  await flushed(services.log);
  // Once the first byte is out, time is the provider's and the client's.
  exchange.waitedMs += services.clock.monotonicMs() - openedMs;
  if (!response.headersSent && !exchange.clientGone)
    response.writeHead(200, streamHeaders(exchange, services, stream));
}

function streamHeaders(exchange: Exchange, services: Services, { contentType }: OpenStream): string[] {
  const headers = answerHeaders(exchange, services.clock.monotonicMs());
  headers.push('content-type', contentType, 'cache-control', 'no-cache');
  // Proxies that buffer would hold tokens back.
  headers.push('x-accel-buffering', 'no');
  return headers;
}
