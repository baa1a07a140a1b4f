/** Adds the address or the name of the machine that the agent runs on. */
import { flag, text } from '../../config/setting-kinds.ts'
import { defineInterceptor } from '../../flow/component.ts'
import { withHeaders } from '../../flow/interceptor.ts'
import { localAddress, localName } from './local-host.ts'

export const host = defineInterceptor({
  type: 'host',
  aliases: ['org.apache.flume.interceptor.HostInterceptor$Builder', 'org.apache.flume.interceptor.HostInterceptor'],
  summary: "Adds a header with the machine's address or name.",
  settings: {
    hostHeader: text({ doc: 'The header.', default: 'host' }),
    useIP: flag({ doc: 'The address; the name when false.', default: true }),
    preserveExisting: flag({ doc: 'Leaves events alone that have the header.', default: false }),
  },
  headersSet: ({ hostHeader }) => [hostHeader],
  create({ hostHeader, useIP, preserveExisting }, { log }) {
    const value = useIP ? localAddress() : localName()
    if (value === undefined) log.warn(`No address of this machine was found: events get no header ${hostHeader}.`)
    return {
      intercept(batch) {
        if (value === undefined) return batch
        return withHeaders(batch, (headers) =>
          preserveExisting && Object.hasOwn(headers, hostHeader) ? headers : { ...headers, [hostHeader]: value },
        )
      },
    }
  },
})
