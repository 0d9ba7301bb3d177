/** The API's refusal as an exception, with everything a screen needs to explain it (RFC 9457). */
export interface ApiFieldProblem {
  readonly path: string;
  /** In English. */
  readonly message: string;
  /** Translate by this. */
  readonly code?: string;
  /** The bound that was passed, where there is one. */
  readonly limit?: number;
  /** Something that would do, where there is one to show. */
  readonly expected?: string;
}

export interface ApiProblem {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail?: string | undefined;
  readonly errors: readonly ApiFieldProblem[];
  readonly requestId?: string | undefined;
  /** Why, where the code stands for several reasons. */
  readonly reason?: string | undefined;
  /** How many of what, for the reason. */
  readonly counts?: Readonly<Record<string, number>> | undefined;
  /** What the reason is about: ids and names. */
  readonly names?: Readonly<Record<string, string>> | undefined;
}

export class ApiError extends Error {
  readonly status: number;
  /** Decide by this, never by the text. `network_error` when no answer came. */
  readonly code: string;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly ApiFieldProblem[];
  readonly requestId: string | undefined;
  readonly reason: string | undefined;
  readonly counts: Readonly<Record<string, number>>;
  readonly names: Readonly<Record<string, string>>;

  constructor(problem: ApiProblem, options?: ErrorOptions) {
    super(problem.detail ?? problem.title, options);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    this.errors = problem.errors;
    this.requestId = problem.requestId;
    this.reason = problem.reason;
    this.counts = problem.counts ?? {};
    this.names = problem.names ?? {};
  }
}

/** What was sent was lost on its way, or its answer was: it was not refused, and is worth sending again as it is. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'network_error';
}

/** Reads a problem leniently: a proxy in between may answer HTML, and that must still be an ApiError. */
export function toApiProblem(status: number, body: unknown, requestIdHeader: string | null): ApiProblem {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : undefined);
  return {
    status,
    code: text('code') ?? `http_${status}`,
    title: text('title') ?? `HTTP ${status}`,
    detail: text('detail'),
    errors: Array.isArray(fields.errors) ? fields.errors.filter(isFieldProblem) : [],
    reason: text('reason'),
    counts: toRecordOf('number', fields.counts),
    names: toRecordOf('string', fields.names),
    requestId: text('requestId') ?? requestIdHeader ?? undefined,
  };
}

interface Kinds {
  readonly number: number;
  readonly string: string;
}

function toRecordOf<K extends keyof Kinds>(
  kind: K,
  value: unknown,
): Readonly<Record<string, Kinds[K]>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries: [string, Kinds[K]][] = Object.entries(value);
  return Object.fromEntries(entries.filter(([, each]) => typeof each === kind));
}

function isFieldProblem(value: unknown): value is ApiFieldProblem {
  return (
    typeof value === 'object' &&
    value !== null &&
    'path' in value &&
    typeof value.path === 'string' &&
    'message' in value &&
    typeof value.message === 'string'
  );
}
