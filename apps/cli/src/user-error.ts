/**
 * A reason to stop that the person at the keyboard can do something about: shown as it is, without a stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}
