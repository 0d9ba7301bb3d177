/** What the worker counts, for Prometheus: plain numbers, put into words when somebody asks. */

export class WorkerMetrics {
  /** Of the last audit: rows in which budgets, grants and ledger disagree. Anything but 0 is a bug. */
  budgetDifferences = 0;
  /** Times that a hard budget was found above its limit. */
  budgetExcesses = 0;
  epochsFenced = 0;

  text(): string {
    return [
      ...metric(
        'budget_differences',
        'gauge',
        'Rows in which the last audit found a difference.',
        this.budgetDifferences,
      ),
      ...metric(
        'budget_excesses_total',
        'counter',
        'Times that a hard budget stood above its limit.',
        this.budgetExcesses,
      ),
      ...metric('epochs_fenced_total', 'counter', 'Gateway epochs that were fenced here.', this.epochsFenced),
    ].join('\n');
  }
}

function metric(name: string, type: 'gauge' | 'counter', help: string, value: number): string[] {
  const full = `tollgate_worker_${name}`;
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, `${full} ${value}`, ''];
}
