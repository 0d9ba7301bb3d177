/**
 * Reads from the source which calls a screen writes down: every path that an attribute may have, with `{}` for what is only known
 * when it is drawn. For tests. It follows constants, functions, hooks and properties, through imports of ours; arguments it does not.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAst } from 'vitest/node';

type Part =
  | 'alternate'
  | 'argument'
  | 'arguments'
  | 'attributes'
  | 'body'
  | 'callee'
  | 'computed'
  | 'consequent'
  | 'declaration'
  | 'declarations'
  | 'expression'
  | 'expressions'
  | 'id'
  | 'init'
  | 'key'
  | 'left'
  | 'local'
  | 'name'
  | 'object'
  | 'operator'
  | 'params'
  | 'properties'
  | 'property'
  | 'quasis'
  | 'right'
  | 'source'
  | 'specifiers'
  | 'value';

// biome-ignore lint/suspicious/noExplicitAny: a tree of the parser, whose shapes are many
type Node = { readonly type: string } & { readonly [Name in Part]: any };

interface Place {
  readonly node: Node;
  readonly file: SourceFile;
}

export interface SourceFile {
  readonly path: string;
  readonly nodes: readonly Node[];
  readonly parents: ReadonlyMap<Node, Node>;
}

/** `/keys?q` as `route` and `names`; of an object that is spread into the filters only what is written out. */
export interface WrittenCall {
  readonly method: string;
  readonly hasBody: boolean;
  readonly route: string;
  readonly names: readonly string[];
}

const UNKNOWN = '{}';
const MOST_STEPS = 24;
const WRAPPERS = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'ParenthesizedExpression',
  'ChainExpression',
  'JSXExpressionContainer',
]);

const files = new Map<string, SourceFile>();

export function readSource(path: string): SourceFile {
  const known = files.get(path);
  if (known !== undefined) return known;
  const nodes: Node[] = [];
  const parents = new Map<Node, Node>();
  const visit = (node: Node, parent?: Node) => {
    nodes.push(node);
    if (parent !== undefined) parents.set(node, parent);
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) {
        if (typeof child?.type === 'string') visit(child, node);
      }
    }
  };
  visit(parseAst(readFileSync(path, 'utf8'), { lang: 'tsx' }) as unknown as Node);
  const read = { path, nodes, parents };
  files.set(path, read);
  return read;
}

/** Calls that `<component path=… />`, or `<component {...call} />`, writes in a file. */
export function writtenCalls(
  path: string,
  component: string,
  all: readonly string[],
): readonly WrittenCall[] {
  const file = readSource(path);
  return elementsOf(file, component).flatMap(({ attributes }: Node) => callsOf(attributes, { file, all }));
}

const elementsOf = ({ nodes }: SourceFile, component: string): readonly Node[] =>
  nodes.filter(({ type, name }) => type === 'JSXOpeningElement' && name.name === component);

interface Reading {
  readonly file: SourceFile;
  /** Where parts of pages are used whose attributes are asked for. */
  readonly all: readonly string[];
  readonly steps?: number;
}

function callsOf(attributes: readonly Node[], reading: Reading): WrittenCall[] {
  const spread = attributes.find(({ type }) => type === 'JSXSpreadAttribute');
  if (spread !== undefined) {
    return objectsOf(spread.argument, reading).flatMap(({ node, file }) => {
      const value = (name: string) => propertyOf(node, name);
      return toCalls(value('path'), value('method'), value('json'), { ...reading, file });
    });
  }
  const value = (name: string) =>
    attributes.find((each) => each.type === 'JSXAttribute' && each.name.name === name)?.value;
  return toCalls(value('path'), value('method'), value('json'), reading);
}

function toCalls(
  address: Node | undefined,
  method: Node | undefined,
  json: Node | undefined,
  reading: Reading,
) {
  if (address === undefined) return [];
  return textsOf(address, reading).map((text): WrittenCall => {
    const [pathname = '', query = ''] = text.split('?');
    const names = query.split('&').map((pair) => pair.split('=')[0] ?? '');
    return {
      method: method?.value ?? 'GET',
      hasBody: json !== undefined,
      route: pathname,
      names: names.filter((name) => name !== ''),
    };
  });
}

