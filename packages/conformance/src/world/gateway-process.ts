/** A gateway as its own process, as it is deployed: an app is never imported. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { endWithThisProcess, waitFor } from '@tollgate/testing';

const ENTRY = fileURLToPath(new URL('../../../../apps/gateway/src/main.ts', import.meta.url));

export interface GatewayProcess {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Ready to serve on return. @param environment What is particular: databases, keys, allowed origins. */
export async function startGatewayProcess(environment: Record<string, string>): Promise<GatewayProcess> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [ENTRY], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      TOLLGATE_GATEWAY_PORT: String(port),
      TOLLGATE_GATEWAY_HOST: '127.0.0.1',
      TOLLGATE_METRICS_PORT: String(metricsPort),
      TOLLGATE_LOG_LEVEL: 'warn',
      TOLLGATE_DRAIN_TIMEOUT_MS: '1000',
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

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
