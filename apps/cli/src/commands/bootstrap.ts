/**
 * Set-up for scripts and pipelines: an organization with its owner, and a new admin token, as one line of JSON on
 * stdout. Works on the database alone, whether or not the other processes run.
 */
import { parseArgs } from 'node:util';
import { createClock } from '@tollgate/clock';
import { consoleConfig, type Environment, portsConfig } from '@tollgate/config';
import { findPostgres } from '@tollgate/local-services';
import type { Command } from '../command.ts';
import { openDatabaseServer, prepareDatabase } from '../database.ts';
import { ensureGeneratedClient } from '../generated-client.ts';
import { planProcess, publicUrls } from '../process-plan.ts';
import { openSecrets } from '../secrets.ts';
import { seedDatabase } from '../seed.ts';
import { openStateDirectory } from '../state-directory.ts';
import { UserError } from '../user-error.ts';
import { stateDirectoryOf } from '../workspace.ts';

type Input = { readonly organization: string; readonly email: string; readonly password: string };

export const bootstrap: Command = async (args, environment) => {
  const input = parseInput(args);
  const stateDir = stateDirectoryOf(environment);
  if (!environment.DATABASE_URL && (await findPostgres({ stateDir })) === undefined) {
    throw new UserError(
      `Cannot set up an organization: Postgres must be reachable, got none running from ${stateDir}. ` +
        'Start Tollgate with "npm start", or set DATABASE_URL.',
    );
  }
  const { organizationId, adminToken } = await setUp(input, environment, await openStateDirectory(stateDir));
  const urls = publicUrls({ environment, ports: portsConfig(environment) });
  const answer = {
    organizationId,
    adminToken,
    consoleUrl: urls.console,
    apiUrl: `${urls.console}/api/v1`,
    gatewayUrl: urls.gateway,
    simulatorUrl: urls.simulator,
    mailUrl: urls.mailbox,
  };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  return 0;
};

async function setUp(input: Input, environment: Environment, stateDir: string) {
  await ensureGeneratedClient(environment);
  const secrets = await openSecrets(stateDir, environment);
  const { urls } = await prepareDatabase(await openDatabaseServer(environment, stateDir), secrets);
  await seedDatabase({ environment, urls, secrets }, () => {});
  // The console's own view of its settings, so that whoever is first here is what he would be there. No other
  // service is asked: Redis is named because the console needs one, and never reached.
  const config = consoleConfig(
    planProcess('console', {
      ...{ environment, stateDir, secrets, ports: portsConfig(environment), databaseUrls: urls },
      ...{ redisUrl: environment.REDIS_URL || 'redis://127.0.0.1:6379', smtpPort: 0, workerHealthPort: 0 },
    }).environment,
  );
  const { openDatabase } = await import('@tollgate/db');
  const { bootstrapOrganization, IdentityError, memoryAttemptCounter } = await import('@tollgate/identity');
  const clock = createClock(config.clockOffsetFile);
  const database = openDatabase({
    url: urls.console,
    applicationName: 'tollgate-bootstrap',
    maxConnections: 2,
  });
  const settings = {
    ...{ consoleUrl: config.consoleUrl, signUp: config.signUp, signUpDomains: config.signUpDomains },
    ...{ operatorEmails: config.operatorEmails, firstUserIsOperator: config.firstUserIsOperator },
    verificationRequired: false,
  };
  const attempts = memoryAttemptCounter(clock);
  try {
    return await bootstrapOrganization(
      { database, clock, settings, encryptionKeys: config.encryptionKeys, attempts },
      input,
    );
  } catch (error) {
    if (error instanceof IdentityError)
      throw new UserError(`${error.message} (${error.code})`, { cause: error });
    throw error;
  } finally {
    await database.close();
  }
}

function parseInput(args: readonly string[]): Input {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { organization: string, email: string, password: string },
  });
  const { organization, email, password } = values;
  if (!organization || !email || !password) {
    throw new UserError(
      'Usage: npm run --silent tollgate -- bootstrap --organization NAME --email ADDRESS --password SECRET',
    );
  }
  return { organization, email, password };
}
