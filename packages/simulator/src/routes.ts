/**
 * The simulator's URLs: the provider's own, and those of its stage manager (`/healthz`, `/truth`,
 * `/behaviour`, `/replay`, `/service-account`).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestIdOf } from './answer.ts';
import { FIXED_HEADERS, refusalHeaders } from './answer-headers.ts';
import { chatReply } from './chat-reply.ts';
import { ControlError, controlsOfJson, NO_CONTROLS } from './controls.ts';
import { checkKey, decideChat, refused, type Settings } from './decide-chat.ts';
import { modelObject } from './models.ts';
import { errorBody, invalidRequest, type ProviderError, serverError } from './provider-error.ts';
import { readTruthFile, summarizeTruth } from './read-truth.ts';
import { playBack, Replays } from './replay/replays.ts';
import { findRoute, type Route } from './routes-table.ts';
import type { Runtime } from './runtime.ts';
import { serviceAccountOf } from './vertex/vertex-token.ts';
import { Delivery } from './wire/delivery.ts';
import { Memory } from './wire/memory.ts';

export interface RouterOptions {
  readonly settings: Settings;
  readonly runtime: Runtime;
  readonly bodyBytesMax: number;
  readonly takeSequence: () => number;
  readonly replays: Replays;
  /** The simulator's own address, as a service account's key file names it. */
  readonly url: () => string;
}

const MANAGEMENT_BODY_BYTES_MAX = 65_536;
const NO_BYTES = Buffer.alloc(0);

