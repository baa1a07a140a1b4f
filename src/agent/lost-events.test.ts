import { expect, it } from 'vitest'
import { numbered } from '../../test/conformance/events.ts'
import { startFakeAgent } from '../../test/fakes/agent.ts'
import { fileChannelBench } from '../../test/fakes/file-channel.ts'
import { FlumeChannelWriter } from '../../test/fakes/flume-channel.ts'
import { FakeSink } from '../../test/fakes/sink.ts'
import { spillableBench } from '../../test/fakes/spillable-channel.ts'
import { until } from '../../test/fakes/until.ts'
import { counted } from '../base/counted.ts'
import type { Channel } from '../flow/channel.ts'
import { accountsLine } from '../monitor/accounts.ts'
import { flumeJson } from '../monitor/flume-json.ts'

/** Of what the channel held some goes out, and the rest is lost: the metrics tell it while the agent runs, the accounts at the stop. */
const expectLost = async (channel: Channel, out: number, lost: number): Promise<void> => {
  const sink = new FakeSink()
  const { agent, monitor } = await startFakeAgent({ channels: { c1: channel }, sinks: { k1: { sink } } })
  await until(() => sink.bodies.length === out)
  expect(JSON.parse(flumeJson(monitor))).toMatchObject({ 'CHANNEL.c1': { EventLostCount: String(lost) } })
  const figures = `in ${out + lost}, out ${out}, dropped 0, held 0, lost ${lost}`
  expect(accountsLine(await agent.stop())).toBe(
    `Events ${figures}; ${out + lost} of those in were in the channels before; ` +
      `LOST: channel c1 could not read ${counted(lost, 'stored event')}: what is damaged is kept in /data/*.damaged; ` +
      `c1 ${figures}; all passed on: k1 ${out}`,
  )
}

it('what a channel has stored and cannot read is lost in the metrics and the accounts, and they balance', async () => {
  const { disk, open, make } = spillableBench()
  const before = await open({ memory: 0 })
  for (const from of [0, 10, 20]) await before.put(numbered(from, from + 10))
  await before[Symbol.asyncDispose]()
  const path = '/data/events-0000000001.data'
  const fd = disk.open(path, 'r+')
  disk.write(fd, Buffer.from('#'), 0, 1, disk.fstat(fd).size - 5)
  disk.close(fd)
  await expectLost(make(), 20, 10)
})

it('what cannot be taken over from Flume was in the channel before, and is lost', async () => {
  const { disk, make } = fileChannelBench()
  const flume = new FlumeChannelWriter(disk)
  const file = flume.log(1)
  for (const body of ['first', 'second', 'third']) file.put(1, body, {})
  file.commit(1)
  flume.store('/data', 1, file)
  flume.checkpoint({ writeOrderId: 5, incomplete: true })
  const bytes = Buffer.from(disk.bytes('/data/log-1') ?? [])
  bytes[bytes.indexOf('second')] = 0xff
  disk.plant('/data/log-1', bytes)
  await expectLost(make(), 2, 1)
})
