import { newId } from '@tollgate/ids';
import { createTestDatabase, type TestDatabase } from '@tollgate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { assertLeastPrivilege } from './least-privilege.ts';
import { OPERATOR_ORGANIZATION_ID } from './operator.ts';
import { isUniqueViolation } from './prisma-error.ts';

let testDatabase: TestDatabase;
let consoleDatabase: Database;
let workerDatabase: Database;
let gatewayDatabase: Database;
const organizations = [newId('organization', 1), newId('organization', 2)] as const;
const [first, second] = organizations;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const open = (url: string) => openDatabase({ url, applicationName: 'test', maxConnections: 8 });
  consoleDatabase = open(testDatabase.urls.console);
  workerDatabase = open(testDatabase.urls.worker);
  gatewayDatabase = open(testDatabase.urls.gateway);
  for (const id of organizations) {
    await consoleDatabase.tenant(id, async (tx) => {
      await tx.organization.create({ data: { id, name: id, slug: id.toLowerCase() } });
      const teamId = newId('team', 1);
      await tx.team.create({
        data: { id: teamId, organizationId: id, name: 'CANARY', slug: 'canary', path: teamId },
      });
    });
  }
});

afterAll(async () => {
  await Promise.all([consoleDatabase?.close(), workerDatabase?.close(), gatewayDatabase?.close()]);
  await testDatabase?.drop();
});

describe('a tenant transaction', () => {
  it('[X1] sees its own organization and no other, without any filter in the query', async () => {
    const seen = await consoleDatabase.tenant(first, async (tx) => ({
      organizations: await tx.organization.findMany(),
      teams: await tx.team.findMany(),
    }));
    expect(seen.organizations.map((row) => row.id)).toEqual([first]);
    expect(seen.teams.map((row) => row.organizationId)).toEqual([first]);
  });

  it('[X1] cannot write into another organization', async () => {
    const teamId = newId('team', 1);
    await expect(
      consoleDatabase.tenant(first, (tx) =>
        tx.team.create({ data: { id: teamId, organizationId: second, name: 'x', slug: 'x', path: teamId } }),
      ),
    ).rejects.toThrow(/row-level security/);
    const { count } = await consoleDatabase.tenant(first, (tx) =>
      tx.team.updateMany({ data: { name: 'changed' }, where: { organizationId: second } }),
    );
    expect(count).toBe(0);
  });

  it('[X1] cannot attach its rows to rows of another organization', async () => {
    const [foreign] = await consoleDatabase.tenant(second, (tx) => tx.team.findMany());
    await expect(
      consoleDatabase.tenant(first, (tx) =>
        tx.virtualKey.create({
          data: {
            id: newId('virtualKey', 1),
            organizationId: first,
            teamId: foreign!.id,
            name: 'x',
            createdById: 'usr_x',
          },
        }),
      ),
    ).rejects.toThrow(/foreign key/i);
  });

  it('[X1] keeps 400 concurrent transactions of two tenants apart', async () => {
    const results = await Promise.all(
      Array.from({ length: 400 }, async (_, index) => {
        const id = organizations[index % 2]!;
        const rows = await consoleDatabase
          .tenant(id, (tx) => tx.team.findMany(), { timeoutMs: 30_000 })
          .catch((error: unknown) => {
            // More callers than connections: waiting too long is an answer, another tenant's rows are not.
            if (error instanceof Error && /Unable to start a transaction|timeout/i.test(error.message))
              return [];
            throw error;
          });
        return rows.every((row) => row.organizationId === id);
      }),
    );
    expect(results.every(Boolean)).toBe(true);
  });

  it('leaves nothing behind when it fails', async () => {
    await expect(
      consoleDatabase.tenant(first, async (tx) => {
        await tx.team.updateMany({ data: { name: 'changed' } });
        throw new Error('planned');
      }),
    ).rejects.toThrow('planned');
    const teams = await consoleDatabase.tenant(first, (tx) => tx.team.findMany());
    expect(teams.map((team) => team.name)).toEqual(['CANARY']);
  });

  it('refuses an empty organization id', async () => {
    await expect(consoleDatabase.tenant('', async () => undefined)).rejects.toThrow('its id is empty');
  });
});

