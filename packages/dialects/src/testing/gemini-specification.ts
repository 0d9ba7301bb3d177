/**
 * Google's own description of the Gemini API, for tests: whether what we write is what it describes. A discovery
 * document is nearly JSON Schema; unknown members are refused here, as Google refuses them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { isRequired } from './openai-specification.ts';

const FILE = new URL('../../../../../shared/specs/google-gemini-discovery.json', import.meta.url);

export interface GeminiSpecification {
  /** What is wrong with a value; empty: nothing. */
  errorsOf(schema: string, value: unknown): readonly string[];
}

/** @returns Undefined where the file is absent. @throws {Error} It is, and TOLLGATE_REQUIRE_SHARED is 1. */
export function loadGeminiSpecification(): GeminiSpecification | undefined {
  if (!existsSync(FILE)) {
    if (!isRequired()) return undefined;
    throw new Error(
      'Cannot check against the specification: ../shared/specs/google-gemini-discovery.json must be there',
    );
  }
  const { schemas } = JSON.parse(readFileSync(FILE, 'utf8')) as { schemas: Record<string, unknown> };
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  for (const [name, schema] of Object.entries(schemas))
    ajv.addSchema(adapted(schema, schemas) as object, name);
  return {
    errorsOf(schema, value) {
      const validate = ajv.getSchema(schema);
      if (validate === undefined) throw new RangeError(`Cannot check: there is no schema ${schema}`);
      validate(value);
      return (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      );
    },
  };
}

/** `any` is no type; objects with properties have no others; 64-bit numbers are text. */
function adapted(value: unknown, known: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map((one) => adapted(one, known));
  if (typeof value !== 'object' || value === null) return value;
  const {
    id: _id,
    type,
    properties,
    $ref,
    enum: words,
    items,
    additionalProperties,
  } = value as Record<string, unknown>;
  // Some schemas are named and not described.
  if (typeof $ref === 'string') return known[$ref] === undefined ? {} : { $ref };
  if (type === 'any') return {};
  return {
    ...(type === undefined ? {} : { type }),
    ...(words === undefined ? {} : { enum: words }),
    ...(items === undefined ? {} : { items: adapted(items, known) }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: adapted(additionalProperties, known) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties as object).map(([name, inner]) => [name, adapted(inner, known)]),
          ),
          additionalProperties: false,
        }),
  };
}
