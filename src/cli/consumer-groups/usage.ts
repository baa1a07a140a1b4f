/** What may stand beside what on the command line of kafka-consumer-groups.sh, with Kafka's words where it may not. */
import { type JoptValues, UsageError } from '../jopt.ts'

const bracketed = (names: readonly string[]): string => names.map((name) => `[${name}]`).join(', ')

const given = (values: JoptValues, names: readonly string[]): string[] => names.filter((name) => values.has(name))

const resetForms = ['shift-by', 'to-offset', 'to-earliest', 'to-current', 'to-latest', 'by-duration', 'to-datetime', 'from-file'] // prettier-ignore
const subActions = ['members', 'offsets', 'state']
const groupOptions = ['group', 'all-groups', 'topic', 'all-topics']

/** Which of these an action understands. */
const understood: Readonly<Record<string, readonly string[]>> = {
  list: [],
  describe: ['group', 'all-groups'],
  delete: ['group', 'all-groups', 'topic'],
  'reset-offsets': groupOptions,
  'delete-offsets': ['group', 'topic'],
  'validate-regex': [],
}

const notReady =
  'WARN: No action will be performed as the --execute option is missing. In version 5.0, this command will require either --dry-run or --execute to be specified. ' +
  'You should add the --dry-run option explicitly if you are scripting this command and want to keep the current default behavior without prompting.\n'

const checkDescribe = (values: JoptValues): void => {
  if (given(values, ['group', 'all-groups']).length === 0)
    throw new UsageError('Option [describe] takes one of these options: [group], [all-groups]')
  if (given(values, subActions).length > 1)
    throw new UsageError(`Option [describe] takes at most one of these options: ${bracketed(subActions)}`)
  if (values.one('state') !== undefined) throw new UsageError('Option [describe] does not take a value for [state]')
}

const checkDelete = (values: JoptValues): void => {
  if (given(values, ['group', 'all-groups']).length === 0)
    throw new UsageError('Option [delete] takes one of these options: [all-groups], [group]')
  if (values.has('topic'))
    throw new UsageError('The consumer does not support topic-specific offset deletion from a consumer group.')
}

const checkReset = (values: JoptValues): void => {
  if (values.has('dry-run') && values.has('execute'))
    throw new UsageError('Option [reset-offsets] only accepts one of [execute] and [dry-run]')
  if (!values.has('dry-run') && !values.has('execute')) process.stderr.write(notReady)
  if (given(values, ['group', 'all-groups']).length === 0)
    throw new UsageError('Option [reset-offsets] takes one of these options: [all-groups], [group]')
  const forms = given(values, resetForms)
  if (forms.length === 0) {
    const scenarios = resetForms.map((form) => `[${form}]`).join(', ')
    throw new UsageError(`Option '[reset-offsets]' requires one of the following scenarios: [${scenarios}]`)
  }
  const [first, second] = forms
  if (second !== undefined) throw new UsageError(`Option "[${first}]" can't be used with option "[${second}]"`)
  if (values.has('topic') && values.has('all-topics'))
    throw new UsageError('Option "[topic]" can\'t be used with option "[all-topics]"')
}

const checkDeleteOffsets = (values: JoptValues): void => {
  if (given(values, ['group', 'topic']).length < 2)
    throw new UsageError('Option [delete-offsets] takes the following options: [group], [topic]')
}

const checks: Readonly<Record<string, (values: JoptValues) => void>> = {
  describe: checkDescribe,
  delete: checkDelete,
  'reset-offsets': checkReset,
  'delete-offsets': checkDeleteOffsets,
}

/** The one action that is asked for. Throws a UsageError. */
export const checkOptions = (values: JoptValues, actions: readonly string[]): string => {
  for (const [action, check] of Object.entries(checks)) if (values.has(action)) check(values)
  const [action, ...more] = given(values, actions)
  if (action === undefined || more.length > 0)
    throw new UsageError(
      'Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets, --validate-regex',
    )
  const misplaced = given(values, groupOptions).find((option) => understood[action]?.includes(option) !== true)
  if (misplaced !== undefined) throw new UsageError(`Option "[${misplaced}]" can't be used with option "[${action}]"`)
  if (values.has('group') && values.has('all-groups'))
    throw new UsageError('Option "[group]" can\'t be used with option "[all-groups]"')
  return action
}
