/** Every list and figure that the admin API answers without more than its address: read from its own description. */
import type { Ask } from '../measure.ts';
import type { Question } from '../questions.ts';

export interface ListEndpoints {
  readonly questions: readonly Question[];
  /** Those that need a query or a session, and are asked by questions of their own where they matter. */
  readonly leftOut: readonly string[];
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Waits for what happens next instead of telling what is, or may be asked a few times an hour only. */
const NOT_ASKED = /first-request|stream|events\/live|audit-events\/verify/;

export async function findListEndpoints(ask: Ask): Promise<ListEndpoints> {
  const description = JSON.parse((await ask('/openapi.json')).text) as Description;
  const paths = Object.entries(description.paths)
    .filter(([path, methods]) => 'get' in methods && !path.includes('{') && !NOT_ASKED.test(path))
    .map(([path]) => path);
  const questions: Question[] = [];
  const leftOut: string[] = [];
  for (const path of paths.toSorted()) {
    const { status } = await ask(path);
    if (status === 200) questions.push({ page: 'api', name: `GET ${path}`, path: () => path });
    else leftOut.push(`${path} (${status})`);
  }
  return { questions, leftOut };
}