/** Every text that an expression may be. */
function textsOf(node: Node | undefined, reading: Reading): readonly string[] {
  const steps = (reading.steps ?? 0) + 1;
  if (node === undefined || steps > MOST_STEPS) return [UNKNOWN];
  const next = { ...reading, steps };
  const read = (inner: Node) => textsOf(inner, next);
  if (WRAPPERS.has(node.type)) return read(node.expression);
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [node.value] : [UNKNOWN];
    case 'TemplateLiteral':
      return templateTexts(node, read);
    case 'ConditionalExpression':
      return [...read(node.consequent), ...read(node.alternate)];
    case 'LogicalExpression':
      return node.operator === '&&'
        ? read(node.right)
        : [...read(node.left), ...read(node.right)].filter((text) => text !== UNKNOWN);
    case 'CallExpression':
      if (node.callee.name === 'withQuery') return queryTexts(node, next);
      return placesOf(node, next).flatMap((place) => textsOf(place.node, { ...next, file: place.file }));
    default: {
      if (node.type === 'Identifier' && node.name === 'undefined') return [];
      const places = placesOf(node, next);
      if (places.length === 0) return [UNKNOWN];
      return places.flatMap((place) => textsOf(place.node, { ...next, file: place.file }));
    }
  }
}

function templateTexts({ quasis, expressions }: Node, read: (node: Node) => readonly string[]): string[] {
  let texts: string[] = [quasis[0].value.cooked];
  for (const [place, expression] of expressions.entries()) {
    const inner = read(expression);
    const after: string = quasis[place + 1].value.cooked;
    texts = texts.flatMap((text) => inner.map((value) => `${text}${value}${after}`));
  }
  return texts;
}

function queryTexts({ arguments: [path, values] }: Node, reading: Reading): string[] {
  const names = namesOf(values, reading);
  return textsOf(path, reading).map((text) => {
    const query = names.map((name) => `${name}=${UNKNOWN}`).join('&');
    return `${text}${text.includes('?') ? '&' : '?'}${query}`;
  });
}

function namesOf(values: Node, reading: Reading): string[] {
  return objectsOf(values, reading).flatMap(({ node, file }) =>
    node.properties.flatMap((property: Node) => {
      if (property.type === 'SpreadElement') return namesOf(property.argument, { ...reading, file });
      return property.computed === true ? [] : [String(property.key.name ?? property.key.value)];
    }),
  );
}

function objectsOf(node: Node | undefined, reading: Reading): readonly Place[] {
  const steps = (reading.steps ?? 0) + 1;
  if (node === undefined || steps > MOST_STEPS) return [];
  const next = { ...reading, steps };
  if (WRAPPERS.has(node.type)) return objectsOf(node.expression, next);
  switch (node.type) {
    case 'ObjectExpression':
      return [{ node, file: reading.file }];
    case 'ConditionalExpression':
      return [...objectsOf(node.consequent, next), ...objectsOf(node.alternate, next)];
    case 'LogicalExpression':
      return objectsOf(node.right, next);
    default:
      return placesOf(node, next).flatMap((place) => objectsOf(place.node, { ...next, file: place.file }));
  }
}

/** What an expression stands for: the values of a name, of a property, or of a call. */
function placesOf(node: Node, reading: Reading): readonly Place[] {
  const { file } = reading;
  switch (node.type) {
    case 'Identifier':
      return valuesOfName(node.name, node, reading);
    case 'MemberExpression': {
      const name: string | undefined = node.computed === true ? undefined : node.property.name;
      return objectsOf(node.object, reading).flatMap((object) =>
        object.node.properties
          .filter(({ key }: Node) => key !== undefined && (name === undefined || key.name === name))
          .map(({ value }: Node) => ({ node: value, file: object.file })),
      );
    }
    case 'CallExpression':
      if (node.callee.name === 'useMemo') return returnsOf({ node: node.arguments[0], file });
      return node.callee.type === 'Identifier'
        ? valuesOfName(node.callee.name, node, reading).flatMap(returnsOf)
        : [];
    default:
      return [];
  }
}

