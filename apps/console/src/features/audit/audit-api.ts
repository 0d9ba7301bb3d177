/** Events of the audit log and the report on its chain, as the API answers them. */
export interface AuditEvent {
  readonly id: string;
  readonly occurredAt: string;
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string };
  readonly action: string;
  readonly target: { readonly kind: string; readonly id: string; readonly name: string };
  readonly before: unknown;
  readonly after: unknown;
  readonly ipAddress: string;
  readonly userAgent: string;
  readonly requestId: string;
  readonly sequence: number | null;
}

export interface ChainReport {
  readonly ok: boolean;
  readonly verifiedEvents: number;
  readonly waitingEvents: number;
  readonly headHash: string;
  readonly problems: readonly {
    readonly kind: string;
    readonly sequence: number | null;
    readonly eventId: string | null;
  }[];
}
