/** No package reaches past another's `exports`, neither by name nor by a relative path. */
import { posix } from 'node:path';
import { listImports, OUR_SCOPE, type Problem, type SourceFile, type WorkspacePackage } from './workspace.ts';

export function checkDeepImports(packages: readonly WorkspacePackage[]): Problem[] {
  const byName = new Map(packages.map((item) => [item.name, item]));
  return packages.flatMap((item) =>
    item.files
      .filter((file) => !isPlanted(item, file))
      .flatMap((file) =>
        listImports(file).flatMap((specifier): Problem[] => {
          const message = specifier.startsWith('.')
            ? refuseRelative(item, file.path, specifier)
            : refuseNamed(byName, specifier);
          return message === undefined ? [] : [{ check: 'deep-imports', path: file.path, message }];
        }),
      ),
  );
}

// The tests of this check hold the faults that it looks for, as text.
function isPlanted(item: WorkspacePackage, file: SourceFile): boolean {
  return item.name === `${OUR_SCOPE}checks` && file.path.endsWith('.test.ts');
}

function refuseRelative(item: WorkspacePackage, path: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  return target.startsWith(`${item.folder}/`)
    ? undefined
    : `must not import ${specifier}: it lies outside the package`;
}

function refuseNamed(byName: ReadonlyMap<string, WorkspacePackage>, specifier: string): string | undefined {
  if (!specifier.startsWith(OUR_SCOPE)) return undefined;
  const [scope, name, ...rest] = specifier.split('/');
  const target = byName.get(`${scope}/${name}`);
  const entry = rest.length === 0 ? '.' : `./${rest.join('/')}`;
  if (target === undefined) return `must not import ${specifier}: there is no such package`;
  return target.entries.includes(entry)
    ? undefined
    : `must not import ${specifier}: ${target.name} does not export ${entry}`;
}
