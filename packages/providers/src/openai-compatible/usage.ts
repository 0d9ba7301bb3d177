/** Usage is read where the format is known: the dialects' codecs and this package's readers share one reading. */
export { laterUsage, readUsage } from '@tollgate/dialects';