function returnsOf({ node, file }: Place): readonly Place[] {
  const body = node.body;
  if (body === undefined || body === null) return [];
  if (body.type !== 'BlockStatement') return [{ node: body, file }];
  return file.nodes
    .filter((each) => each.type === 'ReturnStatement' && functionAround(each, file) === node)
    .map((each) => ({ node: each.argument as Node, file }))
    .filter((place) => place.node !== null);
}

function functionAround(node: Node, file: SourceFile): Node | undefined {
  let around = file.parents.get(node);
  while (around !== undefined && !/Function/.test(around.type)) around = file.parents.get(around);
  return around;
}

function valuesOfName(name: string, from: Node, reading: Reading): readonly Place[] {
  const { file } = reading;
  for (let around = file.parents.get(from); around !== undefined; around = file.parents.get(around)) {
    if (/Function/.test(around.type) && isParameter(around, name)) return attributesOf(around, name, reading);
    const body = around.type === 'Program' || around.type === 'BlockStatement' ? around.body : [];
    for (const statement of body as readonly Node[]) {
      const found = declaredIn(statement, name, reading);
      if (found !== undefined) return found;
    }
  }
  return [];
}

const patternNames = (pattern: Node): readonly string[] =>
  pattern.type === 'ObjectPattern'
    ? pattern.properties.map(({ value, argument }: Node) => (value?.left ?? value ?? argument).name)
    : [pattern.name];

const isParameter = ({ params }: Node, name: string): boolean =>
  params.some((parameter: Node) => patternNames(parameter).includes(name));

/** A part of a page is given its attributes where it is used. */
function attributesOf(part: Node, name: string, reading: Reading): readonly Place[] {
  const component: string | undefined = part.id?.name;
  const steps = (reading.steps ?? 0) + 1;
  if (component === undefined || !/^[A-Z]/.test(component) || steps > MOST_STEPS) return [];
  return reading.all.flatMap((path) => {
    const file = readSource(path);
    return elementsOf(file, component).flatMap((element) =>
      element.attributes.flatMap((each: Node): readonly Place[] => {
        if (each.name?.name === name) return each.value === null ? [] : [{ node: each.value, file }];
        // `{...props}`: what is handed on.
        const around = each.type === 'JSXSpreadAttribute' ? functionAround(element, file) : undefined;
        return around === undefined ? [] : attributesOf(around, name, { ...reading, file, steps });
      }),
    );
  });
}

function declaredIn(statement: Node, name: string, reading: Reading): readonly Place[] | undefined {
  const { file } = reading;
  const declaration: Node = statement.declaration ?? statement;
  if (declaration.type === 'FunctionDeclaration' && declaration.id.name === name) {
    return [{ node: declaration, file }];
  }
  if (declaration.type === 'ImportDeclaration') return importedFrom(declaration, name, reading);
  if (declaration.type !== 'VariableDeclaration') return undefined;
  for (const { id, init } of declaration.declarations as readonly Node[]) {
    if (id.type === 'Identifier' && id.name === name) return init === null ? [] : [{ node: init, file }];
    if (id.type === 'ObjectPattern' && patternNames(id).includes(name)) {
      return objectsOf(init, reading).flatMap((object) => {
        const value = propertyOf(object.node, name);
        return value === undefined ? [] : [{ node: value, file: object.file }];
      });
    }
  }
  return undefined;
}

const propertyOf = ({ properties }: Node, name: string): Node | undefined =>
  properties.find((property: Node) => property.key?.name === name)?.value;

function importedFrom(
  { specifiers, source }: Node,
  name: string,
  reading: Reading,
): readonly Place[] | undefined {
  const found = specifiers.find(({ local }: Node) => local.name === name);
  if (found === undefined) return undefined;
  const path = join(dirname(reading.file.path), source.value);
  if (!source.value.startsWith('.') || !existsSync(path)) return [];
  const file = readSource(path);
  const [program] = file.nodes;
  for (const statement of (program?.body ?? []) as readonly Node[]) {
    const declared = declaredIn(statement, found.imported.name, { ...reading, file });
    if (declared !== undefined) return declared;
  }
  return [];
}
