/**
 * Answers small plain requests straight from the socket, so that a benchmark measures the gateway and not Node's
 * HTTP server (measured on one core: bare sockets served more than twice the requests of a bare `node:http`).
 *
 * Only for the simplest case: the whole request in one piece, no wait, no fault, no truth log. Everything else is
 * handed to the real HTTP server with the bytes put back, and that connection stays there.
 */
import { createServer, type Server, type Socket } from 'node:net';

const REQUEST_LINE = Buffer.from('POST /v1/chat/completions HTTP/1.1\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');
const BODY_BYTES_MAX = 1 << 20;

export interface LaneRequest {
  readonly authorization: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly bodyText: string;
}

export interface LaneResponse {
  readonly text: string;
  readonly isAscii: boolean;
}

export interface FastLane {
  readonly server: Server;
  /** Ends the connections that never left the lane. */
  destroyConnections(): void;
}

/**
 * @param answer The whole response, or null where the request needs the HTTP server.
 * @param handOver Takes the connection; its unread bytes were put back.
 */
export function createFastLane(
  answer: (request: LaneRequest) => LaneResponse | null,
  handOver: (socket: Socket) => void,
): FastLane {
  const connections = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    connections.add(socket);
    const forget = () => connections.delete(socket);
    const read = (bytes: Buffer) => {
      const request = parseWhole(bytes);
      const response = request === null ? null : answer(request);
      if (response !== null) {
        // Cheaper than UTF-8, and the same bytes for the usual answer.
        socket.write(response.text, response.isAscii ? 'latin1' : 'utf8');
        return;
      }
      socket.off('data', read).off('error', forget).off('close', forget);
      forget();
      socket.unshift(bytes);
      handOver(socket);
    };
    socket.on('data', read).on('error', forget).on('close', forget);
  });
  return {
    server,
    destroyConnections: () => {
      for (const socket of connections) socket.destroy();
    },
  };
}

/** Null unless the bytes are exactly one request of the plainest kind. */
function parseWhole(bytes: Buffer): LaneRequest | null {
  if (
    bytes.length < REQUEST_LINE.length ||
    bytes.compare(REQUEST_LINE, 0, REQUEST_LINE.length, 0, REQUEST_LINE.length) !== 0
  ) {
    return null;
  }
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return null;
  const head = bytes.toString('latin1', REQUEST_LINE.length, headEnd);
  const rawHeaders: string[] = [];
  let authorization: string | undefined;
  let contentLength = -1;
  for (let start = 0; start < head.length; ) {
    let end = head.indexOf('\r\n', start);
    if (end === -1) end = head.length;
    const colon = head.indexOf(':', start);
    if (colon === -1 || colon > end) return null;
    const name = head.slice(start, colon).toLowerCase();
    const value = head.slice(colon + 1, end).trim();
    start = end + 2;
    if (name === 'authorization') authorization = value;
    else if (name === 'content-length') contentLength = Number(value);
    else if (name === 'transfer-encoding' || name === 'expect') return null;
    else if (name === 'connection' && value.toLowerCase() !== 'keep-alive') return null;
    rawHeaders.push(name, value);
  }
  if (contentLength > BODY_BYTES_MAX || bytes.length !== headEnd + HEAD_END.length + contentLength)
    return null;
  return { authorization, rawHeaders, bodyText: bytes.toString('utf8', headEnd + HEAD_END.length) };
}
