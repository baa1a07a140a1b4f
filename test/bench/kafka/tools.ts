/** Apache Kafka's own performance tools, pointed at either broker, and what they print as figures. */
import { kafka43 } from '../../interop/counterparts/maven.ts'
import { run } from '../../support/child.ts'

const java = (tool: string, args: readonly string[]): Promise<string> =>
  run('java', ['-Xmx512m', '-cp', kafka43(), `org.apache.kafka.tools.${tool}`, ...args])

const numberIn = (output: string, pattern: RegExp): number => {
  const found = pattern.exec(output)?.[1]
  if (found === undefined) throw new Error(`${String(pattern)} is not in:\n${output.slice(-2000)}`)
  return Number(found)
}

export const createTopic = async (bootstrap: string, topic: string, partitions: number): Promise<void> => {
  await java('TopicCommand', [
    '--bootstrap-server',
    bootstrap,
    '--create',
    '--topic',
    topic,
    '--partitions',
    `${partitions}`,
  ])
}

export interface Produced {
  readonly perSecond: number
  readonly p99Ms: number
}

/** Sends `records` of 100 bytes; `settings` are the producer's. A rate below zero is none. */
export const produce = async (
  bootstrap: string,
  topic: string,
  records: number,
  settings: readonly string[],
  perSecond = -1,
): Promise<Produced> => {
  const properties = ['--command-property', `bootstrap.servers=${bootstrap}`, ...settings]
  const rate = ['--throughput', `${perSecond}`]
  const what = ['--topic', topic, '--num-records', `${records}`, '--record-size', '100']
  const output = await java('ProducerPerformance', [...what, ...rate, ...properties])
  const total =
    output
      .trim()
      .split('\n')
      .findLast((line) => line.includes('99th')) ?? output
  return { perSecond: numberIn(total, /([\d.]+) records\/sec/), p99Ms: numberIn(total, /(\d+) ms 99th/) }
}

/** Records a second, without the time it took to be given partitions. Throws where the tool gave up before it had them all. */
export const consume = async (bootstrap: string, topic: string, records: number): Promise<number> => {
  const output = await java('ConsumerPerformance', [
    '--bootstrap-server',
    bootstrap,
    '--topic',
    topic,
    '--num-records',
    `${records}`,
    '--timeout',
    '60000',
  ])
  const values =
    output
      .trim()
      .split('\n')
      .findLast((line) => /^\d{4}-/.test(line)) ?? ''
  const fields = values.split(', ')
  const got = Number(fields[4])
  if (!(got >= records)) throw new Error(`${got} of ${records} records were consumed:\n${output.slice(-2000)}`)
  return Number(fields.at(-1))
}

export interface RoundTrip {
  readonly medianMs: number
  readonly p99Ms: number
}

export const latency = async (bootstrap: string, topic: string, records: number): Promise<RoundTrip> => {
  const output = await java('EndToEndLatency', [
    '--bootstrap-server',
    bootstrap,
    '--topic',
    topic,
    '--num-records',
    `${records}`,
    '--producer-acks',
    '1',
    '--record-size',
    '100',
  ])
  return { medianMs: numberIn(output, /50th = ([\d.]+)/), p99Ms: numberIn(output, /99th = ([\d.]+)/) }
}

/** Records in all partitions of a topic. */
export const recordsIn = async (bootstrap: string, topic: string): Promise<number> => {
  const output = await java('GetOffsetShell', ['--bootstrap-server', bootstrap, '--topic', topic])
  return output
    .split('\n')
    .filter((line) => line.startsWith(`${topic}:`))
    .reduce((sum, line) => sum + Number(line.split(':')[2]), 0)
}
