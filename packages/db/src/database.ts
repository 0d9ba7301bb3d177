/**
 * The only door to Postgres for applications: every way in says whose data it is for.
 *
 * Row-level security reads `app.org_id` and `app.user_id`, which are set inside the transaction and end with
 * it. There is no way to get a client without one of the four doors below.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from './generated/client.ts';

export type Transaction = Prisma.TransactionClient;

export interface TransactionOptions {
  /** Longest time the transaction may run; what its database says unless told. */
  readonly timeoutMs?: number;
  readonly isolationLevel?: Prisma.TransactionIsolationLevel;
}

export interface DatabaseOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly maxConnections?: number;
  readonly statementTimeoutMs?: number;
  /** Longest time that a transaction may run which says nothing else. 10 s unless told. */
  readonly transactionTimeoutMs?: number;
  /** How long to wait for a connection before giving up. */
  readonly connectTimeoutMs?: number;
  /** Told of errors on idle connections; a lost server is otherwise met by the next query. */
  readonly onError?: (error: Error) => void;
}

export interface Person {
  readonly userId: string;
  /** Also enter this organization; the caller has checked the membership. */
  readonly organizationId?: string;
}

/** Enters an organization for the rest of the transaction, or until the next. */
export type UseOrganization = (organizationId: string) => Promise<void>;

export interface Database {
  /** One transaction that sees one organization. */
  tenant<T>(
    organizationId: string,
    run: (tx: Transaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
  /**
   * One transaction that sees a person's own memberships and organizations. `use` enters one of them as well; the
   * caller has checked the membership.
   */
  person<T>(
    person: Person,
    run: (tx: Transaction, use: UseOrganization) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
  /** One transaction without a tenant: platform tables, and what a role's own policies allow. */
  platform<T>(run: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** One transaction over several organizations, one after the other: `use` enters the next. */
  tenants<T>(
    run: (tx: Transaction, use: UseOrganization) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
  close(): Promise<void>;
}

const DEFAULT_TRANSACTION_TIMEOUT_MS = 10_000;

/**
 * Opens a pool. Connections are made on first use, so a server that is down is met by the first query.
 *
 * @throws {Error} from the doors: Prisma's errors, and the driver's when the server cannot be reached.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const connectTimeoutMs = options.connectTimeoutMs ?? 5_000;
  const adapter = new PrismaPg(
    {
      connectionString: options.url,
      max: options.maxConnections ?? 10,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: 30_000,
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      application_name: options.applicationName,
      keepAlive: true,
    },
    {
      onPoolError: (error) => options.onError?.(error),
      onConnectionError: (error) => options.onError?.(error),
    },
  );
  const prisma = new PrismaClient({ adapter });
  const transact = <T>(
    run: (tx: Transaction) => Promise<T>,
    transaction: TransactionOptions = {},
  ): Promise<T> =>
    prisma.$transaction(run, {
      timeout: transaction.timeoutMs ?? options.transactionTimeoutMs ?? DEFAULT_TRANSACTION_TIMEOUT_MS,
      maxWait: connectTimeoutMs,
      ...(transaction.isolationLevel === undefined ? {} : { isolationLevel: transaction.isolationLevel }),
    });
  return {
    tenant: (organizationId, run, transaction) =>
      transact(async (tx) => {
        await enterOrganization(tx, organizationId);
        return run(tx);
      }, transaction),
    person: (person, run, transaction) =>
      transact(async (tx) => {
        await tx.$queryRaw`SELECT set_config('app.user_id', ${person.userId}, true), set_config('app.org_id', ${person.organizationId ?? ''}, true)`;
        return run(tx, (organizationId) => enterOrganization(tx, organizationId));
      }, transaction),
    platform: (run, transaction) => transact(run, transaction),
    tenants: (run, transaction) =>
      transact((tx) => run(tx, (organizationId) => enterOrganization(tx, organizationId)), transaction),
    close: () => prisma.$disconnect(),
  };
}

async function enterOrganization(tx: Transaction, organizationId: string): Promise<void> {
  if (organizationId === '') throw new Error('Cannot enter an organization: its id is empty');
  await tx.$queryRaw`SELECT set_config('app.org_id', ${organizationId}, true)`;
}
