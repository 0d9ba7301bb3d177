/** A DNS server for tests: it answers TXT over UDP, as it was told. */
import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

export interface TestDns {
  /** As `TOLLGATE_DNS_SERVERS` takes it. */
  readonly server: string;
  /** None: there is no such record. */
  set(name: string, texts: readonly string[]): void;
  /** Answers nothing, answers that it failed, or answers. */
  manner: 'answers' | 'fails' | 'silent';
  /** What was asked for, in order. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

const TXT = 16;
const SERVER_FAILURE = 2;
const NAME_ERROR = 3;

/** @param port Of 127.0.0.1; any that is free unless told. */
export async function startTestDns(port = 0): Promise<TestDns> {
  const records = new Map<string, readonly string[]>();
  const asked: string[] = [];
  const socket = createSocket('udp4');
  const dns = {
    server: '',
    manner: 'answers' as TestDns['manner'],
    asked,
    set: (name: string, texts: readonly string[]) => void records.set(name.toLowerCase(), texts),
    close: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
  socket.on('message', (query, peer) => {
    const question = readQuestion(query);
    asked.push(question.name);
    if (dns.manner === 'silent') return;
    const texts = question.type === TXT ? (records.get(question.name) ?? []) : [];
    const code = dns.manner === 'fails' ? SERVER_FAILURE : texts.length === 0 ? NAME_ERROR : 0;
    socket.send(answerOf(query, question.end, code, code === 0 ? texts : []), peer.port, peer.address);
  });
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  dns.server = `127.0.0.1:${(socket.address() as AddressInfo).port}`;
  return dns;
}

const HEADER_BYTES = 12;

function readQuestion(query: Buffer) {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function answerOf(query: Buffer, end: number, code: number, texts: readonly string[]): Buffer {
  const header = Buffer.from(query.subarray(0, HEADER_BYTES));
  // An answer, recursion available.
  header.writeUInt16BE(0x81_80 | code, 2);
  header.writeUInt16BE(texts.length, 6);
  // Neither an authority nor what the question said of itself (EDNS).
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, query.subarray(HEADER_BYTES, end), ...texts.map(recordOf)]);
}

function recordOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 255) {
    const piece = bytes.subarray(at, at + 255);
    pieces.push(Buffer.from([piece.length]), piece);
  }
  const data = Buffer.concat(pieces);
  // The name of the question, TXT, IN, for a second.
  const head = Buffer.from([0xc0, 0x0c, 0, TXT, 0, 1, 0, 0, 0, 1, 0, 0]);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
