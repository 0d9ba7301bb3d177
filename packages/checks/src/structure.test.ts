import { describe, expect, it } from 'vitest';
import { checkBannedCode } from './banned-code.ts';
import { checkDeepImports } from './deep-imports.ts';
import { checkLayers } from './layers.ts';
import { type Layer, listImports, type WorkspacePackage } from './workspace.ts';

function workspacePackage(
  name: string,
  layer: Layer,
  more: Partial<WorkspacePackage> = {},
): WorkspacePackage {
  const folder = `${layer === 'app' ? 'apps' : 'packages'}/${name}`;
  return {
    name: `@tollgate/${name}`,
    folder,
    layer,
    dependencies: [],
    devDependencies: [],
    entries: ['.'],
    files: [],
    ...more,
  };
}

const money = workspacePackage('money', 'contract');
const database = workspacePackage('db', 'subject');
const billing = workspacePackage('billing', 'subject');
const testing = workspacePackage('testing', 'tool');
const gateway = workspacePackage('gateway', 'app');
const everything = [money, database, billing, testing, gateway];

const withFile = (
  item: WorkspacePackage,
  text: string,
  path = `${item.folder}/src/planted.ts`,
): WorkspacePackage => ({
  ...item,
  files: [{ path, text }],
});

describe('checkLayers()', () => {
  it('accepts apps over subjects over contracts', () => {
    expect(
      checkLayers([
        money,
        database,
        {
          ...billing,
          dependencies: ['@tollgate/db', '@tollgate/money'],
          devDependencies: ['@tollgate/testing'],
        },
        testing,
        { ...gateway, dependencies: ['@tollgate/billing'] },
      ]),
    ).toEqual([]);
  });

  it.each([
    ['a contract that imports one of ours', { ...money, dependencies: ['@tollgate/db'] }],
    ['a subject that imports a later one', { ...database, dependencies: ['@tollgate/billing'] }],
    ['a subject that imports an app', { ...billing, dependencies: ['@tollgate/gateway'] }],
    ['a test that imports an app', { ...billing, devDependencies: ['@tollgate/gateway'] }],
    ['an app that ships a tool', { ...gateway, dependencies: ['@tollgate/testing'] }],
    ['a subject without a place', workspacePackage('helpers', 'subject')],
    ['a package without a layer', { ...money, layer: undefined }],
    ['a dependency that does not exist', { ...gateway, dependencies: ['@tollgate/nothing'] }],
  ] satisfies [string, WorkspacePackage][])('finds %s', (_, planted) => {
    const rest = everything.filter((item) => item.name !== planted.name);
    expect(checkLayers([...rest, planted])).toHaveLength(1);
  });
});

describe('checkDeepImports()', () => {
  it('accepts a declared entry and a neighbour file', () => {
    const item = withFile(billing, `import { a } from '@tollgate/db';\nimport { b } from './b.ts';`);
    expect(checkDeepImports([money, database, item])).toEqual([]);
  });

  it.each([
    `import { a } from '@tollgate/db/src/secret.ts';`,
    `const a = await import('@tollgate/db/src/secret.ts');`,
    `export { a } from '../../db/src/secret.ts';`,
    `import type { A } from '../../../apps/gateway/src/a.ts';`,
    `import '@tollgate/db/src/side-effect.ts';`,
    `import {\n  a,\n} from '@tollgate/nothing';`,
  ])('finds %j', (text) => {
    expect(checkDeepImports([database, withFile(billing, text)])).toHaveLength(1);
  });
});

describe('checkBannedCode()', () => {
  it.each([
    [billing, 'await tx.$queryRawUnsafe(text);'],
    [billing, 'const part = Prisma.raw(text);'],
    [billing, `import { env } from 'node:process';`],
    [gateway, `import { spawn } from 'node:child_process';`],
    [billing, 'const totalPicoUsd = row.amount.plus(other);'],
    [billing, 'const decimal = new Prisma.Decimal(1);'],
    [gateway, 'exchange.onInterrupt = () => call.abort();'],
    [gateway, 'this.#stop = async (reason: string): Promise<void> => {'],
    [gateway, 'handler.onDone ??= function () {'],
    [billing, '/* @ts-ignore */ const x = 1;'],
    [billing, '<div dangerouslySetInnerHTML={{ __html: name }} />'],
  ])('finds the line planted in %#', (item, text) => {
    expect(checkBannedCode([withFile(item, text)])).toHaveLength(1);
  });

  it('finds a focused test', () => {
    expect(
      checkBannedCode([withFile(billing, `it.only('x', () => {});`, 'packages/billing/src/x.test.ts')]),
    ).toHaveLength(1);
  });

  it('leaves functions that had a name first alone', () => {
    const text =
      'const stop = () => call.abort();\nexchange.onInterrupt = stop;\nconst a = { run: () => 1 };\nx.y = z.map((one) => one);';
    expect(checkBannedCode([withFile(gateway, text)])).toEqual([]);
  });

  it('leaves comments that speak of it alone', () => {
    expect(checkBannedCode([withFile(billing, '// $queryRawUnsafe is banned')])).toEqual([]);
  });
});

describe('listImports()', () => {
  it('sees every form', () => {
    const text = `import a from 'a';\nimport * as b from "b";\nexport * from 'c';\nconst d = await import('d');\nimport 'e';\nimport {\n f,\n} from 'f';`;
    expect(listImports({ path: 'x.ts', text })).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });
});
