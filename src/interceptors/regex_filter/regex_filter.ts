/** Keeps the events whose body matches a regular expression, or drops them. Found anywhere in the body, as in Flume. */
import { flag, oneOf, regex } from '../../config/setting-kinds.ts'
import { defineInterceptor } from '../../flow/component.ts'

export const regexFilter = defineInterceptor({
  type: 'regex_filter',
  aliases: [
    'org.apache.flume.interceptor.RegexFilteringInterceptor$Builder',
    'org.apache.flume.interceptor.RegexFilteringInterceptor',
  ],
  summary: 'Keeps or drops the events whose body matches a regular expression.',
  settings: {
    regex: regex({ doc: 'What is looked for, anywhere in the body.', default: /.*/u, defaultText: '.*' }),
    excludeEvents: flag({ doc: 'Drops what matches; keeps it when false.', default: false }),
    charset: oneOf(['utf-8', 'latin1'], {
      doc: 'How the body is read: with latin1 every byte is one character, and invalid bytes can be matched.',
      default: 'utf-8',
      ours: true,
    }),
  },
  headersSet: () => [],
  create: ({ regex, excludeEvents, charset }) => ({
    intercept(batch) {
      const kept = batch.filter(({ body }) => {
        const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString(charset)
        return (text.search(regex) !== -1) !== excludeEvents
      })
      return kept.length === batch.length ? batch : kept
    },
  }),
})
