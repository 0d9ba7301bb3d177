/** Takes in the request body, never more than allowed; a length that is announced too large is refused unread. */
import { GatewayError } from '@tollgate/errors';
import type { Services } from '../../services.ts';
import { type Exchange, known } from '../exchange.ts';

export function readBody(exchange: Exchange, services: Services): Promise<void> {
  const { request } = exchange;
  const maxBytes = services.limits.bodyMaxBytes;
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new GatewayError(
      'invalid_request',
      'Cannot read the request: compressed bodies are not supported.',
      {
        param: 'content-encoding',
      },
    );
  }
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  const share = known(exchange.share, 'its share of the gateway');
  const startedMs = services.clock.monotonicMs();
  if (request.headers.expect !== undefined) exchange.response.writeContinue();
  return new Promise<void>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const over = (settle: () => void): void => {
      request.removeAllListeners('data');
      exchange.waitedMs += services.clock.monotonicMs() - startedMs;
      settle();
    };
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) {
        over(() => reject(tooLarge(maxBytes)));
        return;
      }
      const refusal = services.load.takeBytes(share, chunk.length, exchange.bufferedBytes);
      if (refusal !== undefined) over(() => reject(refusal));
      else {
        exchange.bufferedBytes += chunk.length;
        chunks.push(chunk);
      }
    });
    request.once('end', () => {
      over(() => {
        exchange.body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
        resolve();
      });
    });
    request.once('error', (cause) => {
      const error = new GatewayError('invalid_request', 'Cannot read the request: its body broke off.', {
        cause,
      });
      over(() => reject(error));
    });
  });
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'request_too_large',
    `Cannot read the request: its body has more than ${maxBytes} bytes.`,
    {
      limit: String(maxBytes),
    },
  );
}
