/** Organizations of any size, and what they take. The public names of this package; everything else is private. */
export { compareDocumentsWithLedger, type DocumentDifference, type Exactness } from './exactness.ts';
export { type FilledOrganization, type FillOptions, fillOrganization } from './filled-organization.ts';
export { type Measurements, type MeasureOptions, measureOrganization } from './measure-organization.ts';
