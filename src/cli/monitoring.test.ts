import { expect, it } from 'vitest'
import { Monitor } from '../monitor/counters.ts'
import { RecordingLog } from '../../test/fakes/context.ts'
import { startMonitoring } from './monitoring.ts'

it.each([
  ['ganglia', 'is not there yet; http is, which serves the counters as JSON.'],
  ['Prometheus', 'is not there yet; http is, which serves the counters as JSON.'],
  ['org.example.Report', 'is a Java class, and those cannot be loaded; http serves the counters as JSON.'],
  ['htp', 'is unknown, and no metrics are served (did you mean http?).'],
  ['nagios', 'is unknown, and no metrics are served; http serves the counters as JSON.'],
])('says of flume.monitoring.type=%s that it %s', async (type, says) => {
  const log = new RecordingLog()
  await using _monitoring = await startMonitoring(new Map([['flume.monitoring.type', type]]), new Monitor(log), log)
  expect(log.of('warn')).toEqual([`flume.monitoring.type=${type} ${says}`])
})
