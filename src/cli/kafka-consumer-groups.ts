/** kafka-consumer-groups.sh: lists, describes, deletes and resets consumer groups, in the words of Kafka's own tool. */
import { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { patternProblem } from '../broker/groups/consumer/topic-pattern.ts'
import { Admin, BrokerError } from '../client/admin.ts'
import { exitCodes } from './command.ts'
import type { GroupsCall } from './consumer-groups/call.ts'
import { deleteGroups, deleteOffsets } from './consumer-groups/delete.ts'
import { describe } from './consumer-groups/describe.ts'
import { listGroups } from './consumer-groups/list.ts'
import { resetOffsets } from './consumer-groups/reset.ts'
import { sayError } from './consumer-groups/table.ts'
import { checkOptions } from './consumer-groups/usage.ts'
import type { JoptOption, JoptValues } from './jopt.ts'
import { bootstrapOf, bootstrapOption, zookeeperOption } from './kafka-bootstrap.ts'
import { adminClientOf } from './kafka-client-properties.ts'
import { exceptionOf, failureText, saidOf, ToolFailure } from './kafka-failure.ts'
import { kafkaTool } from './kafka-tool.ts'

const name = 'kafka-consumer-groups'

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['new-consumer'], doc: 'Of older Kafka; accepted.' },
  { names: ['group'], value: 'String: consumer group', repeatable: true, doc: 'The group; repeatable.' },
  { names: ['all-groups'], doc: 'All groups.' },
  {
    names: ['topic'],
    value: 'String: topic',
    repeatable: true,
    doc: 'The topic whose offsets are reset or deleted, or its partitions: topic:0,1,2; repeatable.',
  },
  { names: ['all-topics'], doc: 'All topics that the group has committed.' },
  { names: ['list'], doc: 'List the groups.' },
  { names: ['describe'], doc: 'Describe groups: offsets and lag, or members, or state.' },
  { names: ['delete'], doc: 'Delete groups that have no members, with their offsets.' },
  { names: ['delete-offsets'], doc: 'Delete offsets of a group.' },
  { names: ['reset-offsets'], doc: 'Reset the offsets of groups that have no members; shows them, and sets them with --execute.' }, // prettier-ignore
  { names: ['offsets'], doc: 'With --describe: offsets and lag, which is the default.' },
  { names: ['members'], doc: 'With --describe: the members.' },
  {
    names: ['state'],
    value: 'String: states',
    valueOptional: true,
    doc: 'With --describe: the state. With --list: show states, or only groups of these states.',
  },
  {
    names: ['type'],
    value: 'String: types',
    valueOptional: true,
    doc: 'With --list: show types, or only groups of these types: classic, consumer.',
  },
  { names: ['verbose'], doc: 'With --describe: more columns.' },
  { names: ['timeout'], value: 'Long: timeout (ms)', doc: 'Accepted.' },
  { names: ['command-config'], value: 'String: config file', doc: 'A file of settings of the client.' },
  { names: ['dry-run'], doc: 'Only show the offsets of a reset.' },
  { names: ['execute'], doc: 'Set the offsets of a reset.' },
  { names: ['export'], doc: 'Print the offsets of a reset as CSV.' },
  { names: ['to-offset'], value: 'Long: offset', doc: 'Reset to this offset.' },
  { names: ['from-file'], value: 'String: path to CSV file', doc: 'Reset to the offsets in a file that --export has printed.' }, // prettier-ignore
  { names: ['to-datetime'], value: 'String: datetime', doc: 'Reset to a time: YYYY-MM-DDThh:mm:ss.sss.' },
  { names: ['by-duration'], value: 'String: duration', doc: 'Reset to so long before now: PnDTnHnMnS.' },
  {
    names: ['validate-regex'],
    value: 'String: regex',
    doc: 'Say whether members of the newer protocol could subscribe by this pattern; no broker is asked.',
  },
  { names: ['to-earliest'], doc: 'Reset to the earliest offset.' },
  { names: ['to-latest'], doc: 'Reset to the latest offset.' },
  { names: ['to-current'], doc: 'Reset to the current offset.' },
  { names: ['shift-by'], value: 'Long: number-of-offsets', doc: 'Reset by so many offsets, on or back.' },
]

const actions: Readonly<Record<string, (call: GroupsCall) => Promise<void>>> = {
  list: listGroups,
  describe,
  delete: deleteGroups,
  'reset-offsets': resetOffsets,
  'delete-offsets': deleteOffsets,
}

const validateRegex = (pattern: string): number => {
  const problem = patternProblem(pattern)
  const verdict = problem === undefined ? 'valid.' : `invalid: ${problem}.`
  process.stdout.write(`The regular expression \`${pattern}\` is ${verdict}\n`)
  return exitCodes.done
}

/** Kafka's tool ends with 0 where a cluster refuses, and scripts read what it prints. */
const work = async (values: JoptValues, log: Log): Promise<number> => {
  const pattern = values.one('validate-regex')
  const action = checkOptions(values, [...Object.keys(actions), 'validate-regex'])
  if (pattern !== undefined) return validateRegex(pattern)
  using admin = new Admin(adminClientOf(bootstrapOf(values, name, log), name, values, log))
  try {
    await actions[action]?.({ values, admin, log })
  } catch (thrown) {
    if (!(thrown instanceof Fault || thrown instanceof ToolFailure)) throw thrown
    const isTold = thrown instanceof BrokerError && thrown.errorName !== 'UNKNOWN_TOPIC_OR_PARTITION'
    const named = isTold || (thrown instanceof ToolFailure && thrown.exception === 'java.text.ParseException')
    sayError(
      `Executing consumer group command failed due to ${named ? `${exceptionOf(thrown)}: ` : ''}${saidOf(thrown)}`,
    )
    log.named('org.apache.kafka.tools.consumer.group.ConsumerGroupCommand').error(failureText(thrown))
  }
  return exitCodes.done
}

export const command = kafkaTool({
  name,
  summary: 'list, describe, delete, reset consumer groups',
  purpose:
    'This tool helps to list all consumer groups, describe a consumer group, delete consumer group info, or reset consumer group offsets.',
  options,
  work,
})
