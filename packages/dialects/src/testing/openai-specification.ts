/**
 * OpenAI's own specification, for tests: whether what we write is what it describes.
 *
 * The file is large; only the schemas asked for, and those that they name, are read. Where a discriminator tells
 * alternatives apart, "one of" is read as "any of": some of them overlap.
 */
import { existsSync, readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';

const FILE = new URL('../../../../../shared/specs/openai.yaml', import.meta.url);
const REFERENCE = '#/components/schemas/';

export interface OpenAiSpecification {
  /** What is wrong with a value; empty: nothing. */
  errorsOf(schema: string, value: unknown): readonly string[];
}

/** @returns Undefined where the file is absent. @throws {Error} It is, and TOLLGATE_REQUIRE_SHARED is 1. */
export function loadOpenAiSpecification(): OpenAiSpecification | undefined {
  if (!existsSync(FILE)) {
    if (isRequired()) {
      throw new Error('Cannot check against the specification: ../shared/specs/openai.yaml must be there');
    }
    return undefined;
  }
  const blocks = schemaBlocks(readFileSync(FILE, 'utf8'));
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const known = new Set<string>();
  const add = (name: string): void => {
    const block = blocks.get(name);
    if (known.has(name) || block === undefined) return;
    known.add(name);
    const references = new Set<string>();
    ajv.addSchema(adapted(parse(block), references), name);
    for (const reference of references) add(reference);
  };
  const validators = new Map<string, ValidateFunction>();
  return {
    errorsOf(schema, value) {
      let validate = validators.get(schema);
      if (validate === undefined) {
        add(schema);
        validate = ajv.getSchema(schema);
        if (validate === undefined) throw new RangeError(`Cannot check: there is no schema ${schema}`);
        validators.set(schema, validate);
      }
      if (validate(value)) return [];
      return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    },
  };
}

/** As vitest passes it on. */
export function isRequired(): boolean {
  const meta: ImportMeta & { readonly env?: Record<string, string | undefined> } = import.meta;
  return meta.env?.TOLLGATE_REQUIRE_SHARED === '1';
}

/** The text of every schema, by its name. */
function schemaBlocks(text: string): ReadonlyMap<string, string> {
  const blocks = new Map<string, string>();
  const start = text.indexOf('\n  schemas:\n');
  const section = text.slice(start + '\n  schemas:\n'.length);
  const heads = [...section.matchAll(/^ {4}([\w.-]+):$/gm)];
  heads.forEach((head, index) => {
    const end = heads[index + 1]?.index ?? section.length;
    const body = section.slice(head.index + head[0].length + 1, end);
    // What follows the schemas is indented less.
    const past = body.search(/^ {0,3}\S/m);
    const own = past === -1 ? body : body.slice(0, past);
    blocks.set(head[1] ?? '', own.replaceAll(/^ {6}/gm, ''));
  });
  return blocks;
}

function adapted(value: unknown, references: Set<string>): Record<string, unknown> {
  if (Array.isArray(value)) return value.map((entry) => adapted(entry, references)) as never;
  if (typeof value !== 'object' || value === null) return value as never;
  const schema: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    if (name === 'discriminator' || name === 'nullable' || name.startsWith('x-') || name === 'example')
      continue;
    if (name === '$ref' && typeof member === 'string') {
      const target = member.slice(REFERENCE.length);
      references.add(target);
      schema.$ref = target;
    } else schema[name === 'oneOf' ? 'anyOf' : name] = adapted(member, references);
  }
  return (value as { nullable?: unknown }).nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema;
}
