/**
 * LiteLLM's proxy as PyPI has it, in a virtual environment of its own that is kept between runs.
 *
 * Its virtual keys need a database, and that needs Prisma's query engine, a binary that neither PyPI nor npm has: it
 * comes from binaries.prisma.sh. Where that cannot be reached, LiteLLM runs with its master key alone, which spares it
 * the look-up of keys, spend and budgets: figures then flatter it, and are labelled so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The newest first; a registry that holds back young packages may lack what the newest needs. */
const VERSIONS = ['1.109.1', '1.106.2'];
const PRISMA_VERSION = '0.15.0';

export interface InstalledLiteLlm {
  readonly version: string;
  readonly folder: string;
  readonly binFolder: string;
  readonly command: string;
  readonly configFile: string;
  readonly hasDatabase: boolean;
  /** Empty where it has one. */
  readonly whyNoDatabase: string;
}

interface LiteLlmOptions {
  readonly upstream: string;
  readonly apiKey: string;
  readonly masterKey: string;
}

/** @throws {Error} No version can be installed: the last reason. */
export function installLiteLlm(options: LiteLlmOptions): InstalledLiteLlm {
  let reason = '';
  for (const version of VERSIONS) {
    const folder = join(tmpdir(), `tollgate-bench-litellm-${version}`);
    const binFolder = join(folder, 'venv/bin');
    reason = once(folder, 'install', () => {
      const made = runIn(folder, 'python3', ['-m', 'venv', join(folder, 'venv')]);
      return made || runIn(folder, join(binFolder, 'pip'), ['install', '-q', `litellm[proxy]==${version}`]);
    });
    if (reason !== '') continue;
    const whyNoDatabase = once(folder, 'prisma', () => installPrisma(folder, binFolder));
    const configFile = join(folder, 'config.json');
    writeFileSync(configFile, JSON.stringify(configOf(options), null, 2));
    const command = join(binFolder, 'litellm');
    return {
      version,
      folder,
      binFolder,
      command,
      configFile,
      hasDatabase: whyNoDatabase === '',
      whyNoDatabase,
    };
  }
  throw new Error(`Cannot install LiteLLM: ${reason}`);
}

function installPrisma(folder: string, binFolder: string): string {
  const reason = runIn(folder, join(binFolder, 'pip'), ['install', '-q', `prisma==${PRISMA_VERSION}`]);
  if (reason !== '') return reason;
  const where =
    'import litellm, os; print(os.path.join(os.path.dirname(litellm.__file__), "proxy", "schema.prisma"))';
  const { stdout } = spawnSync(join(binFolder, 'python'), ['-c', where], { encoding: 'utf8', cwd: folder });
  const schema = stdout.trim().split('\n').at(-1) ?? '';
  const generate = [
    '-c',
    'import os, sys; os.environ["PATH"] = sys.argv[1] + os.pathsep + os.environ["PATH"]; ' +
      'os.execvp("prisma", ["prisma", "generate", "--schema", sys.argv[2]])',
    binFolder,
    schema,
  ];
  return runIn(folder, join(binFolder, 'python'), generate);
}

/** JSON is YAML. */
function configOf({ upstream, apiKey, masterKey }: LiteLlmOptions): unknown {
  return {
    model_list: [
      {
        model_name: 'sim-small',
        litellm_params: { model: 'openai/sim-small', api_base: `${upstream}/v1`, api_key: apiKey },
      },
    ],
    general_settings: { master_key: masterKey },
    litellm_settings: { telemetry: false },
  };
}

/** Does a step once for all runs. @returns Why it failed; empty: it did not. */
function once(folder: string, step: string, run: () => string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${step}.result`);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const reason = run();
  writeFileSync(file, reason);
  return reason;
}

function runIn(folder: string, command: string, args: readonly string[]): string {
  const { status, stderr, stdout, error } = spawnSync(command, args, { encoding: 'utf8', cwd: folder });
  if (status === 0) return '';
  const lines = `${stdout ?? ''}\n${stderr ?? ''}\n${error?.message ?? ''}`.split('\n').filter(Boolean);
  return (lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? `${command} failed`).slice(0, 300);
}
