/** Exports as the API answers them. */
export const JOB_FORMATS = ['csv', 'jsonl', 'parquet', 'focus-csv', 'focus-parquet'] as const;
export type JobFormat = (typeof JOB_FORMATS)[number];

export interface DataExport {
  readonly id: string;
  readonly format: JobFormat;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'expired';
  readonly from: string;
  readonly to: string;
  readonly rows: string;
  readonly fileName: string;
  readonly totalUsd: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

export const SCHEDULE_KINDS = ['usage', 'invoice'] as const;
export const SCHEDULE_INTERVALS = ['day', 'month'] as const;

export interface ExportSchedule {
  readonly id: string;
  readonly name: string;
  readonly format: JobFormat;
  readonly kind: (typeof SCHEDULE_KINDS)[number];
  readonly every: (typeof SCHEDULE_INTERVALS)[number];
  readonly livemode: boolean;
  /** Null: kept to be fetched. */
  readonly destinationId: string | null;
}

export interface ExportDestination {
  readonly id: string;
  readonly name: string;
  /** Empty: Amazon S3 of the region. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly pathStyle: boolean;
  readonly accessKeyId: string;
  readonly version: number;
}

export const DELIVERY_STATES = ['making', 'waiting', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface ExportDelivery {
  readonly id: string;
  readonly scheduleName: string;
  readonly destinationName: string;
  readonly bucket: string;
  readonly objectKey: string;
  readonly state: DeliveryState;
  readonly tries: number;
  readonly bytes: string;
  readonly lastError: string;
  readonly nextTryAt: string | null;
  readonly deliveredAt: string | null;
  readonly canRepeat: boolean;
}

export const SCHEDULES_PATH = '/export-schedules';
export const DESTINATIONS_PATH = '/export-destinations';
export const DELIVERIES_PATH = '/export-deliveries?limit=50';
