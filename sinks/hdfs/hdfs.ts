/**
 * Files by header and by date, ended by size, count, age or idleness, under an in-use name until then: what Flume's users know from HDFS, on the
 * disks of this machine.
 */
import { defineSink } from '../../src/flow/component.ts'
import { check, headerNeeded } from './check.ts'
import { settings } from './settings.ts'

export const hdfs = defineSink({
  type: 'hdfs',
  aliases: ['org.apache.flume.sink.hdfs.HDFSEventSink'],
  summary: 'Writes events to files by header and date, on paths of this machine.',
  settings,
  batchSetting: 'hdfs.batchSize',
  check,
  headerNeeded,
  create: async (values, context) => {
    const { createHdfsSink } = await import('./create.ts')
    return createHdfsSink(values, context)
  },
})
