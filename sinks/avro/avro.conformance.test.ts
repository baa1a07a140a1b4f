import { sinkConformance } from '../../test/conformance/sink.ts'
import { startForeignAvroSource } from '../../test/fakes/avro-source.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { avro } from './avro.ts'

sinkConformance('avro', async ({ defer }) => {
  const source = await startForeignAvroSource()
  defer(() => source.close())
  const given = { hostname: '127.0.0.1', port: String(source.port) }
  return {
    create: (context) => avro.create(valuesOf(avro.settings, given), context),
    stored: () => source.events.map(({ body }) => body.toString()),
    break: () => (source.status = 'FAILED'),
    mend: () => (source.status = 'OK'),
  }
})
