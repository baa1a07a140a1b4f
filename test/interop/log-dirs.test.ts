/** Several log folders and retention, with the tools of Apache Kafka: what lies where, a partition that moves, and what its dump tool says of the files. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { temporaryFolder } from '../support/agent.ts'
import { Child } from '../support/child.ts'
import { numberedLines } from '../support/lines.ts'
import { sharedBroker } from '../support/broker.ts'
import { kafka43 } from './counterparts/maven.ts'
import { has } from './counterparts/toolchain.ts'
import { witness } from './witness.ts'

const tools = 'org.apache.kafka.tools'
const count = 5000
/** What the dump tool says of files that are not right; that offsets do not begin at 0 it says of every later segment, Kafka's own included. */
const complaint = /isvalid: false|mismatch|exception|could not|^ {2}\d+ is followed by/i
const folder = temporaryFolder()
const [a, b] = [join(folder.path, 'a'), join(folder.path, 'b')]

const printedBy = async (tool: string, args: readonly string[], input?: string): Promise<string> => {
  const java = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', kafka43(), tool, ...args]
  const child = new Child('java', java, input === undefined ? {} : { input })
  await child.exited
  return child.output
}

describe.runIf(has('javac', "Apache Kafka's tools"))('log folders', () => {
  mkdirSync(a)
  const { bootstrap, stop } = sharedBroker(
    `log.dirs=${a},${b}\nlog.segment.bytes=20000\nlog.initial.task.delay.ms=100\nlog.retention.check.interval.ms=100\n`,
  )
  const does = witness("Apache Kafka's tools", '4.3.1')
  const at = (...args: readonly string[]): string[] => ['--bootstrap-server', bootstrap(), ...args]

  does('kafka-log-dirs', async () => {
    await printedBy(`${tools}.TopicCommand`, at('--create', '--topic', 'moves', '--config', 'retention.bytes=40000'))
    await printedBy(`${tools}.ConsoleProducer`, at('--topic', 'moves', '--batch-size', '500'), numberedLines(0, count))
    const printed = await printedBy(`${tools}.LogDirsCommand`, at('--describe', '--topic-list', 'moves'))
    expect(printed).toMatch(/"partition":"moves-0","size":\d{5},"offsetLag":0,"isFuture":false/)
    expect(printed).toContain(`"logDir":"${b}"`)
  })

  does('kafka-reassign-partitions, from one log folder to another', async () => {
    const file = join(folder.path, 'move.json')
    const partitions = [{ topic: 'moves', partition: 0, replicas: [0], log_dirs: [b] }]
    writeFileSync(file, JSON.stringify({ version: 1, partitions }))
    const command = `${tools}.reassign.ReassignPartitionsCommand`
    const begun = await printedBy(command, at('--execute', '--reassignment-json-file', file))
    expect(begun).toContain(`Successfully started moving log directory to ${b} for replica moves-0 with broker 0`)
    const verify = () => printedBy(command, at('--verify', '--reassignment-json-file', file))
    await expect
      .poll(verify, { timeout: 60_000 })
      .toContain('Reassignment of replica moves-0-0 completed successfully.')
    const read = await printedBy(`${tools}.consumer.ConsoleConsumer`, at('--topic', 'moves', '--from-beginning', '--timeout-ms', '5000')) // prettier-ignore
    const numbers = Array.from(read.matchAll(/^line (\d+)/gm), ([, number]) => Number(number))
    expect(numbers.at(-1)).toBe(count - 1)
    expect(numbers.length).toBeLessThan(count)
    expect(numbers).toEqual(Array.from(numbers, (_, i) => count - numbers.length + i))
  })

  does('kafka-dump-log, on what retention and a move leave', async () => {
    await stop()
    const files = readdirSync(join(b, 'moves-0')).filter((name) => /\.(log|index|timeindex|snapshot)$/.test(name))
    const paths = files.map((name) => join(b, 'moves-0', name)).join(',')
    const printed = await printedBy(`${tools}.DumpLogSegments`, ['--deep-iteration', '--files', paths])
    expect(printed.split('\n').filter((line) => complaint.test(line))).toEqual([])
    expect(printed).toContain('isvalid: true')
    folder[Symbol.dispose]()
  })
})
