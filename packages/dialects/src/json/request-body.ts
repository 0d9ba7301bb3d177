/**
 * A request body as its bytes, of which only some members are read: what all formats' readers begin with.
 *
 * The body is checked to be JSON in UTF-8, an object, and not too deep. A member that is read may stand only once,
 * because a provider might read the other one.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { GatewayError } from '@tollgate/errors';
import { decodeBytes } from '../sse/event-parser.ts';
import { findMembers, type ObjectMember } from './object-members.ts';

export const MAX_BODY_DEPTH = 256;

export interface OpenedBody {
  /** As received. */
  readonly body: Buffer;
  /** The body's bytes as Latin-1. */
  readonly text: string;
  readonly members: readonly ObjectMember[];
  /** All of it; texts hold bytes as Latin-1 unless the body is ASCII. */
  readonly parsed: Readonly<Record<string, unknown>>;
  /** One of the members that may be read, as real text; undefined where it is absent. */
  readonly read: (name: string) => unknown;
}

/** @throws {GatewayError} `invalid_request`. */
export function openRequestBody(body: Buffer, readNames: ReadonlySet<string>): OpenedBody {
  const ascii = isAscii(body);
  if (!ascii && !isUtf8(body)) throw invalid('the request body must be UTF-8');
  const text = body.toString('latin1');
  const found = findMembers(text, MAX_BODY_DEPTH);
  if (!found.ok && found.reason === 'too-deep') {
    throw invalid(`the request body must be nested at most ${MAX_BODY_DEPTH} levels deep`);
  }
  const parsed = parse(text);
  if (!found.ok || typeof parsed !== 'object' || parsed === null) {
    throw invalid('the request body must be a JSON object');
  }
  const byName = new Map<string, ObjectMember>();
  for (const member of found.members) {
    if (!readNames.has(member.name)) continue;
    if (byName.has(member.name)) throw invalid(`"${member.name}" must appear once`, member.name);
    byName.set(member.name, member);
  }
  const values = parsed as Readonly<Record<string, unknown>>;
  return {
    body,
    text,
    members: found.members,
    parsed: values,
    read: (name) => {
      const member = byName.get(name);
      if (member === undefined) return undefined;
      return ascii ? values[name] : JSON.parse(decodeBytes(text.slice(member.valueStart, member.end)));
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('the request body must be JSON');
  }
}

function invalid(rule: string, param?: string): GatewayError {
  return new GatewayError(
    'invalid_request',
    `Cannot read the request: ${rule}.`,
    param === undefined ? {} : { param },
  );
}
