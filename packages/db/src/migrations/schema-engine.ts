/**
 * Applies the migrations of prisma/migrations and compares them with prisma/schema, by Prisma's own engine in
 * its WebAssembly build: no binary is downloaded, and the bookkeeping is that of `prisma migrate deploy`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import { migrationAdapterFactory } from './migration-adapter.ts';

const PRISMA_FOLDER = resolve(import.meta.dirname, '../../../../prisma');
const NO_FILTER = { externalTables: [], externalEnums: [] };

function readSchemaFiles(): { path: string; content: string }[] {
  const folder = join(PRISMA_FOLDER, 'schema');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.prisma'))
    .map((name) => ({ path: join(folder, name), content: readFileSync(join(folder, name), 'utf8') }));
}

function readMigrations(folder: string) {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir: folder,
    lockfile: {
      path: 'migration_lock.toml',
      content: readFileSync(join(folder, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: readFileSync(join(folder, name, 'migration.sql'), 'utf8') },
      },
    })),
  };
}

async function withEngine<T>(url: string, run: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const adapters = migrationAdapterFactory(url);
  const open: { dispose(): Promise<void> }[] = [];
  const factory = bindMigrationAwareSqlAdapterFactory({
    ...adapters,
    connect: async () => {
      const adapter = await adapters.connect();
      open.push(adapter);
      return adapter;
    },
  });
  const engine = await SchemaEngine.new(
    { datamodels: readSchemaFiles().map((file) => [file.path, file.content]) },
    () => {},
    factory,
  );
  try {
    return await run(engine);
  } finally {
    engine.free();
    // The engine leaves its session to the pool's idle time-out; until then nobody can clone the database.
    await Promise.all(open.map((adapter) => adapter.dispose()));
  }
}

/**
 * Brings a database to the newest migration. Safe to repeat.
 *
 * @param url Of the role that owns the database; it needs no superuser rights.
 * @returns Names of the migrations applied now.
 */
export async function applyMigrations({
  url,
  folder = join(PRISMA_FOLDER, 'migrations'),
}: {
  url: string;
  folder?: string;
}): Promise<string[]> {
  const migrationsList = readMigrations(folder);
  const output = await withEngine(url, (engine) =>
    engine.applyMigrations({ migrationsList, filters: NO_FILTER }),
  );
  return output.appliedMigrationNames;
}

/**
 * What would have to change for the database that the migrations really make to agree with the schema.
 *
 * @param url Of a role with CREATEDB; the migrations run in a shadow database that is dropped afterwards.
 * @returns SQL; undefined when they agree.
 */
export async function diffMigrations({ url }: { url: string }): Promise<string | undefined> {
  let script = '';
  const result = await withEngine(url, async (engine) =>
    engine.diff({
      from: { tag: 'migrations', ...readMigrations(join(PRISMA_FOLDER, 'migrations')) },
      to: { tag: 'schemaDatamodel', files: readSchemaFiles() },
      exitCode: true,
      script: true,
      filters: NO_FILTER,
    }),
  );
  script = result.stdout ?? '';
  return result.exitCode === 2 ? script : undefined;
}
