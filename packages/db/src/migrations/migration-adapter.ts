/**
 * The driver adapter that the schema engine needs for migrations.
 *
 * adapter-pg alone splits a script at every semicolon (function bodies break) and runs the parts outside a
 * transaction; it also does not know PostgreSQL's internal type "char", which introspection reads. Applications
 * do not use this: see ../database.ts.
 */
import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';

const CHAR_OID = 18;
const TEXT_OID = 25;

type ArrayQuery = (...parameters: unknown[]) => Promise<pg.QueryArrayResult>;

async function connect(connectionString: string): Promise<SqlDriverAdapter> {
  const pool = new pg.Pool({ connectionString, max: 1 });
  const query = pool.query.bind(pool) as unknown as ArrayQuery;
  let charColumns: number[] = [];
  const readCharAsText: ArrayQuery = async (...parameters) => {
    const result = await query(...parameters);
    charColumns = [];
    result.fields?.forEach((field, index) => {
      if (field.dataTypeID !== CHAR_OID) return;
      charColumns.push(index);
      field.dataTypeID = TEXT_OID;
    });
    return result;
  };
  Object.assign(pool, { query: readCharAsText });
  const adapter = await new PrismaPg(pool, { disposeExternalPool: true }).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  return Object.assign(adapter, {
    queryRaw: async (statement: SqlQuery) => {
      const result = await queryRaw(statement);
      for (const index of charColumns) result.columnTypes[index] = ColumnTypeEnum.Character;
      return result;
    },
    // The simple query protocol runs a whole script as one transaction.
    executeScript: async (script: string) => {
      try {
        await query(script);
      } catch (cause) {
        throw cause instanceof pg.DatabaseError ? toAdapterError(cause) : cause;
      }
    },
  });
}

function toAdapterError(error: pg.DatabaseError): DriverAdapterError {
  return new DriverAdapterError({
    kind: 'postgres',
    code: error.code ?? 'N/A',
    severity: error.severity ?? 'N/A',
    message: error.message,
    detail: error.detail,
    column: error.column,
    hint: error.hint,
  });
}

async function runOnce(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** @param url Its role needs CREATEDB where the engine compares migrations with the schema (shadow database). */
export function migrationAdapterFactory(url: string): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connect(url),
    async connectToShadowDb() {
      const name = `prisma_migrate_shadow_db_${randomUUID().replaceAll('-', '')}`;
      await runOnce(url, `CREATE DATABASE "${name}"`);
      const shadowUrl = new URL(url);
      shadowUrl.pathname = `/${name}`;
      const adapter = await connect(shadowUrl.href);
      const dispose = adapter.dispose.bind(adapter);
      return Object.assign(adapter, {
        dispose: async () => {
          await dispose();
          await runOnce(url, `DROP DATABASE "${name}" WITH (FORCE)`);
        },
      });
    },
  };
}
