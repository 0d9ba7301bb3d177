/** Other people's figures beside our own: providers' bills and other gateways' spend. */
export { BILL_PROVIDERS, type BillProvider } from './bill-line.ts';
export {
  type BillReasonView,
  type BillView,
  type DifferenceView,
  getBill,
  listBills,
  listDifferences,
} from './bill-queries.ts';
export { deleteBill, importBill } from './bill-store.ts';
export { type AfterBooking, bookDifferences } from './book-differences.ts';
export { DIFFERENCE_REASONS, type DifferenceReason } from './compare.ts';
export { compareAgain } from './compare-again.ts';
export { decideDifferences } from './decide-differences.ts';
export {
  compareGatewaySpend,
  deleteGatewayImport,
  GATEWAY_SOURCES,
  type GatewaySource,
  importGatewaySpend,
  listGatewayImports,
} from './gateway-spend.ts';
export { ImportError } from './import-error.ts';
export { MAX_FILE_BYTES } from './read-records.ts';
export { ReconciliationError, type ReconciliationErrorCode } from './reconciliation-error.ts';
