/**
 * Dependencies point one way: apps → subjects → contracts, and subjects only to subjects before them.
 *
 * Read from each manifest, which Biome holds the imports to (noUndeclaredDependencies), so that one look at a
 * package.json shows what a package may know.
 */
import type { Problem, WorkspacePackage } from './workspace.ts';

/** A subject may import those before it. */
export const SUBJECT_ORDER = [
  'db',
  'audit',
  'catalog',
  'keys',
  'dialects',
  'providers',
  'metering',
  'limits',
  'payloads',
  'routing',
  'mail',
  'identity',
  'billing',
  'reconciliation',
  'alerts',
  'api',
] as const;

/** Tools that ship inside an app. All others are for development and tests only. */
const RUNTIME_TOOLS: Readonly<Record<string, readonly string[]>> = {
  ui: ['console'],
  'local-services': ['cli', 'testing', 'bench'],
  testing: ['bench'],
  simulator: ['bench', 'cli'],
};

export function checkLayers(packages: readonly WorkspacePackage[]): Problem[] {
  const byName = new Map(packages.map((item) => [item.name, item]));
  return packages.flatMap((item) => {
    const problem = (message: string): Problem => ({
      check: 'layers',
      path: `${item.folder}/package.json`,
      message,
    });
    if (item.layer === undefined) return [problem('declares no tollgate.layer')];
    if (item.layer === 'subject' && orderOf(item.name) < 0)
      return [problem('is a subject without a place in SUBJECT_ORDER')];
    return [
      ...item.dependencies.flatMap((name) => {
        const reason = refuse(item, byName.get(name));
        return reason === undefined ? [] : [problem(`must not depend on ${name}: ${reason}`)];
      }),
      ...item.devDependencies.flatMap((name) =>
        byName.get(name)?.layer === 'app'
          ? [problem(`must not depend on ${name}: an app is never imported`)]
          : [],
      ),
    ];
  });
}

function refuse(from: WorkspacePackage, to: WorkspacePackage | undefined): string | undefined {
  if (to === undefined) return 'there is no such package';
  if (to.layer === 'app') return 'an app is never imported';
  if (from.layer === 'contract') return 'contracts import nothing of ours';
  if (to.layer === 'tool' && !(RUNTIME_TOOLS[shortName(to.name)] ?? []).includes(shortName(from.name))) {
    return 'tools are for development; list it under devDependencies';
  }
  if (from.layer === 'subject' && to.layer === 'subject' && orderOf(to.name) >= orderOf(from.name)) {
    return 'it comes later in SUBJECT_ORDER';
  }
  return undefined;
}

function shortName(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

function orderOf(name: string): number {
  return (SUBJECT_ORDER as readonly string[]).indexOf(shortName(name));
}
