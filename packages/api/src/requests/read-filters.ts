/** The query of a request, or a refusal that names where it stands. */
import { invalidField } from '../framework/problem.ts';
import { parseRequestQuery, type RequestFilter, RequestQueryError } from './request-query.ts';

/** @throws {ApiProblem} `invalid_request` at `path`. */
export function readFilters(text: string, path = 'query.q'): RequestFilter[] {
  try {
    return parseRequestQuery(text);
  } catch (error) {
    if (!(error instanceof RequestQueryError)) throw error;
    throw invalidField(path, error.message);
  }
}