export class Router {
  readonly #options: RouterOptions;
  readonly #memory = new Memory();

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  handle(message: IncomingMessage, response: ServerResponse): void {
    const { method, path } = targetOf(message);
    if (path === '/v1/chat/completions' && method === 'POST') {
      this.#chat(message, response);
      return;
    }
    if (Replays.isReplay(path)) {
      this.#replay(message, response);
      return;
    }
    const route = findRoute(method, path, message.headers);
    if (route !== undefined) {
      this.#answer(route, message, response, path);
      return;
    }
    message.resume();
    if (path === '/healthz') {
      sendJson(response, 200, { status: 'ok' });
      return;
    }
    const keyError = checkKey(message.headers.authorization, this.#options.settings.apiKey);
    if (keyError !== null) this.#sendError(response, keyError);
    else if (path === '/service-account') sendJson(response, 200, serviceAccountOf(this.#options.url()));
    else if (path === '/behaviour') this.#behaviour(method, message, response);
    else if (method === 'GET' && path.startsWith('/truth')) this.#truth(message, response, path);
    else if (method === 'GET' && (path === '/v1/models' || path.startsWith('/v1/models/')))
      this.#models(response, path);
    else this.#sendError(response, unknownUrl(method, path));
  }

  #chat(message: IncomingMessage, response: ServerResponse): void {
    const { settings, runtime, bodyBytesMax } = this.#options;
    readBody(message, bodyBytesMax, (bytes) => {
      const bodyText = bytes?.toString('utf8') ?? '';
      const decision =
        bytes === null
          ? refused(invalidRequest('Request body too large.', null, 'request_too_large', 413))
          : decideChat(message.headers.authorization, message.rawHeaders, bodyText, settings);
      const received = this.#receive(message, bytes);
      new Delivery(runtime, received, response).run(chatReply(decision, bodyText, received, runtime));
    });
  }

  #orServerError(response: ServerResponse, run: () => void): void {
    try {
      run();
    } catch (error) {
      console.error('Cannot answer a request:', error);
      if (response.headersSent) response.destroy();
      else this.#sendError(response, serverError());
    }
  }

  #replay(message: IncomingMessage, response: ServerResponse): void {
    const { replays, runtime, bodyBytesMax } = this.#options;
    readBody(message, bodyBytesMax, (bytes) => {
      const answer = replays.take(message, bytes?.toString('utf8') ?? '');
      if (answer === null) {
        this.#sendError(
          response,
          invalidRequest('No recording of that name.', null, 'replay_not_found', 404),
        );
        return;
      }
      playBack(answer, response, runtime.ticker).catch((error: unknown) => {
        console.error('Cannot play a recording:', error);
        response.destroy();
      });
    });
  }

  #receive(message: IncomingMessage, bytes: Buffer | null) {
    const { runtime, takeSequence } = this.#options;
    const sequence = takeSequence();
    return { message, bytes: bytes ?? NO_BYTES, sequence, requestId: requestIdOf(runtime.seed, sequence) };
  }

  #answer(route: Route, message: IncomingMessage, response: ServerResponse, path: string): void {
    const { settings, runtime, bodyBytesMax } = this.#options;
    readBody(message, bodyBytesMax, (bytes) => {
      if (bytes === null) {
        this.#sendError(response, invalidRequest('Request body too large.', null, 'request_too_large', 413));
        return;
      }
      const received = this.#receive(message, bytes);
      const call = {
        ...received,
        method: message.method ?? 'GET',
        path,
        query: new URL(message.url ?? '/', 'http://simulator').searchParams,
        captured: (route.pattern.exec(path) ?? []).slice(1).map(decodePath),
        bodyText: bytes.toString('utf8'),
      };
      // A request that a format cannot read at all must not end the process that others use.
      this.#orServerError(response, () => {
        const reply = route.answer(call, { settings, runtime, memory: this.#memory });
        new Delivery(runtime, received, response).run(reply);
      });
    });
  }

  #models(response: ServerResponse, path: string): void {
    const { models } = this.#options.settings;
    if (path === '/v1/models') {
      sendJson(
        response,
        200,
        { object: 'list', data: [...models.values()].map(modelObject) },
        this.#edgeHeaders(),
      );
      return;
    }
    const id = decodePath(path.slice('/v1/models/'.length));
    const model = models.get(id);
    if (model !== undefined) sendJson(response, 200, modelObject(model), this.#edgeHeaders());
    else
      this.#sendError(
        response,
        invalidRequest(`The model '${id.slice(0, 200)}' does not exist`, 'model', 'model_not_found', 404),
      );
  }

  #behaviour(method: string, message: IncomingMessage, response: ServerResponse): void {
    const { settings } = this.#options;
    if (method === 'DELETE') settings.behaviour = NO_CONTROLS;
    if (method !== 'PUT') {
      sendJson(response, 200, settings.behaviour);
      return;
    }
    readBody(message, MANAGEMENT_BODY_BYTES_MAX, (bytes) => {
      try {
        settings.behaviour = controlsOfJson(JSON.parse(bytes?.toString('utf8') ?? ''));
        sendJson(response, 200, settings.behaviour);
      } catch (error) {
        if (!(error instanceof ControlError || error instanceof SyntaxError)) throw error;
        this.#sendError(response, invalidRequest(error.message, null, 'simulator_control'));
      }
    });
  }

  #truth(message: IncomingMessage, response: ServerResponse, path: string): void {
    const { truth } = this.#options.runtime;
    if (truth === null) {
      this.#sendError(response, invalidRequest('The truth log is switched off.', null, null, 404));
      return;
    }
    const since = Number(new URL(message.url ?? '/', 'http://simulator').searchParams.get('since') ?? 0);
    readTruthFile(truth.path, Number.isFinite(since) ? since : 0).then(
      (read) => {
        if (path === '/truth/summary') sendJson(response, 200, summarizeTruth(read));
        else sendJson(response, 200, read);
      },
      (error: unknown) => {
        console.error('Cannot read the truth log:', error);
        this.#sendError(response, serverError());
      },
    );
  }

  #edgeHeaders(): string[] {
    const { runtime, takeSequence } = this.#options;
    return [
      'x-request-id',
      requestIdOf(runtime.seed, takeSequence()),
      'openai-processing-ms',
      '1',
      ...FIXED_HEADERS,
    ];
  }

  #sendError(response: ServerResponse, error: ProviderError): void {
    const body = Buffer.from(errorBody(error));
    response.writeHead(error.status, [
      'content-type',
      'application/json; charset=utf-8',
      'content-length',
      String(body.length),
      ...refusalHeaders(error.status, NO_CONTROLS),
      ...this.#edgeHeaders(),
    ]);
    response.end(body);
  }
}

function unknownUrl(method: string, path: string): ProviderError {
  if (path === '/v1/chat/completions') {
    const message = `Not allowed to ${method} on ${path}. (HINT: Perhaps you meant to make a request with a different method?)`;
    return invalidRequest(message, null, 'method_not_supported', 405);
  }
  return invalidRequest(`Invalid URL (${method} ${path.slice(0, 200)})`, null, null, 404);
}

function targetOf(message: IncomingMessage): { method: string; path: string } {
  const url = message.url ?? '/';
  const end = url.indexOf('?');
  return { method: message.method ?? 'GET', path: end === -1 ? url : url.slice(0, end) };
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** Calls back with the body, or with null once it is too large. Never calls back when the client leaves. */
function readBody(message: IncomingMessage, bytesMax: number, done: (bytes: Buffer | null) => void): void {
  const parts: Buffer[] = [];
  let size = 0;
  message.on('data', (part: Buffer) => {
    size += part.length;
    if (size <= bytesMax) parts.push(part);
    else parts.length = 0;
  });
  message.once('end', () => {
    const only = parts.length === 1 ? parts[0] : undefined;
    done(size > bytesMax ? null : (only ?? Buffer.concat(parts)));
  });
}

function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: readonly string[] = [],
): void {
  const body = Buffer.from(JSON.stringify(value));
  const length = ['content-type', 'application/json', 'content-length', String(body.length)];
  response.writeHead(status, [...length, ...headers]);
  response.end(body);
}
