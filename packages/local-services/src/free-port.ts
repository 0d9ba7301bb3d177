/**
 * Finds ports on loopback, and says whether one is taken.
 *
 * A free port is a statement about the past: whoever binds it must still be ready to lose the race.
 */
import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Whether a server could listen on this port right now, of loopback and of all addresses alike. */
export async function isPortFree(port: number): Promise<boolean> {
  // Some systems let 127.0.0.1 be bound beside a server on all addresses, which would then split the clients.
  for (const host of [LOOPBACK, '0.0.0.0', '::']) {
    if (!(await canListen(port, host))) return false;
  }
  return true;
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      // A machine without IPv6 has nobody there.
      resolve(error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL');
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * A port of 127.0.0.1 that nobody listens on.
 *
 * @param preferred Returned when it is free; otherwise the system chooses.
 */
export async function findFreePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && preferred > 0 && (await isPortFree(preferred))) return preferred;
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') {
        reject(new Error(`Cannot find a free port: the system must name one, got ${String(address)}`));
        return;
      }
      server.close(() => resolve(address.port));
    });
  });
}
