import { sinkConformance } from '../../test/conformance/sink.ts'
import { FakeDisk } from '../../test/fakes/disk.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { hdfs } from './hdfs.ts'

for (const sync of ['never', 'batch']) {
  sinkConformance(`hdfs, sync ${sync}`, () => {
    const disk = new FakeDisk({ shortWrites: 0.2 })
    const given = { 'hdfs.path': 'file:///out', 'hdfs.fileType': 'DataStream', 'hdfs.sync': sync, 'hdfs.rollSize': '0' }
    return {
      create: (context) => hdfs.create(valuesOf(hdfs.settings, given), { ...context, disk }),
      stored: () => {
        const whole = disk
          .list('/out')
          .sort()
          .map((name) => disk.bytes(`/out/${name}`)?.toString() ?? '')
        return whole.join('').split('\n').slice(0, -1)
      },
      break: () => disk.fail('write', 'ENOSPC', { times: Infinity }),
      mend: () => disk.heal(),
    }
  })
}
