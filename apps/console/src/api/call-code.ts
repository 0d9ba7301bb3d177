/** Writes an API call as code that can be pasted and run. The token stays in the environment. */
import { API_BASE } from './client.ts';

export interface ApiCall {
  /** Below `/api/v1`. */
  readonly path: string;
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly json?: unknown;
}

/** For a POSIX shell: single quotes, with quotes inside closed and opened again. */
export function toCurl(origin: string, { path, method = 'GET', json }: ApiCall): string {
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${quoteShell(`${origin}${API_BASE}${path}`)}`,
    '  -H "Authorization: Bearer $TOLLGATE_ADMIN_TOKEN"',
  ];
  if (json !== undefined) {
    lines.push("  -H 'Content-Type: application/json'", `  -d ${quoteShell(JSON.stringify(json, null, 2))}`);
  }
  return lines.join(' \\\n');
}

function quoteShell(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

export function toFetchCode(origin: string, { path, method = 'GET', json }: ApiCall): string {
  const body =
    json === undefined
      ? ''
      : `\n  body: JSON.stringify(${JSON.stringify(json, null, 2).replaceAll('\n', '\n  ')}),`;
  const type = json === undefined ? '' : "\n    'content-type': 'application/json',";
  return `const response = await fetch(${JSON.stringify(`${origin}${API_BASE}${path}`)}, {
  method: '${method}',
  headers: {
    authorization: \`Bearer \${process.env.TOLLGATE_ADMIN_TOKEN}\`,${type}
  },${body}
});
const answer = await response.json();`;
}
