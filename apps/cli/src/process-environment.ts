/**
 * What every process on this machine may know: where programs are, and how to reach the network. Secrets are added
 * one by one where they belong, never inherited.
 */
import type { Environment } from '@tollgate/config';

const SHARED_NAMES = [
  ...['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'TEMP', 'SystemRoot', 'CI', 'TERM'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
];

/** The shared variables that are set. */
export function sharedEnvironment(environment: Environment): Record<string, string> {
  return pickVariables(environment, SHARED_NAMES);
}

/** The named variables that are set and not empty. */
export function pickVariables(environment: Environment, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = environment[name];
    if (value !== undefined && value !== '') found[name] = value;
  }
  return found;
}
