import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { until } from '../fakes/until.ts'
import { startAgentProcess, temporaryFolder } from '../support/agent.ts'
import { arrivals, numberedLines } from '../support/lines.ts'
import { freePort } from '../support/port.ts'
import { startApacheFlume } from './counterparts/apache-flume.ts'

const count = 3000

const linesIn = (folder: string): string[] =>
  readdirSync(folder)
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '')

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.on('connect', () => resolve(true))
    socket.on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })

const receiver = (agent: string, port: number, out: string, deflate: boolean): string => `
${agent}.sources = s
${agent}.channels = c
${agent}.sinks = k
${agent}.sources.s.type = avro
${agent}.sources.s.bind = 127.0.0.1
${agent}.sources.s.port = ${port}
${agent}.sources.s.channels = c
${deflate ? `${agent}.sources.s.compression-type = deflate` : ''}
${agent}.channels.c.type = memory
${agent}.channels.c.capacity = 10000
${agent}.channels.c.transactionCapacity = 1000
${agent}.sinks.k.type = file_roll
${agent}.sinks.k.channel = c
${agent}.sinks.k.sink.directory = ${out}
${agent}.sinks.k.sink.rollInterval = 0
`

const sender = (agent: string, port: number, spool: string, deflate: boolean): string => `
${agent}.sources = s
${agent}.channels = c
${agent}.sinks = k
${agent}.sources.s.type = spooldir
${agent}.sources.s.spoolDir = ${spool}
${agent}.sources.s.channels = c
${agent}.channels.c.type = memory
${agent}.channels.c.capacity = 10000
${agent}.channels.c.transactionCapacity = 1000
${agent}.sinks.k.type = avro
${agent}.sinks.k.channel = c
${agent}.sinks.k.hostname = 127.0.0.1
${agent}.sinks.k.port = ${port}
${deflate ? `${agent}.sinks.k.compression-type = deflate` : ''}
`

const prepare = (folder: string): { spool: string; out: string; senderFolder: string } => {
  const [spool, out, senderFolder] = ['spool', 'out', 'sender'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [spool, out, senderFolder]) mkdirSync(path)
  writeFileSync(join(spool, 'lines.txt'), numberedLines(0, count))
  return { spool, out, senderFolder }
}

describe.each([false, true])('Avro between our agent and a real Flume 1.11, deflate: %s', (deflate) => {
  it('our sink to its source', async () => {
    using folder = temporaryFolder()
    const { spool, out, senderFolder } = prepare(folder.path)
    const port = await freePort()
    await using flume = startApacheFlume(folder.path, receiver('a', port, out, deflate))
    await until(() => answers(port), 'the port of the Avro source', 60_000)
    await using ours = startAgentProcess(senderFolder, sender('a1', port, spool, deflate))
    await until(() => readdirSync(spool).includes('lines.txt.COMPLETED'), 'the spooled file to be done', 60_000)
    // Its channel is in memory, and its stop does not wait for the sink.
    await until(() => linesIn(out).length >= count, 'all lines', 60_000)
    await ours.stop()
    await flume.stop()
    expect(arrivals(linesIn(out), count)).toEqual({ lost: [], repeated: 0, strange: [] })
  })

  it('its sink to our source', async () => {
    using folder = temporaryFolder()
    const { spool, out, senderFolder } = prepare(folder.path)
    const port = await freePort()
    await using ours = startAgentProcess(folder.path, receiver('a1', port, out, deflate))
    await until(() => answers(port), 'the port of the Avro source', 60_000)
    await using flume = startApacheFlume(senderFolder, sender('a', port, spool, deflate))
    await until(() => linesIn(out).length >= count, 'all lines', 60_000)
    await flume.stop()
    await ours.stop()
    expect(arrivals(linesIn(out), count)).toEqual({ lost: [], repeated: 0, strange: [] })
  })
})
