/**
 * What Gemini models take, by their names. An unknown name is taken for a new model.
 *
 * Source: ai.google.dev, "Gemini thinking", "Thought signatures", "Structured outputs", "Function calling".
 */

export interface GeminiAbilities {
  /** `level`: effort by word; `budget`: in tokens; `none`: it does not think, or cannot be told how much. */
  readonly thinking: 'level' | 'budget' | 'none';
  /** The least budget; 0: it can be switched off. */
  readonly leastBudget: number;
  readonly mostBudget: number;
  /** Whether the highest and lowest levels are all it knows. */
  readonly levels: readonly string[];
  readonly takesJsonSchema: boolean;
  /** It refuses a call in the history without a signature. */
  readonly needsSignatures: boolean;
  /** Results of functions may hold media. */
  readonly takesMediaInResults: boolean;
}

/** @param model Bare, or as `models/…` or a path of Vertex. */
export function geminiAbilities(model: string): GeminiAbilities {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  const [, majorText, minorText] = /gemini-(\d+)(?:\.(\d+))?/.exec(name) ?? [];
  const major = majorText === undefined ? undefined : Number(majorText);
  const minor = Number(minorText ?? 0);
  const isOther = major === undefined && /gemma|learnlm|palm|text-bison|imagen/.test(name);
  const isOld = isOther || (major !== undefined && major < 2);
  const isMiddle = major === 2;
  const isPro = name.includes('pro');
  const speaks = /tts|image|native-audio/.test(name);
  const thinks = !isOld && !(isMiddle && minor < 5) && !(speaks && isMiddle);
  const isNew = !isOld && !isMiddle;
  return {
    thinking: thinks ? (isNew ? 'level' : 'budget') : 'none',
    leastBudget: isPro ? 128 : 0,
    mostBudget: isPro ? 32_768 : 24_576,
    levels: isPro
      ? minor === 0
        ? ['LOW', 'HIGH']
        : ['LOW', 'MEDIUM', 'HIGH']
      : ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'],
    takesJsonSchema: !isOld,
    needsSignatures: isNew,
    takesMediaInResults: isNew,
  };
}
