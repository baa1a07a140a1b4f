/** Stamps events with the time at which they came in, in milliseconds since 1970: what time escapes in sink paths are filled from. */
import { flag, text } from '../../config/setting-kinds.ts'
import { defineInterceptor } from '../../flow/component.ts'
import { withHeaders } from '../../flow/interceptor.ts'

export const timestamp = defineInterceptor({
  type: 'timestamp',
  aliases: [
    'org.apache.flume.interceptor.TimestampInterceptor$Builder',
    'org.apache.flume.interceptor.TimestampInterceptor',
  ],
  summary: 'Adds a header with the time at which the event came in.',
  settings: {
    headerName: text({ doc: 'The header.', default: 'timestamp' }),
    preserveExisting: flag({ doc: 'Leaves events alone that have the header.', default: false }),
  },
  headersSet: ({ headerName }) => [headerName],
  create: ({ headerName, preserveExisting }, { clock }) => ({
    intercept(batch) {
      const now = String(clock.now())
      return withHeaders(batch, (headers) =>
        preserveExisting && Object.hasOwn(headers, headerName) ? headers : { ...headers, [headerName]: now },
      )
    },
  }),
})
