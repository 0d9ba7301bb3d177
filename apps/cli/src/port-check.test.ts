import { createServer } from 'node:net';
import { findLastingPort } from '@tollgate/testing';
import { describe, expect, it } from 'vitest';
import { checkPorts } from './port-check.ts';

describe('checkPorts()', () => {
  it('passes when all are free', async () => {
    const port = await findLastingPort();
    await expect(
      checkPorts([{ purpose: 'console', port, variable: 'TOLLGATE_CONSOLE_PORT' }]),
    ).resolves.toBeUndefined();
  });

  it('names port, purpose, variable and the process that has it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    try {
      const failure = checkPorts([{ purpose: 'gateway', port, variable: 'TOLLGATE_GATEWAY_PORT' }]);
      await expect(failure).rejects.toThrow(
        new RegExp(
          `Port ${port}, needed by the gateway, is in use by .*pid ${process.pid}.*TOLLGATE_GATEWAY_PORT`,
        ),
      );
    } finally {
      server.close();
    }
  });

  it('refuses one port for two purposes', async () => {
    const port = await findLastingPort();
    const failure = checkPorts([
      { purpose: 'console', port, variable: 'TOLLGATE_CONSOLE_PORT' },
      { purpose: 'gateway', port, variable: 'TOLLGATE_GATEWAY_PORT' },
    ]);
    await expect(failure).rejects.toThrow(/TOLLGATE_CONSOLE_PORT and TOLLGATE_GATEWAY_PORT/);
  });
});
