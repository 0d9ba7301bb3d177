/**
 * The description as a page: plain HTML from the OpenAPI document, without a script and without anything from
 * elsewhere, so that it works offline and under the strictest content policy.
 */
import { escapeHtml } from '@tollgate/mail';

interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema?: unknown }[];
  readonly requestBody?: { content?: Record<string, { schema?: unknown }> };
  readonly responses?: Record<
    string,
    { description?: string; content?: Record<string, { schema?: unknown }> }
  >;
}

export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths?: Record<string, Record<string, unknown>>;
}

const STYLE = `:root{color-scheme:light dark}body{font:15px/1.55 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem;border-bottom:1px solid #8884}details{border:1px solid #8884;border-radius:8px;margin:.5rem 0;padding:.5rem .75rem}
summary{cursor:pointer}code,pre{font:13px/1.5 ui-monospace,monospace}pre{overflow:auto;background:#8881;padding:.75rem;border-radius:6px}
.method{display:inline-block;min-width:4.5rem;font-weight:600;text-transform:uppercase}nav a{margin-right:.75rem}table{border-collapse:collapse}td{padding:.15rem .75rem .15rem 0;vertical-align:top}`;

export function renderDocsPage(document: ApiDocument, openApiUrl: string): string {
  const byTag = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = (operation as Operation).tags?.[0] ?? 'other';
      byTag.set(tag, [...(byTag.get(tag) ?? []), renderOperation(method, path, operation as Operation)]);
    }
  }
  const navigation = [...byTag.keys()]
    .map((tag) => `<a href="#${escapeHtml(tag)}">${escapeHtml(tag)}</a>`)
    .join('');
  const sections = [...byTag]
    .map(([tag, items]) => `<h2 id="${escapeHtml(tag)}">${escapeHtml(tag)}</h2>${items.join('')}`)
    .join('');
  const { title, version, description } = document.info;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body><main>
<h1>${escapeHtml(title)} <small>${escapeHtml(version)}</small></h1>
<p>${escapeHtml(description ?? '')} <a href="${escapeHtml(openApiUrl)}">openapi.json</a></p>
<nav>${navigation}</nav>${sections}</main></body></html>`;
}

function renderOperation(method: string, path: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map(
    (parameter) =>
      `<tr><td><code>${escapeHtml(parameter.name)}</code></td><td>${escapeHtml(parameter.in)}</td><td>${parameter.required === true ? 'required' : ''}</td><td><code>${escapeHtml(JSON.stringify(parameter.schema ?? {}))}</code></td></tr>`,
  );
  const answers = Object.entries(operation.responses ?? {}).map(([status, response]) => {
    const schema = Object.values(response.content ?? {})[0]?.schema;
    return `<h4>${escapeHtml(status)}</h4>${schema === undefined ? `<p>${escapeHtml(response.description ?? '')}</p>` : renderSchema(schema)}`;
  });
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  return `<details><summary><span class="method">${escapeHtml(method)}</span><code>${escapeHtml(path)}</code> ${escapeHtml(operation.summary ?? '')}</summary>
<p>${escapeHtml(operation.description ?? '')}</p>
${parameters.length === 0 ? '' : `<h4>Parameters</h4><table>${parameters.join('')}</table>`}
${body === undefined ? '' : `<h4>Body</h4>${renderSchema(body)}`}${answers.join('')}</details>`;
}

function renderSchema(schema: unknown): string {
  return `<pre>${escapeHtml(JSON.stringify(schema, undefined, 2))}</pre>`;
}
