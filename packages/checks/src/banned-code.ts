/**
 * Code that must not be written, because of what it did elsewhere. Each rule says why.
 *
 * Textual on purpose: it sees every file, knows no types, and a planted line proves it.
 */
import type { Problem, SourceFile, WorkspacePackage } from './workspace.ts';

interface BannedPattern {
  readonly pattern: RegExp;
  readonly why: string;
  readonly applies: (item: WorkspacePackage, file: SourceFile) => boolean;
}

const isTest = (file: SourceFile): boolean => /\.test\.tsx?$|\/e2e\//.test(file.path);
const named =
  (...names: string[]) =>
  (item: WorkspacePackage) =>
    names.includes(item.name);

export const BANNED: readonly BannedPattern[] = [
  {
    pattern: /\$(?:query|execute)RawUnsafe\b|\bPrisma\.raw\b/,
    why: 'SQL from strings is how a header became a query elsewhere; use tagged templates',
    applies: (item) => item.name !== '@tollgate/checks',
  },
  {
    pattern: /\bfrom\s+['"](?:node:)?process['"]|\bprocess\s*\[\s*['"]env['"]\s*\]/,
    why: 'the environment is read in packages/config only',
    applies: (item, file) =>
      !named('@tollgate/config', '@tollgate/checks')(item) && !file.path.endsWith('.mjs'),
  },
  {
    pattern: /(?:node:)?child_process\b/,
    why: 'a gateway that can start programs can be made to',
    applies: (item, file) =>
      named('@tollgate/gateway', '@tollgate/providers', '@tollgate/api', '@tollgate/console')(item) &&
      !isTest(file) &&
      !file.path.includes('/cluster'),
  },
  {
    pattern: /\bnew\s+(?:Prisma\.)?Decimal\b|\.(?:plus|minus|times|dividedBy|toNumber)\(/,
    why: "Prisma's Decimal computes with 20 digits; read with toBigInt(), sum in SQL",
    applies: (_, file) => /PicoUsd|Decimal/.test(file.text) && !file.path.startsWith('packages/checks/'),
  },
  {
    pattern: /[\w\])]\.#?\w+ (?:\?\?)?= (?:async )?(?:\([^()]*\)(?:: [\w<> ]+)? =>|\w+ =>|function\b)/,
    why: 'V8 makes a function that is assigned to a property in the old generation, which keeps all it sees of the request from dying young; give it a name first',
    applies: (item, file) =>
      named('@tollgate/gateway', '@tollgate/limits', '@tollgate/metering', '@tollgate/providers')(item) &&
      !isTest(file) &&
      !file.path.includes('/testing/'),
  },
  {
    pattern: /\b(?:describe|it|test)\.only\(/,
    why: 'it hides every other test',
    applies: (item, file) => isTest(file) && item.name !== '@tollgate/checks',
  },
  {
    pattern: /@ts-ignore|@ts-nocheck|eslint-disable/,
    why: 'say what is true in the types instead',
    applies: (item) => item.name !== '@tollgate/checks',
  },
  {
    pattern: /dangerouslySetInnerHTML/,
    why: 'hostile names become scripts; the one allowed place is listed in the check',
    applies: (item, file) => item.name !== '@tollgate/checks' && !file.path.endsWith('/theme-script.tsx'),
  },
];

export function checkBannedCode(packages: readonly WorkspacePackage[]): Problem[] {
  return packages.flatMap((item) =>
    item.files.flatMap((file) =>
      BANNED.filter((rule) => rule.applies(item, file)).flatMap((rule) =>
        file.text.split('\n').flatMap((line, index) =>
          rule.pattern.test(line) && !/^\s*(?:\*|\/\/)/.test(line)
            ? [
                {
                  check: 'banned-code',
                  path: `${file.path}:${index + 1}`,
                  message: `${line.trim()} — ${rule.why}`,
                },
              ]
            : [],
        ),
      ),
    ),
  );
}
