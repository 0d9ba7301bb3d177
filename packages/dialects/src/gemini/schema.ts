/**
 * Gemini's `Schema` (types in capitals, `nullable`, counts as text) and JSON Schema. Today's models take JSON Schema
 * itself; the subset is for older ones, and for reading callers who write it.
 *
 * Source: Gemini API reference, Schema; a select subset of OpenAPI 3.0.
 */
import { isJsonObject, listIn } from '../json/json-value.ts';
import type { JsonObject, JsonValue } from '../neutral/wire-format.ts';
import { proto } from './proto.ts';

/** As JSON Schema. What the subset has beyond it (`propertyOrdering`, `example`) stays under its name. */
export function fromGeminiSchema(value: JsonValue | undefined): JsonObject {
  const { type, nullable, items, properties, anyOf, ...rest } = proto(value);
  const name = typeof type === 'string' && type !== 'TYPE_UNSPECIFIED' ? type.toLowerCase() : undefined;
  const schema: Record<string, JsonValue> = {};
  if (name !== undefined) schema.type = nullable === true ? [name, 'null'] : name;
  for (const [member, inner] of Object.entries(rest)) {
    schema[member] = COUNTS.has(member) && typeof inner === 'string' ? Number(inner) : inner;
  }
  if (items !== undefined) schema.items = fromGeminiSchema(items);
  if (isJsonObject(properties)) {
    schema.properties = Object.fromEntries(
      Object.entries(properties).map(([property, inner]) => [property, fromGeminiSchema(inner)]),
    );
  }
  if (anyOf !== undefined) {
    const choices: JsonValue[] = listIn(anyOf).map(fromGeminiSchema);
    schema.anyOf = nullable === true && name === undefined ? [...choices, { type: 'null' }] : choices;
  }
  return schema;
}

const COUNTS: ReadonlySet<string> = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
]);
const SHARED: ReadonlySet<string> = new Set([
  ...COUNTS,
  'title',
  'description',
  'format',
  'minimum',
  'maximum',
  'pattern',
  'required',
  'default',
  'propertyOrdering',
  'example',
]);
const MAX_DEPTH = 32;
/** References can make a small schema endless, or very large. */
const MAX_NODES = 5_000;

/**
 * JSON Schema as the subset.
 *
 * @param cannot Told every keyword that has no place there, with its path.
 */
export function toGeminiSchema(schema: JsonObject, cannot: (path: string) => void): JsonObject {
  const definitions: Readonly<Record<string, JsonValue>> = {
    ...(isJsonObject(schema.definitions) ? schema.definitions : {}),
    ...(isJsonObject(schema.$defs) ? schema.$defs : {}),
  };

  let nodes = 0;
  const write = (value: JsonValue, path: string, depth: number): JsonObject => {
    if (!isJsonObject(value)) return {};
    nodes += 1;
    if (depth > MAX_DEPTH || nodes > MAX_NODES) {
      // Once for all: there may be many such places.
      cannot('schema');
      return {};
    }
    if (typeof value.$ref === 'string') return write(resolve(value.$ref), path, depth + 1);
    const written: Record<string, JsonValue> = writeType(value, path);
    for (const [name, member] of Object.entries(value)) {
      if (SHARED.has(name)) written[name] = COUNTS.has(name) ? String(member) : member;
      else if (!HANDLED.has(name)) cannot(`${path}.${name}`);
    }
    if (value.additionalProperties !== undefined && value.additionalProperties !== false) {
      cannot(`${path}.additionalProperties`);
    }
    if (value.const !== undefined) written.enum = [String(value.const)];
    if (Array.isArray(value.enum))
      written.enum = listIn(value.enum)
        .filter((one) => one !== null)
        .map(String);
    // Words are the only values of an enum there.
    if (written.enum !== undefined) {
      if (written.type !== undefined && written.type !== 'STRING') cannot(`${path}.enum`);
      written.type = 'STRING';
    }
    if (value.items !== undefined) written.items = write(value.items, `${path}.items`, depth + 1);
    if (isJsonObject(value.properties)) {
      written.properties = Object.fromEntries(
        Object.entries(value.properties).map(([name, inner]) => [
          name,
          write(inner, `${path}.properties.${name}`, depth + 1),
        ]),
      );
    }
    const choices = listIn(value.anyOf ?? value.oneOf);
    const real = choices.filter((choice) => !(isJsonObject(choice) && choice.type === 'null'));
    if (real.length > 0) {
      if (real.length < choices.length) written.nullable = true;
      written.anyOf = real.map((choice, index) => write(choice, `${path}.anyOf[${index}]`, depth + 1));
    }
    return written;
  };

  const resolve = (ref: string): JsonValue =>
    definitions[ref.replace(/^#\/(?:\$defs|definitions)\//, '')] ?? {};

  const writeType = ({ type }: JsonObject, path: string): Record<string, JsonValue> => {
    if (typeof type === 'string') return { type: type.toUpperCase() };
    if (!Array.isArray(type)) return {};
    const names = listIn(type).filter((name): name is string => typeof name === 'string');
    const real = names.filter((name) => name !== 'null');
    const nullable = real.length < names.length ? { nullable: true } : {};
    if (real.length > 1) cannot(`${path}.type`);
    return real[0] === undefined ? nullable : { type: real[0].toUpperCase(), ...nullable };
  };

  return write(schema, 'schema', 0);
}

/** Said in another way above, or without meaning for a model. */
const HANDLED: ReadonlySet<string> = new Set([
  'type',
  'items',
  'properties',
  'additionalProperties',
  'anyOf',
  'oneOf',
  'enum',
  'const',
  '$defs',
  'definitions',
  '$schema',
  '$id',
  '$comment',
  'examples',
]);
