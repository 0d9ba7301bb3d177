/** A gateway as its own process, as it is deployed: an app is never imported. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endWithThisProcess, findLastingPort, waitFor } from '@tollgate/testing';

const ENTRY = fileURLToPath(new URL('../../../../apps/gateway/src/main.ts', import.meta.url));

export interface GatewayProcess {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Ready to serve on return. @param environment What is particular: databases, keys, allowed origins. */
export async function startGatewayProcess(environment: Record<string, string>): Promise<GatewayProcess> {
  const [port, metricsPort] = [await findLastingPort(), await findLastingPort()];
  const child = spawn(process.execPath, [ENTRY], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      TOLLGATE_GATEWAY_PORT: String(port),
      TOLLGATE_GATEWAY_HOST: '127.0.0.1',
      TOLLGATE_METRICS_PORT: String(metricsPort),
      TOLLGATE_LOG_LEVEL: 'warn',
      TOLLGATE_DRAIN_TIMEOUT_MS: '1000',
      // Clients ask once, and the machine does other work as well.
      TOLLGATE_MAX_LOOP_LAG_MS: '10000',
      ...environment,
    },
  });
  endWithThisProcess(child);
  const origin = `http://127.0.0.1:${port}`;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) {
        resolve();
        return;
      }
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
    });
  try {
    await waitFor(
      async () => {
        if (child.exitCode !== null) throw new Error(`Cannot start the gateway: exit ${child.exitCode}`);
        return (await fetch(`${origin}/readyz`)).ok;
      },
      { timeoutMs: 60_000, description: 'the gateway' },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { origin, stop };
}
