/**
 * What a translation could not say [G7].
 *
 * `meaning`: without it the answer would be another one (a tool, an image, a schema), so it is refused by name
 * unless the caller asked for a report. `hint`: the answer stays what was asked for (a seed, a cache mark), so it
 * is reported in a header unless the caller asked for a refusal.
 */
import { GatewayError } from '@tollgate/errors';

export type Severity = 'meaning' | 'hint';

/** `x-tollgate-unsupported`: absent, each severity has its usual way. */
export type UnsupportedMode = 'usual' | 'refuse' | 'report';

export class TranslationNotes {
  readonly #mode: UnsupportedMode;
  readonly #target: string;
  readonly #reported = new Set<string>();

  /** @param target Who cannot say it, as a person would name it: `Anthropic`. */
  constructor(mode: UnsupportedMode, target: string) {
    this.#mode = mode;
    this.#target = target;
  }

  /**
   * @param param As the client wrote it: `logit_bias`, `messages[2].content[1]`.
   * @throws {GatewayError} `unsupported_parameter`, where it is to be refused.
   */
  cannot(param: string, severity: Severity, why = ''): void {
    const refused = this.#mode === 'refuse' || (this.#mode === 'usual' && severity === 'meaning');
    if (refused) {
      throw new GatewayError(
        'unsupported_parameter',
        `Cannot use "${param}": ${this.#target} ${why === '' ? 'has nothing like it' : why}. ` +
          'Send "x-tollgate-unsupported: report" to go on without it.',
        { param },
      );
    }
    this.#reported.add(param);
  }

  /** In the order in which they were met, without repeats; for `x-tollgate-unsupported` of the answer. */
  get reported(): readonly string[] {
    return [...this.#reported];
  }
}
