import { sinkConformance } from '../../test/conformance/sink.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { serializerFactory } from '../../src/flow/chosen-serializer.ts'
import { serializers } from '../../src/serializers/index.ts'
import { FileRollSink } from './file-roll-sink.ts'
import { syncPolicies } from './options.ts'

for (const sync of syncPolicies) {
  sinkConformance(`file_roll, sync ${sync}`, () => {
    const disk = new FakeDisk({ shortWrites: 0.2 })
    const choice = { name: 'text', options: new Map<string, string>(), setting: 'sink.serializer' }
    return {
      create: (context) =>
        new FileRollSink(
          {
            batchSize: 100,
            paths: { manager: 'default', directory: '/out', prefix: '', extension: '' },
            rollIntervalMs: 0,
            sync,
            serializer: serializerFactory(serializers, choice, context),
          },
          { ...context, disk },
        ),
      stored: () => {
        const whole = disk.list('/out').map((name) => disk.bytes(`/out/${name}`)?.toString() ?? '')
        return whole.join('').split('\n').slice(0, -1)
      },
      break: () => disk.fail('write', 'ENOSPC', { times: Infinity }),
      mend: () => disk.heal(),
    }
  })
}
