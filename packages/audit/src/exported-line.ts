/** The lines of an exported log. Times as ISO 8601, places as decimal text, `before` and `after` as they were hashed. */
export type ExportedLine = LogLine | EventLine | EndLine;

/** The first. */
export interface LogLine {
  readonly type: 'log';
  readonly format: 'tollgate-audit-1';
  readonly organizationId: string;
  readonly exportedAt: string;
  /** What the first event follows. */
  readonly afterSequence: string;
  readonly previousHash: string;
  /** SPKI, PEM: Ed25519. Compare it with one that you got before; whoever forges a file can put in their own. */
  readonly publicKey: string;
}

export interface EventLine {
  readonly type: 'event';
  readonly sequence: string;
  readonly previousHash: string;
  readonly hash: string;
  readonly id: string;
  readonly occurredAt: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly action: string;
  readonly targetKind: string;
  readonly targetId: string;
  readonly targetName: string;
  readonly beforeText: string | null;
  readonly afterText: string | null;
  readonly ipAddress: string;
  readonly userAgent: string;
  readonly requestId: string;
}

/** The last: how far the log had come, signed. */
export interface EndLine {
  readonly type: 'end';
  readonly events: number;
  readonly headSequence: string;
  readonly headHash: string;
  /** Over the head, as that of a checkpoint. */
  readonly signature: string;
}
