/**
 * The first thing that runs after a clone: checks the machine, installs packages when they are not those of the
 * lockfile, and hands over to the `tollgate` command on the Node that came with them.
 *
 * Plain JavaScript without dependencies, because it runs on whatever Node there is (20 and newer). Says everything
 * on stderr, so that a command's own output stays clean.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, statfsSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const OLDEST_NODE = 20;
// The oldest that runs TypeScript by itself as the product needs it, where npm brought no newer one.
const OLDEST_NODE_TO_RUN_ON = 24;
const PNPM = 'pnpm@12.21.0';
const INSTALL_MIN_FREE_BYTES = 3 * 1024 ** 3;
// Inside node_modules, so that deleting one deletes the other.
const STAMP = join(ROOT, 'node_modules/.tollgate-install');

/** A reason to stop that the user can do something about; shown without a stack. */
class Refusal extends Error {}

try {
  checkNode();
  const lockfile = lockfileHash();
  if (!isInstalled(lockfile)) {
    checkDiskSpace();
    await install();
    mkdirSync(dirname(STAMP), { recursive: true });
    writeFileSync(STAMP, lockfile);
  }
  await handOver();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= OLDEST_NODE) return;
  throw new Refusal(
    `Cannot start Tollgate: it needs Node ${OLDEST_NODE} or newer, got ${process.versions.node}. See https://nodejs.org.`,
  );
}

function lockfileHash() {
  const facts = [process.platform, process.arch, readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8')];
  return createHash('sha256').update(facts.join('\n')).digest('hex');
}

function isInstalled(lockfile) {
  const present = ['node_modules/.modules.yaml', 'apps/cli/node_modules'].every((path) =>
    existsSync(join(ROOT, path)),
  );
  return present && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockfile;
}

function checkDiskSpace() {
  const { bavail, bsize } = statfsSync(ROOT);
  const freeBytes = bavail * bsize;
  if (freeBytes >= INSTALL_MIN_FREE_BYTES) return;
  const gigabytes = (bytes) => `${(bytes / 1024 ** 3).toFixed(1)} GB`;
  throw new Refusal(
    `Cannot install packages: ${ROOT} needs ${gigabytes(INSTALL_MIN_FREE_BYTES)} of free disk space, got ${gigabytes(freeBytes)}.`,
  );
}

async function install() {
  const progress = startProgress('Installing packages');
  const command = ['-y', PNPM, 'install', '--frozen-lockfile', '--reporter=append-only'];
  const env = { ...process.env, CI: 'true', npm_config_update_notifier: 'false' };
  // npm marks its children with its own settings, of which pnpm takes some for its own and warns about the rest.
  for (const name of Object.keys(env))
    if (/^npm_config_(?!registry|cache|https?_proxy|.*proxy|cafile)/i.test(name)) delete env[name];
  const child = spawn(process.platform === 'win32' ? 'npx.cmd' : 'npx', command, {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  const keep = (chunk) => {
    output = (output + chunk).slice(-16_000);
    progress.show(output.trimEnd().split('\n').at(-1) ?? '');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  forwardSignals(child);
  const { code, signal, error } = await ended(child);
  progress.end(code === 0);
  if (error?.code === 'ENOENT') {
    throw new Refusal(
      'Cannot install packages: npx must be on the PATH, got nothing. It comes with npm: install npm.',
    );
  }
  if (signal !== null) throw new Refusal(`Cannot install packages: interrupted by ${signal}.`);
  if (code !== 0) throw new Refusal(explainInstallFailure(output));
}

function explainInstallFailure(output) {
  const end = output.trimEnd().split('\n').slice(-15).join('\n');
  if (/ENOSPC/.test(output)) return `Cannot install packages: the disk is full.\n\n${end}`;
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|FETCH_|META_FETCH|fetch failed|audit endpoint/i.test(
      output,
    )
  ) {
    return `Cannot install packages: the npm registry must answer. Check the network, or npm's registry and proxy settings.\n\n${end}`;
  }
  return `Cannot install packages: pnpm install must succeed, got:\n\n${end}`;
}

function startProgress(title) {
  const { stderr } = process;
  const startedAt = Date.now();
  if (!stderr.isTTY) {
    stderr.write(`${title} (first time or after an update; about a minute)\n`);
    return { show: () => {}, end: (ok) => ok && stderr.write(`${title}: done in ${seconds()}\n`) };
  }
  const show = (detail) => {
    const clean = stripVTControlCharacters(detail).trim();
    stderr.write(`\r\x1b[2K${`  ${title} ${seconds()}  ${clean}`.slice(0, (stderr.columns ?? 80) - 1)}`);
  };
  show('');
  return { show, end: (ok) => stderr.write(`\r\x1b[2K${ok ? `  ${title}: done in ${seconds()}\n` : ''}`) };

  function seconds() {
    return `${((Date.now() - startedAt) / 1000).toFixed(0)} s`;
  }
}

async function handOver() {
  const child = spawn(
    findRuntime(),
    ['--disable-warning=ExperimentalWarning', join(ROOT, 'apps/cli/src/main.ts'), ...process.argv.slice(2)],
    {
      cwd: ROOT,
      stdio: 'inherit',
    },
  );
  forwardSignals(child);
  const { code, signal, error } = await ended(child);
  if (error !== null) throw error;
  // A shell tells how a command ended by 128 plus the signal's number.
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
}

function findRuntime() {
  const shipped = join(ROOT, 'node_modules/.bin/node');
  if (existsSync(shipped)) return realpathSync(shipped);
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE_TO_RUN_ON) return process.execPath;
  throw new Refusal(
    `Cannot start Tollgate: npm has no Node 26 for ${process.platform} ${process.arch}, and here Node must be ${OLDEST_NODE_TO_RUN_ON} or newer, got ${process.versions.node}.`,
  );
}

/** Ctrl-C reaches the child from the terminal too; the command counts signals of one second as one. */
function forwardSignals(child) {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
}

function ended(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => resolve({ code, signal, error: null }));
  });
}
