/**
 * The CSV files of `--export` and `--from-file`: `topic,partition,offset` for one group, `group,topic,partition,offset` for several. Topics may not
 * hold commas, so nothing is quoted but what a spreadsheet quoted.
 */
import { readFileSync } from 'node:fs'
import { reasonOf } from '../../base/faults.ts'
import { ToolFailure } from '../kafka-failure.ts'
import type { GroupsCall } from './call.ts'
import { type ResetOffset, withinRange } from './reset-target.ts'
import { missing } from './scope.ts'

interface Line extends ResetOffset {
  /** Undefined where the file is for one group. */
  readonly groupId: string | undefined
}

const isShort = ({ values }: GroupsCall): boolean => values.all('group').length === 1

const cell = (text: string): string => text.trim().replace(/^"(.*)"$/, '$1')

const lineOf = (text: string, at: number, file: string): Line => {
  const cells = text.split(',').map(cell)
  const [topic = '', partition = '', offset = ''] = cells.slice(-3)
  if (cells.length < 3 || cells.length > 4 || !/^\d+$/.test(partition) || !/^-?\d+$/.test(offset))
    throw new ToolFailure(
      `${file}:${at}: '${text}' is not of the form topic,partition,offset or group,topic,partition,offset`,
    )
  return {
    groupId: cells.length === 4 ? cells[0] : undefined,
    topic,
    partition: Number(partition),
    offset: Number(offset),
  }
}

const linesOf = (file: string): Line[] => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    throw new ToolFailure(`${file} cannot be read: ${reasonOf(thrown)}`, 'java.nio.file.NoSuchFileException')
  }
  return text.split(/\r?\n/).flatMap((line, i) => (line.trim() === '' ? [] : [lineOf(line, i + 1, file)]))
}

/** What the file says for this group, within the range of each partition. Throws a ToolFailure or BrokerError. */
export const fileOffsets = async (call: GroupsCall, file: string, groupId: string): Promise<ResetOffset[]> => {
  const short = isShort(call)
  const lines = linesOf(file).filter((line) => (line.groupId === undefined ? short : line.groupId === groupId))
  const topics = new Map((await call.admin.topics()).map((topic) => [topic.topic, topic]))
  for (const { topic, partition } of lines)
    if (topics.get(topic)?.partitions[partition] === undefined) throw missing(`Partition ${topic}:${partition}`)
  return withinRange(call, lines.map(({ topic, partition, offset }) => ({ topic, partition, offset }))) // prettier-ignore
}

/** One line an offset; with the group where there are several. */
export const csvText = (
  resets: readonly { readonly groupId: string; readonly offsets: readonly ResetOffset[] }[],
): string =>
  resets
    .flatMap(({ groupId, offsets }) =>
      offsets.map(({ topic, partition, offset }) => {
        const line = `${topic},${partition},${offset}\n`
        return resets.length === 1 ? line : `${groupId},${line}`
      }),
    )
    .join('')
