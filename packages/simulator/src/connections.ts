/**
 * The open connections of the HTTP server, so that stopping can end the idle ones first and the others later.
 *
 * Node's own list stays empty on a server that never listens itself, as it does behind the fast lane.
 */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export class Connections {
  readonly #open = new Set<Socket>();
  readonly #answering = new Set<Socket>();
  #isStopping = false;

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
  }

  /** Says that a connection is answering until the response closes. */
  answering(socket: Socket, response: ServerResponse): void {
    this.#answering.add(socket);
    response.once('close', () => {
      this.#answering.delete(socket);
      if (this.#isStopping) socket.destroySoon();
    });
  }

  /** Ends idle connections now, every other one when its answer has ended. */
  stop(): void {
    this.#isStopping = true;
    for (const socket of this.#open) if (!this.#answering.has(socket)) socket.destroy();
  }

  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
