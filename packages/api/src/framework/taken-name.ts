/** Names that are unique in an organization: the database decides, and whoever was second is told at the field. */
import { isUniqueViolation } from '@tollgate/db';
import { ApiProblem } from './problem.ts';

/** @param noun Of what has a name: `route`. @throws {ApiProblem} `name_taken`. */
export async function refusingTakenName<T>(noun: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new ApiProblem('name_taken', `Cannot use this name: another ${noun} has it`, {
      errors: [{ path: 'body.name', message: 'is taken', code: 'taken' }],
    });
  }
}
