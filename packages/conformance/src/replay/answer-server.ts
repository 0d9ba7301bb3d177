/** Answers with prepared bytes: `/replay/<name>/…` gives what was kept under the name, whatever is asked. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PreparedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Written one after another; each leaves on its own. */
  readonly chunks: readonly Uint8Array[];
}

export class AnswerServer {
  readonly #server: Server;
  readonly #answers = new Map<string, PreparedAnswer>();
  readonly origin: string;
  /** What the last request under a name said. */
  readonly lastRequest = new Map<string, { readonly url: string; readonly body: string }>();

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<AnswerServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const started = new AnswerServer(server, (server.address() as AddressInfo).port);
    server.on('request', (request, response) => {
      const name = /^\/replay\/([^/]+)/.exec(request.url ?? '')?.[1] ?? '';
      const body: Buffer[] = [];
      request.on('data', (chunk: Buffer) => body.push(chunk));
      request.on('end', () => {
        started.lastRequest.set(name, { url: request.url ?? '', body: Buffer.concat(body).toString() });
        const answer = started.#answers.get(name);
        if (answer === undefined) {
          response.writeHead(500).end(`no answer is prepared for ${name}`);
          return;
        }
        response.writeHead(answer.status, answer.headers);
        for (const chunk of answer.chunks) response.write(chunk);
        response.end();
      });
    });
    return started;
  }

  /** @returns The origin under which the answer is given. */
  prepare(name: string, answer: PreparedAnswer): string {
    this.#answers.set(name, answer);
    return `${this.origin}/replay/${name}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
