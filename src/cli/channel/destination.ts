/** Where the events of a channel are written by `export` and `drain`: standard output, a file, or a topic. */
import { basename, dirname } from 'node:path'
import { Fault, systemCode } from '../../base/faults.ts'
import { silentLog } from '../../base/log.ts'
import type { Batch, Event } from '../../flow/event.ts'
import type { Context } from '../../flow/context.ts'
import { Rejected } from '../../flow/sink.ts'
import { realClock } from '../../io/clock.ts'
import { type Disk, realDisk } from '../../io/disk.ts'
import { realRandom } from '../../io/random.ts'
import { StandardOutput } from '../standard-output.ts'

export interface Destination extends AsyncDisposable {
  /** Resolves when the events are stored there; to a pipe, when they were handed over: false when nobody reads it any more. */
  write(batch: Batch): Promise<boolean>
}

const context: Context = {
  agent: 'channel',
  name: 'export',
  log: silentLog,
  counters: { add: () => undefined, set: () => undefined },
  clock: realClock,
  disk: realDisk,
  random: realRandom,
}

const refused = (problem: string): Fault => new Fault('WRONG_USAGE', { command: 'millrace channel', problem })

const noFile = (problem: string, thrown: unknown): Fault =>
  new Fault('OUTPUT_FILE', { command: 'millrace channel', problem }, thrown)

const newline = Buffer.from('\n')
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A body that is no UTF-8 is given as base64. */
const jsonLine = ({ headers, body }: Event): string => {
  try {
    return `${JSON.stringify({ headers, body: utf8.decode(body) })}\n`
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown
    return `${JSON.stringify({ headers, bodyBase64: Buffer.from(body).toString('base64') })}\n`
  }
}

const linesOf = (batch: Batch, json: boolean): Buffer =>
  json ? Buffer.from(batch.map(jsonLine).join('')) : Buffer.concat(batch.flatMap(({ body }) => [body, newline]))

/** All of it, or an error: of what a full disk cuts short, the rest is tried, and fails. */
const put = (disk: Disk, fd: number, bytes: Uint8Array): void => {
  for (let done = 0; done < bytes.length;) done += disk.write(fd, bytes, done, bytes.length - done, null)
}

const standardOutput = 1

const toOutput = (json: boolean): Destination => {
  // Node takes a write to a file for whole that a full disk has cut short.
  if (realDisk.fstat(standardOutput).isFile) return toFileOfShell(json)
  const output = new StandardOutput()
  const { signal } = new AbortController()
  return {
    async write(batch) {
      output.write(linesOf(batch, json))
      const hasLeft = await output.left(signal)
      if (output.problem !== undefined) throw output.problem
      return hasLeft
    },
    async [Symbol.asyncDispose]() {
      output[Symbol.dispose]()
    },
  }
}

/** Standard output that the shell has sent into a file. Each batch is synced before it counts as stored. */
const toFileOfShell = (json: boolean): Destination => ({
  async write(batch) {
    put(realDisk, standardOutput, linesOf(batch, json))
    await realDisk.sync(standardOutput)
    return true
  },
  async [Symbol.asyncDispose]() {},
})

/** Events are never written over or behind what a file has. */
const newFile = (disk: Disk, path: string): number => {
  try {
    return disk.open(path, 'wx')
  } catch (thrown) {
    const code = systemCode(thrown)
    if (code === 'EEXIST') throw noFile(`${path} is there already`, thrown)
    if (code === 'ENOENT') throw noFile(`there is no folder ${dirname(path)} for ${basename(path)}`, thrown)
    throw thrown
  }
}

/** The file must not be there yet. It is made to last, and each batch is synced before it counts as stored. */
const toFile = async (disk: Disk, path: string, json: boolean): Promise<Destination> => {
  const { avroEvent } = await import('../../serializers/avro_event/avro_event.ts')
  const isAvro = path.endsWith('.avro')
  const values = { syncIntervalBytes: 2_048_000, compressionCodec: 'null' }
  const serializer = isAvro ? await avroEvent.create(values, context) : undefined
  const fd = newFile(disk, path)
  // Else a loss of power may take the file, and all that was noted as taken with it.
  disk.syncFolder(dirname(path))
  put(disk, fd, serializer?.begin?.() ?? Buffer.alloc(0))
  return {
    async write(batch) {
      for (const piece of serializer?.encode(batch) ?? [linesOf(batch, json)]) put(disk, fd, piece)
      await disk.sync(fd)
      return true
    },
    async [Symbol.asyncDispose]() {
      disk.close(fd)
    },
  }
}

const topicPattern = /^topic:\/\/(?<broker>[^/]+)\/(?<topic>[^/]+)$/

const toTopic = async (broker: string, topic: string): Promise<Destination> => {
  const { kafkaSink } = await import('../../../sinks/kafka/kafka.ts')
  const { checkSettings } = await import('../../config/settings-check.ts')
  const given = { 'kafka.bootstrap.servers': broker, 'kafka.topic': topic, allowTopicOverride: 'false' }
  const entry = (key: string, value: string) => ({ key, value, file: '--to', line: 1, raw: value })
  const entries = new Map(Object.entries(given).map(([key, value]) => [key, entry(key, value)]))
  const at = entry('--to', `topic://${broker}/${topic}`)
  const { values, findings } = checkSettings(kafkaSink, entries, { title: '--to', prefix: '', at, others: [] })
  const fault = findings.find(({ level }) => level === 'fault')
  if (fault !== undefined) throw refused(fault.says)
  const sink = await kafkaSink.create(values, context)
  const { signal } = new AbortController()
  await sink.open?.(signal)
  return {
    async write(batch) {
      try {
        await sink.write(batch, signal)
        return true
      } catch (thrown) {
        if (thrown instanceof Rejected)
          throw new Error(`${thrown.indexes.length} events were refused: ${thrown.reason}`, { cause: thrown })
        throw thrown
      }
    },
    [Symbol.asyncDispose]: () => sink[Symbol.asyncDispose](),
  }
}

/** Opens what stands behind `--to`. Throws WRONG_USAGE, OUTPUT_FILE, system errors, and what the broker's client throws. */
export const destinationOf = async (to: string, json: boolean, disk: Disk = realDisk): Promise<Destination> => {
  if (to === 'stdout' || to === '-') return toOutput(json)
  const { broker, topic } = topicPattern.exec(to)?.groups ?? {}
  if (json && (topic !== undefined || to.endsWith('.avro')))
    throw refused(`--json is for lines, and ${to} has a form of its own`)
  if (broker !== undefined && topic !== undefined) return toTopic(broker, topic)
  if (to.includes('://')) throw refused(`${to} is no topic://host:port/topic`)
  return toFile(disk, to, json)
}
