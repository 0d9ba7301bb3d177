/** Cells that cannot be green, each with its reason in the documentation of the provider or the code of the client. */

interface Impossible {
  readonly client?: RegExp;
  readonly target?: RegExp;
  readonly feature: RegExp;
  readonly reason: string;
}

const IMPOSSIBLE: readonly Impossible[] = [
  {
    client: /^langchain: google$/,
    target: /^(?!Google Gemini$)/,
    feature: /^image input$/,
    reason:
      '@langchain/google-genai sends images only to models whose names begin with `gemini-` or `gemma-`, and throws ' +
      'before it asks (ChatGoogleGenerativeAI, _isMultimodalModel)',
  },
  {
    client: /^langchain: google$/,
    target: /^Google Gemini$/,
    feature: /^parallel tools$/,
    reason:
      '@langchain/google-genai sends each result in a content of its own, and Gemini wants as many results in one turn ' +
      'as it made calls (ai.google.dev, Function calling, Parallel function calling); bytes pass as they are',
  },
];

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
