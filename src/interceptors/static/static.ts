/** Gives every event one header with a fixed value, such as the data centre it comes from. */
import { flag, text } from '../../config/setting-kinds.ts'
import { defineInterceptor } from '../../flow/component.ts'
import { withHeaders } from '../../flow/interceptor.ts'

export const staticHeader = defineInterceptor({
  type: 'static',
  aliases: ['org.apache.flume.interceptor.StaticInterceptor$Builder', 'org.apache.flume.interceptor.StaticInterceptor'],
  summary: 'Adds a header with a fixed value.',
  settings: {
    key: text({ doc: 'The header.', default: 'key' }),
    value: text({ doc: 'Its value.', default: 'value' }),
    preserveExisting: flag({ doc: 'Leaves events alone that have the header.', default: true }),
  },
  headersSet: ({ key }) => [key],
  create: ({ key, value, preserveExisting }) => ({
    intercept: (batch) =>
      withHeaders(batch, (headers) =>
        preserveExisting && Object.hasOwn(headers, key) ? headers : { ...headers, [key]: value },
      ),
  }),
})
