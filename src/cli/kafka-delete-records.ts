/** kafka-delete-records.sh: lets partitions begin at the offsets that a JSON file names, so that what lies before is gone. */
import { readFileSync } from 'node:fs'
import { Fault, reasonOf } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { Admin } from '../client/admin.ts'
import type { NewStart, StartAnswer } from '../client/record-deletion.ts'
import { exitCodes } from './command.ts'
import type { JoptOption, JoptValues } from './jopt.ts'
import { bootstrapOf, bootstrapOption, zookeeperOption } from './kafka-bootstrap.ts'
import { adminClientOf } from './kafka-client-properties.ts'
import { failureText, ToolFailure } from './kafka-failure.ts'
import { kafkaTool } from './kafka-tool.ts'

const name = 'kafka-delete-records'
const version = 1

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  {
    names: ['offset-json-file'],
    value: 'String: Offset json file path',
    doc: 'REQUIRED: The offsets before which records go; -1 for all: {"partitions": [{"topic": "foo", "partition": 1, "offset": 1}], "version": 1}',
  },
  { names: ['command-config'], value: 'String: command config property file path', doc: 'A file of settings of the client.' }, // prettier-ignore
]

const badFile = (says: string): ToolFailure =>
  new ToolFailure(says, 'org.apache.kafka.server.common.AdminOperationException')

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const startOf = (one: unknown): NewStart => {
  const { topic, partition, offset } = isObject(one) ? one : {}
  if (typeof topic !== 'string') throw badFile('Every partition needs a "topic".')
  if (!Number.isSafeInteger(partition) || !Number.isSafeInteger(offset))
    throw badFile(`Every partition of ${topic} needs a "partition" and an "offset", both whole numbers.`)
  return { topic, partition: Number(partition), offset: Number(offset) }
}

/** What the text asks for. Throws ToolFailures. */
const startsOf = (text: string): NewStart[] => {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (thrown) {
    throw badFile(`The input string is not a valid JSON: ${reasonOf(thrown)}`)
  }
  if (!isObject(content)) throw badFile('The input string is not a valid JSON')
  if ((content['version'] ?? version) !== version)
    throw badFile(`Not supported version field value ${String(content['version'])}`)
  const { partitions } = content
  if (!Array.isArray(partitions)) throw badFile('Missing partitions field')
  return partitions.map(startOf)
}

const nameOf = ({ topic, partition }: NewStart | StartAnswer): string => `${topic}-${partition}`

const checkTwice = (starts: readonly NewStart[]): void => {
  const twice = Array.from(Map.groupBy(starts, nameOf)).filter(([, same]) => same.length > 1)
  if (twice.length === 0) return
  const names = twice.map(([one]) => one).join(',')
  throw new ToolFailure(
    `Offset json file contains duplicate topic partitions: ${names}`,
    'org.apache.kafka.server.common.AdminCommandFailedException',
  )
}

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    throw new ToolFailure(`${file} cannot be read: ${reasonOf(thrown)}`, 'java.nio.file.NoSuchFileException')
  }
}

const print = (answers: readonly StartAnswer[]): void => {
  for (const answer of answers) {
    const became =
      answer.error === undefined ? `low_watermark: ${answer.lowWatermark}` : `error: ${failureText(answer.error)}`
    process.stdout.write(`partition: ${nameOf(answer)}\t${became}\n`)
  }
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  const bootstrap = bootstrapOf(values, name, log)
  try {
    const starts = startsOf(read(values.required('offset-json-file')))
    checkTwice(starts)
    using admin = new Admin(adminClientOf(bootstrap, name, values, log))
    process.stdout.write('Executing records delete operation\n')
    const answers = await admin.deleteRecords(starts)
    process.stdout.write('Records delete operation completed:\n')
    print(answers)
    return exitCodes.done
  } catch (thrown) {
    if (!(thrown instanceof Fault || thrown instanceof ToolFailure)) throw thrown
    process.stderr.write(`${failureText(thrown)}\n`)
    return exitCodes.failed
  }
}

export const command = kafkaTool({
  name,
  summary: 'delete the records of partitions before an offset',
  purpose: 'This tool helps to delete records of the given partitions down to the specified offset.',
  options,
  work,
})
