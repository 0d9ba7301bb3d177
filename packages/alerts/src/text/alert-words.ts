/** What alerts are described from, and the words of a description. */
export interface DescribedAlert {
  readonly id: string;
  readonly kind: string;
  readonly severity: string;
  readonly state: string;
  readonly targetKind: string;
  readonly targetId: string;
  readonly targetName: string;
  readonly figures: Readonly<Record<string, string>>;
}

interface Fact {
  readonly label: string;
  readonly value: string;
}

export interface AlertWords {
  readonly title: string;
  readonly sentence: string;
  readonly facts: readonly Fact[];
  /** How it came to be found, where that is not plain from the sentence. */
  readonly rule: string;
}

/** @param facts Each a label and what it says. */
export function words(
  title: string,
  sentence: string,
  facts: readonly [label: string, value: string][],
  rule = '',
): AlertWords {
  return { title, sentence, facts: facts.map(([label, value]) => ({ label, value })), rule };
}
