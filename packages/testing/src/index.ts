export { type BundledEntries, bundleEntries, type Entries, openRunBundles } from './bundled-entries.ts';
export { endWithThisProcess } from './end-with-this-process.ts';
export {
  type FaultDirection,
  type FaultMode,
  type FaultProxy,
  type FaultProxyOptions,
  startFaultProxy,
} from './fault-proxy.ts';
export { findLastingPort } from './lasting-port.ts';
export { findMigrationDrift } from './migration-drift.ts';
export { medianMs, shortestMs } from './shortest-ms.ts';
export {
  createEmptyTestDatabase,
  createTestDatabase,
  disableRowSecurity,
  type TestDatabase,
} from './test-database.ts';
export { startTestDns, type TestDns } from './test-dns.ts';
export { createTestRedis, type TestRedis } from './test-redis.ts';
export { type RunningTestServices, startTestServices, type TestServices } from './test-services.ts';
export { totpCodeAt } from './totp-code-at.ts';
export { type WaitOptions, waitFor } from './wait-for.ts';
