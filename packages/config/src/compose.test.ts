/** docker/compose.yaml against what the processes read: a setting that stops at the file cannot be made. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { VARIABLES } from './variables.ts';

const PROCESSES = ['console', 'gateway', 'worker'] as const;

/** Not to be set under compose, each for its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  TOLLGATE_STATE_DIR: 'the image says where its volume is',
  TOLLGATE_GATEWAY_HOST: 'inside its container a gateway listens everywhere',
  TOLLGATE_GATEWAY_PORT: 'the file publishes this port',
  TOLLGATE_METRICS_PORT: 'nothing else is in the container',
  TOLLGATE_WORKER_HEALTH_PORT: 'nobody outside asks it',
  TOLLGATE_GATEWAY_SLOT: 'given by the parent of several processes',
  TOLLGATE_DRAIN_TIMEOUT_MS: 'stop_grace_period follows the default',
  TOLLGATE_FIRST_USER_IS_OPERATOR: 'for one machine only, where nobody else can sign up first',
  TOLLGATE_MAILBOX_URL: 'there is no mailbox',
  STRIPE_API_URL: 'a stand-in on the same machine',
  TOLLGATE_CLOCK_OFFSET_FILE: 'for tests',
};

const text = readFileSync(new URL('../../../docker/compose.yaml', import.meta.url), 'utf8');

/** The lines of one service. */
function serviceOf(name: string): string {
  return text.split(/^ {2}(?=\w)/m).find((part) => part.startsWith(`${name}:`)) ?? '';
}

const environmentOf = (name: string) =>
  [...serviceOf(name).matchAll(/^ {6}([A-Z][A-Z_]+):/gm)].map(([, variable]) => variable);

const volumesOf = (name: string) =>
  /^ {4}volumes: \[(.*)\]$/m
    .exec(serviceOf(name))?.[1]
    ?.split(',')
    .map((volume) => volume.trim());

describe('compose.yaml', () => {
  it.each(PROCESSES)('[X2] gives the %s every setting that it reads, and no other', (name) => {
    const settable = VARIABLES[name].filter((variable) => !(variable in EXCEPTIONS));
    expect(environmentOf(name).toSorted()).toEqual(settable.toSorted());
  });

  it('gives console and worker one volume, so that one hands out the files that the other made', () => {
    expect(volumesOf('worker')).toEqual(['state:/state']);
    expect(volumesOf('console')).toEqual(volumesOf('worker'));
  });

  it('[M1] keeps the log of the gateway in a volume of its own', () => {
    expect(volumesOf('gateway')).toEqual(['gateway:/state']);
  });

  it('declares every volume that it mounts', () => {
    const declared = [...(text.split(/^volumes:$/m)[1] ?? '').matchAll(/^ {2}(\w+):/gm)].map(
      ([, name]) => name,
    );
    const mounted = [...text.matchAll(/volumes: \[(\w+):/g)].map(([, name]) => name);
    expect(new Set(declared)).toEqual(new Set(mounted));
  });

  it('has every secret that it asks for from a script that also a Node runs which reads no TypeScript', () => {
    const script = fileURLToPath(new URL('../../../docker/env.mjs', import.meta.url));
    const printed = execFileSync(process.execPath, ['--no-strip-types', script], { encoding: 'utf8' });
    const given = [...printed.matchAll(/^([A-Z_]+)=\S+$/gm)].map(([, name]) => name);
    const asked = [...text.matchAll(/\$\{([A-Z_]+)(?::\?[^}]*)?\}/g)].map(([, name]) => name);
    expect(given.toSorted()).toEqual([...new Set(asked)].toSorted());
  });
});
