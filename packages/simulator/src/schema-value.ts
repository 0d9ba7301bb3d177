/**
 * Makes a JSON value that fits a JSON Schema, for tool arguments and structured answers.
 *
 * Covers what providers accept: objects, arrays, enums, consts, unions, `$defs`, bounds and formats. Keywords
 * beyond that (patterns, conditionals) are ignored; the value is plausible, not proven valid.
 */

type Schema = Readonly<Record<string, unknown>>;

const DEPTH_MAX = 12;
const FORMATS = new Map(
  Object.entries({
    date: '2026-01-15',
    time: '12:00:00Z',
    'date-time': '2026-01-15T12:00:00Z',
    duration: 'P1D',
    email: 'someone@example.com',
    hostname: 'example.com',
    ipv4: '192.0.2.1',
    ipv6: '2001:db8::1',
    uri: 'https://example.com/',
    uuid: '00000000-0000-4000-8000-000000000000',
  }),
);
const WORDS = ['harbour', 'valley', 'copper', 'lantern', 'orchard', 'meadow', 'bridge', 'winter'] as const;

/** A value for the schema, chosen by the hash. What is not a schema gets `{}`. */
export function valueForSchema(schema: unknown, hash: number): unknown {
  if (!isSchema(schema)) return {};
  return new Maker(schema, hash).make(schema, 0);
}

class Maker {
  readonly #root: Schema;
  #hash: number;

  constructor(root: Schema, hash: number) {
    this.#root = root;
    this.#hash = hash;
  }

  make(given: unknown, depth: number): unknown {
    if (!isSchema(given) || depth > DEPTH_MAX) return null;
    const schema = this.#resolve(given);
    if ('const' in schema) return schema.const;
    if (Array.isArray(schema.enum)) return this.#choose(schema.enum);
    const union = schema.anyOf ?? schema.oneOf;
    if (Array.isArray(union)) return this.make(union[0], depth + 1);
    if (Array.isArray(schema.allOf)) return this.#makeAll(schema.allOf, depth);
    return this.#makeType(typeOf(schema), schema, depth);
  }

  #makeType(type: string, schema: Schema, depth: number): unknown {
    switch (type) {
      case 'object':
        return this.#makeObject(schema, depth);
      case 'array':
        return Array.from({ length: Math.min(Math.max(numberOf(schema.minItems, 1), 0), 20) }, () =>
          this.make(schema.items, depth + 1),
        );
      case 'integer':
        return Math.ceil(this.#makeNumber(schema));
      case 'number':
        return this.#makeNumber(schema);
      case 'boolean':
        return this.#next() % 2 === 0;
      case 'null':
        return null;
      default:
        return this.#makeString(schema);
    }
  }

  #makeObject(schema: Schema, depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    const required = new Set(Array.isArray(schema.required) ? schema.required : []);
    for (const [name, property] of Object.entries(isSchema(schema.properties) ? schema.properties : {})) {
      // Optional properties of deep objects are left out, so that recursive schemas end.
      if (depth < 3 || required.has(name)) entries.push([name, this.make(property, depth + 1)]);
    }
    // fromEntries defines own properties even for `__proto__`.
    return Object.fromEntries(entries);
  }

  #makeAll(parts: readonly unknown[], depth: number): unknown {
    const values = parts.map((part) => this.make(part, depth + 1));
    const objects = values.filter(isSchema);
    return objects.length === 0
      ? values[0]
      : Object.fromEntries(objects.flatMap((value) => Object.entries(value)));
  }

  #makeNumber(schema: Schema): number {
    const least = numberOf(schema.minimum, numberOf(schema.exclusiveMinimum, 0) + 1);
    return Math.min(least + (this.#next() % 10), numberOf(schema.maximum, Number.MAX_SAFE_INTEGER));
  }

  #makeString(schema: Schema): string {
    const word = FORMATS.get(String(schema.format)) ?? this.#choose(WORDS);
    const padded = word.padEnd(Math.min(numberOf(schema.minLength, 0), 1_000), '.');
    return padded.slice(0, Math.max(numberOf(schema.maxLength, padded.length), 0));
  }

  #resolve(schema: Schema): Schema {
    let current = schema;
    for (let hops = 0; hops < DEPTH_MAX && typeof current.$ref === 'string'; hops += 1) {
      const target = this.#find(current.$ref);
      if (target === null) return {};
      current = target;
    }
    return current;
  }

  #find(reference: string): Schema | null {
    let current: unknown = this.#root;
    for (const step of reference.split('/').slice(1)) {
      const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
      if (!isSchema(current) || !Object.hasOwn(current, name)) return null;
      current = current[name];
    }
    return isSchema(current) ? current : null;
  }

  #choose<T>(options: readonly T[]): T {
    return options[this.#next() % options.length] as T;
  }

  #next(): number {
    this.#hash = (Math.imul(this.#hash, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#hash >>> 8;
  }
}

function typeOf(schema: Schema): string {
  if (typeof schema.type === 'string') return schema.type;
  if (Array.isArray(schema.type)) return String(schema.type.find((type) => type !== 'null') ?? 'null');
  if (isSchema(schema.properties)) return 'object';
  return isSchema(schema.items) ? 'array' : 'string';
}

function numberOf(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
