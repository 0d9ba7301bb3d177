/** What a request said: it comes with the details of a request and with the settings, not with every page. */
export const payloads = {
  title: 'Payload',
  keptUntil: 'What was sent and answered. Readable until',
  audited: 'Opening it is written into the audit log.',
  show: 'Show payload',
  hide: 'Hide payload',
  replay: 'Replay in playground',
  request: 'Request',
  response: 'Response',
  noRequest: 'What was sent is no text, such as a file; only text is kept.',
  noResponse: 'Nothing was answered, or no text, such as speech; only text is kept.',
  empty: 'It is empty.',
  cut: 'cut at 256 KiB',
  views: { json: 'JSON', sent: 'As sent', text: 'Text', events: 'Events' },
  gone: 'The payload is no longer kept.',
  goneText: 'Its days are over, or the organization keeps payloads for fewer days now.',
  notKept: {
    off: 'Your organization keeps no payloads, so what this request said is not here.',
    past: (days: number) =>
      days === 1
        ? 'Your organization keeps payloads for 1 day, and this request is older.'
        : `Your organization keeps payloads for ${days} days, and this request is older.`,
    omitted:
      'No payload is kept of this request: it asked for that, was no text, came before payloads were kept, or it could not be kept.',
    unknown: 'Nothing is kept of this request.',
  },
  toSettings: 'Change that in the settings',
  setting: {
    label: 'Keep what requests say',
    off: 'Off',
    days: (days: number) => (days === 1 ? '1 day' : `${days} days`),
    hint: 'Prompts and answers of every request, text only, up to 256 KiB each. They are stored encrypted; only roles with the permission payloads:read can open them, and each opening is in the audit log. A request with the header x-tollgate-payload: omit is left out.',
    fewerTitle: (days: number) =>
      days === 0
        ? 'Stop keeping what requests say?'
        : days === 1
          ? 'Keep what requests say for 1 day only?'
          : `Keep what requests say for ${days} days only?`,
    fewerText: (days: number) =>
      days === 0
        ? 'All that is kept can be read by nobody from then on, and is deleted. This cannot be undone.'
        : 'What is older can be read by nobody from then on, and is deleted. This cannot be undone.',
    fewerConfirm: (days: number) => (days === 0 ? 'Stop and delete' : 'Save and delete'),
  },
};
