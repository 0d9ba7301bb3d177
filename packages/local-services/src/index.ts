export { findFreePort, isPortFree } from './free-port.ts';
export { openLogFile, readLogTail, trimLogFile } from './log-file.ts';
export { type Mailbox, type MailboxOptions, startMailbox } from './mailbox/mailbox.ts';
export { findPostgres, type Postgres, type PostgresOptions, startPostgres } from './postgres.ts';
export { findRedis, type Redis, type RedisOptions, startRedis } from './redis.ts';
export { removeRedisVolume } from './redis-container.ts';
export { findCommandLine, findStartTime, isAlive, signal, waitForExit } from './running-process.ts';
export { locateServiceHome, removeOutsideHomes } from './service-home.ts';
