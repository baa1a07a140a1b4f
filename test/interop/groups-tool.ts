/** kafka-consumer-groups.sh beside Apache Kafka's own, which is to print the same. */
import { expect } from 'vitest'
import { Child } from '../support/child.ts'
import { numberedLines } from '../support/lines.ts'
import { tool } from '../support/tool.ts'
import { kafka43 } from './counterparts/maven.ts'

const theirTool = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand'

/** Java prints partitions in the order of a hash map. */
const sorted = (text: string): string[] => text.split('\n').toSorted()

/** Standard output of Apache Kafka's tool; what it says on the other stream is left out of the comparison. */
export const theirs = async (bootstrap: string, args: readonly string[]): Promise<string> => {
  const child = new Child('java', ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', kafka43(), theirTool, '--bootstrap-server', bootstrap, ...args]) // prettier-ignore
  await child.exited
  return child.stdout.toString()
}

export const ours = async (bootstrap: string, args: readonly string[]): Promise<string> =>
  (await tool('kafka-consumer-groups', ['--bootstrap-server', bootstrap, ...args])).out

export const same = async (bootstrap: string, ...args: string[]): Promise<void> => {
  expect(sorted(await ours(bootstrap, args))).toEqual(sorted(await theirs(bootstrap, args)))
}

/** Two topics, and a group that has read some of them. */
export const prepare = async (bootstrap: string): Promise<void> => {
  const at = ['--bootstrap-server', bootstrap]
  await tool('kafka-topics', [...at, '--create', '--topic', 'three', '--partitions', '3'])
  for (const topic of ['three', 'one']) await tool('kafka-console-producer', [...at, '--topic', topic], { input: numberedLines(0, 50) }) // prettier-ignore
  const read = [...at, '--include', 'three|one', '--group', 'reader', '--from-beginning', '--max-messages', '70']
  await tool('kafka-console-consumer', read)
}

export const compared: readonly (readonly string[])[] = [
  ['--list', '--state', '--type'],
  ['--describe', '--group', 'reader', '--verbose'],
  ['--describe', '--all-groups', '--state', '--verbose'],
  ['--describe', '--group', 'reader', '--members'],
  ['--describe', '--group', 'none'],
  ['--reset-offsets', '--group', 'reader', '--all-topics', '--shift-by', '-5', '--dry-run', '--export'],
  ['--reset-offsets', '--group', 'fresh', '--topic', 'three:0,1', '--topic', 'one', '--by-duration', 'P1D', '--dry-run'], // prettier-ignore
]
