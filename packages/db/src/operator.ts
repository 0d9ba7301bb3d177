/** The reserved organization that owns the operator's rows: catalogue prices, resold credentials, invoice series. */
export const OPERATOR_ORGANIZATION_ID = 'org_operator';
