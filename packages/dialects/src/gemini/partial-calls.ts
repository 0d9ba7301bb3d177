/**
 * Calls whose arguments come bit by bit (Vertex AI, `streamFunctionCallArguments`), made whole again.
 *
 * The first piece names the function; each piece names places in the arguments, `$.items[0].price`, and what stands
 * there; texts grow. A piece without `willContinue` ends the call; so does whatever else comes, because some streams
 * leave that piece out.
 */
import { isJsonObject, listIn, textIn } from '../json/json-value.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { findProto, proto } from './proto.ts';

export interface PartialCalls {
  /** @returns Parts that are complete by now, in order. */
  take(part: JsonValue): readonly JsonValue[];
  /** Nothing more comes. */
  flush(): readonly JsonValue[];
}

type Tree = { [name: string]: Tree | JsonValue };

const MAX_STEPS = 64;
const MAX_INDEX = 10_000;

export function createPartialCalls(): PartialCalls {
  let open: { readonly part: JsonObject; readonly call: JsonObject; readonly args: Tree } | undefined;

  const flush = (): readonly JsonValue[] => {
    if (open === undefined) return [];
    const { part, call, args } = open;
    open = undefined;
    return [{ ...part, functionCall: { ...call, args: JSON.parse(JSON.stringify(args)) as JsonValue } }];
  };

  return {
    take(value) {
      const part = findProto(value);
      const call = findProto(part?.functionCall);
      if (part === undefined || call === undefined) return [...flush(), value];
      const { partialArgs, willContinue, ...rest } = call;
      const goesOn = willContinue === true;
      const isNamed = textIn(call.name) !== undefined && call.name !== '';
      if (isNamed || open === undefined) {
        const before = flush();
        if (!goesOn && partialArgs === undefined) return [...before, value];
        const args: Tree = Object.create(null) as Tree;
        if (isJsonObject(call.args)) Object.assign(args, call.args);
        open = { part, call: rest, args };
        addPieces(args, partialArgs);
        return goesOn ? before : [...before, ...flush()];
      }
      addPieces(open.args, partialArgs);
      return goesOn ? [] : flush();
    },
    flush,
  };
}

function addPieces(args: Tree, pieces: JsonValue | undefined): void {
  for (const piece of listIn(pieces)) {
    const { jsonPath, stringValue, numberValue, boolValue } = proto(piece);
    const steps = (textIn(jsonPath) ?? '').match(/[^.[\]$'"]+/g) ?? [];
    if (steps.length === 0 || steps.length > MAX_STEPS) continue;
    addAt(args, steps, stringValue ?? numberValue ?? boolValue ?? null);
  }
}

function addAt(root: Tree, steps: readonly string[], value: JsonValue): void {
  let place: Tree = root;
  for (const [at, step] of steps.entries()) {
    // A place in a list that nobody can mean would make the list as long.
    if (Array.isArray(place) && !(/^\d+$/.test(step) && Number(step) <= MAX_INDEX)) return;
    const before = place[step];
    if (at === steps.length - 1) {
      place[step] = typeof before === 'string' && typeof value === 'string' ? before + value : value;
      return;
    }
    if (typeof before === 'object' && before !== null) place = before as Tree;
    else {
      const next = /^\d+$/.test(steps[at + 1] ?? '') ? [] : Object.create(null);
      place[step] = next as Tree;
      place = next as Tree;
    }
  }
}
