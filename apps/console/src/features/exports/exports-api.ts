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

export interface ExportSchedule {
  readonly id: string;
  readonly name: string;
  readonly format: JobFormat;
  readonly livemode: boolean;
}
