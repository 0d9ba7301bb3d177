/** Cells that cannot be green, each with its reason in the documentation of the provider or the code of the client. */

interface Impossible {
  readonly client?: RegExp;
  readonly target?: RegExp;
  readonly feature: RegExp;
  readonly reason: string;
}

const IMPOSSIBLE: readonly Impossible[] = [];

export function impossibleReason(cell: {
  readonly client: string;
  readonly target: string;
  readonly feature: string;
}): string | undefined {
  return IMPOSSIBLE.find(
    ({ client, target, feature }) =>
      (client?.test(cell.client) ?? true) &&
      (target?.test(cell.target) ?? true) &&
      feature.test(cell.feature),
  )?.reason;
}
