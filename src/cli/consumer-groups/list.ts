/** `--list`. */
import { UsageError } from '../jopt.ts'
import { consumerGroups, type GroupsCall } from './call.ts'
import { fixed, growing, tableText } from './table.ts'

const states = ['CompletingRebalance', 'PreparingRebalance', 'Assigning', 'Reconciling', 'Empty', 'Dead', 'Stable']
const types = ['Consumer', 'Classic']

/** The words of a filter in their usual spelling; none given is all. Throws a UsageError. */
const filterOf = (text: string, known: readonly string[], refused: string): string[] => {
  const words = text.split(',').map((word) => word.trim().toLowerCase()).filter((word) => word !== '') // prettier-ignore
  return words.map((word) => {
    const found = known.find((one) => one.toLowerCase() === word)
    if (found === undefined) throw new UsageError(`${refused} '${text}'. Valid ${known === types ? 'types' : 'states'} are: ${known.join(', ')}`) // prettier-ignore
    return found
  })
}

const spelt = (word: string, known: readonly string[]): string =>
  known.find((one) => one.toLowerCase() === word.toLowerCase()) ?? word

/** One name a line, or a table where states or types are asked for. */
export const listGroups = async (call: GroupsCall): Promise<void> => {
  const { values } = call
  const wantedTypes = filterOf(values.one('type') ?? '', types, 'Invalid types list')
  const wantedStates = filterOf(values.one('state') ?? '', states, 'Invalid state list')
  const groups = (await consumerGroups(call))
    .map((group) => ({ ...group, state: spelt(group.state, states), type: spelt(group.type, types) }))
    .filter(({ state }) => wantedStates.length === 0 || wantedStates.includes(state))
    .filter(({ type }) => wantedTypes.length === 0 || wantedTypes.includes(type))
  const [showsType, showsState] = [values.has('type'), values.has('state')]
  if (!showsType && !showsState) {
    process.stdout.write(groups.map(({ groupId }) => `${groupId}\n`).join(''))
    return
  }
  const groupWidth = Math.max(15, ...groups.map(({ groupId }) => groupId.length)) + 10
  const columns = [
    growing('GROUP', groupWidth),
    ...(showsType ? [fixed('TYPE', 20)] : []),
    ...(showsState ? [fixed('STATE', 20)] : []),
  ]
  const rows = groups.map(({ groupId, type, state }) => [groupId, ...(showsType ? [type] : []), ...(showsState ? [state] : [])]) // prettier-ignore
  process.stdout.write(tableText(columns, rows))
}