describe('a transaction without a tenant', () => {
  it.each(['console', 'worker'] as const)('[X1] sees no tenant row as the %s', async (role) => {
    const database = role === 'console' ? consoleDatabase : workerDatabase;
    expect(await database.platform((tx) => tx.team.count())).toBe(0);
    expect(await database.platform((tx) => tx.organization.count())).toBe(0);
  });

  it('lets the gateway read policy across organizations, and change none of it', async () => {
    expect(await gatewayDatabase.platform((tx) => tx.team.count({ select: { id: true } }))).toEqual({
      id: 2,
    });
    await expect(
      gatewayDatabase.platform((tx) => tx.$executeRaw`UPDATE teams SET name = 'x'`),
    ).rejects.toThrow(/permission denied/);
    await expect(gatewayDatabase.platform((tx) => tx.$queryRaw`SELECT * FROM users`)).rejects.toThrow(
      /permission denied/,
    );
  });
});

describe('tenants()', () => {
  it('goes through several organizations in one transaction, one at a time', async () => {
    const seen = await workerDatabase.tenants(async (tx, use) => {
      const rows: string[] = [];
      for (const id of organizations) {
        await use(id);
        rows.push(...(await tx.team.findMany()).map((team) => team.organizationId));
      }
      return rows;
    });
    expect(seen).toEqual([...organizations]);
  });
});

describe('assertLeastPrivilege()', () => {
  it('accepts the application roles and refuses the owner', async () => {
    await assertLeastPrivilege(workerDatabase);
    const owner = openDatabase({ url: testDatabase.urls.migrator, applicationName: 'test' });
    await expect(assertLeastPrivilege(owner)).rejects.toThrow('Cannot start');
    await owner.close();
  });
});

describe('a finalized invoice', () => {
  it('[M6] refuses every change but of its state, from any role', async () => {
    const id = newId('invoice', 1);
    await consoleDatabase.tenant(first, async (tx) => {
      await tx.invoice.create({
        data: {
          id,
          organizationId: first,
          livemode: true,
          periodStart: new Date(0),
          periodEnd: new Date(1),
          timeZone: 'UTC',
          state: 'draft',
        },
      });
      await tx.invoice.update({
        where: { id },
        data: { state: 'open', number: '1', series: 'T', frozen: {}, totalPicoUsd: '5' },
      });
    });
    const change = (data: object) =>
      workerDatabase.tenant(first, (tx) => tx.invoice.update({ where: { id }, data }));
    await expect(change({ totalPicoUsd: '6' })).rejects.toThrow(/finalized/);
    await expect(change({ state: 'draft' })).rejects.toThrow(/finalized/);
    await expect(change({ frozen: { changed: true } })).rejects.toThrow(/finalized/);
    await expect(
      workerDatabase.tenant(first, (tx) =>
        tx.invoiceLine.create({
          data: { id: newId('invoiceLine', 1), organizationId: first, invoiceId: id, kind: 'usage' },
        }),
      ),
    ).rejects.toThrow(/finalized/);
    await change({ state: 'paid', paidAt: new Date(2) });
  });
});

describe('a line of a finalized invoice', () => {
  it('[M6] cannot be moved to a draft', async () => {
    const [open, draft, line] = [newId('invoice', 1), newId('invoice', 1), newId('invoiceLine', 1)];
    const move = async () => {
      await consoleDatabase.tenant(second, (tx) =>
        tx.invoiceLine.update({ where: { id: line }, data: { invoiceId: draft }, select: { id: true } }),
      );
    };
    await consoleDatabase.tenant(second, async (tx) => {
      const data = { organizationId: second, livemode: true, timeZone: 'UTC', state: 'draft' };
      await tx.invoice.createMany({
        data: [
          { ...data, id: open, periodStart: new Date(0), periodEnd: new Date(1) },
          { ...data, id: draft, periodStart: new Date(1), periodEnd: new Date(2) },
        ],
      });
      await tx.invoiceLine.create({
        data: { id: line, organizationId: second, invoiceId: open, kind: 'usage' },
      });
      await tx.invoice.update({
        where: { id: open },
        data: { state: 'open', number: '2', series: 'T', frozen: {} },
      });
    });
    await expect(move()).rejects.toThrow(/finalized/);
  });
});

describe('isUniqueViolation()', () => {
  it('tells a taken slug from other failures', async () => {
    const error = await consoleDatabase
      .tenant(OPERATOR_ORGANIZATION_ID, (tx) =>
        tx.organization.create({ data: { id: OPERATOR_ORGANIZATION_ID, name: 'x', slug: 'operator' } }),
      )
      .catch((cause: unknown) => cause);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(new Error('other'))).toBe(false);
  });
});
