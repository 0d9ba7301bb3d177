/** Anthropic's own specification as a judge of messages and of stream events. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { SPECS_FOLDER } from '../fixtures/fixture-index.ts';

export interface Specification {
  /** What is wrong with a value; empty: nothing. */
  errorsOf(schema: string, value: unknown): readonly string[];
}

export function loadAnthropicSpecification(): Specification {
  const document = adapted(parse(readFileSync(`${SPECS_FOLDER}anthropic.yml`, 'utf8'))) as object;
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, 'anthropic');
  return {
    errorsOf(schema, value) {
      const validate = ajv.getSchema(`anthropic#/components/schemas/${schema}`);
      if (validate === undefined) throw new RangeError(`Cannot check: there is no schema ${schema}`);
      if (validate(value) === true) return [];
      return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    },
  };
}

/** Alternatives that a discriminator tells apart overlap, so that any of them will do. */
function adapted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(adapted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'discriminator')
      .map(([name, member]) => [name === 'oneOf' ? 'anyOf' : name, adapted(member)]),
  );
}
