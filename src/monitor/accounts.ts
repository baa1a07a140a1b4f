/**
 * What became of every event. For each component `in = out + dropped + held + lost`, and so for the whole agent: the line at the end of a run
 * shows it, and a difference is a bug that the check names.
 */
import { counted, thousands } from '../base/counted.ts'

export interface Account {
  /** Events that came in. */
  in: number
  /** Events that went on to the next component or were stored. */
  out: number
  /** Events dropped by an interceptor or selector, or quarantined by a sink. */
  dropped: number
  /** Events that came in and have gone nowhere yet. */
  held: number
  /** Events that a channel had stored and can read no more; left out where there are none. */
  lost?: number
}

export interface ComponentAccount extends Readonly<Account> {
  readonly kind: 'source' | 'channel' | 'sink'
  readonly name: string
  /** Of a channel: what it holds is there after the next start. */
  readonly durable?: boolean
  /** Of a channel that lost events: where damaged bytes are kept. */
  readonly keptIn?: readonly string[] | undefined
  /** Of a sink that was stopped while it was blocked: events that it has stored and that may come to it again after the next start. */
  readonly again?: number
}

export interface Accounts {
  readonly components: readonly ComponentAccount[]
  /** Events that a source put into more than one channel, counted once for each channel beyond the first. */
  readonly copied: number
  /** Events that channels held already when they were opened. */
  readonly found: number
  /** Of the whole agent: in from sources (copies and what was found included), out of sinks. */
  readonly total: Readonly<Account>
}

export const emptyAccount = (): Account => ({ in: 0, out: 0, dropped: 0, held: 0 })

const sum = (accounts: readonly Readonly<Account>[], key: keyof Account): number =>
  accounts.reduce((total, account) => total + (account[key] ?? 0), 0)

/** The whole agent's accounts. A sink's held events are also held by its channel, so they count once. */
export const totalled = (components: readonly ComponentAccount[], copied: number, found: number): Accounts => {
  const of = (kind: ComponentAccount['kind']) => components.filter((c) => c.kind === kind)
  const [sources, channels, sinks] = [of('source'), of('channel'), of('sink')]
  const lost = sum(channels, 'lost')
  const total = {
    in: sum(sources, 'in') + copied + found,
    out: sum(sinks, 'out'),
    dropped: sum(sources, 'dropped') + sum(sinks, 'dropped'),
    held: sum(sources, 'held') + sum(channels, 'held'),
    ...(lost > 0 && { lost }),
  }
  return { components, copied, found, total }
}

const missing = (a: Readonly<Account>): number => a.in - a.out - a.dropped - a.held - (a.lost ?? 0)

const figures = (a: Readonly<Account>): string =>
  `in ${thousands(a.in)}, out ${thousands(a.out)}, dropped ${thousands(a.dropped)}, held ${thousands(a.held)}` +
  (a.lost === undefined ? '' : `, lost ${thousands(a.lost)}`)

/** What does not balance, a sentence each; empty when all does. */
export const imbalances = (accounts: Accounts): string[] => [
  ...accounts.components.filter((c) => missing(c) !== 0).map((c) => `${c.kind} ${c.name}: ${figures(c)}`),
  ...(missing(accounts.total) === 0 ? [] : [`the agent as a whole is off by ${missing(accounts.total)} events`]),
]

const lossOf = ({ name, lost = 0, keptIn = [] }: ComponentAccount): string[] => {
  if (lost === 0) return []
  const where = keptIn.length === 0 ? 'nothing is left of them' : `what is damaged is kept in ${keptIn.join(' and ')}`
  return [`LOST: channel ${name} could not read ${counted(lost, 'stored event')}: ${where}`]
}

const againOf = ({ name, again = 0 }: ComponentAccount): string[] =>
  again === 0 ? [] : [`${counted(again, 'event')} that ${name} has stored may be stored again after the next start`]

const notesOf = (accounts: Accounts): string[] => [
  ...(accounts.copied === 0 ? [] : [`${thousands(accounts.copied)} of those in are copies for further channels`]),
  ...(accounts.found === 0 ? [] : [`${thousands(accounts.found)} of those in were in the channels before`]),
  ...accounts.components.flatMap(lossOf),
  ...accounts.components.flatMap(againOf),
  ...imbalances(accounts).map((what) => `NOT BALANCED: ${what}`),
]

const isEven = (a: Readonly<Account>): boolean => a.in === a.out && a.dropped + a.held + (a.lost ?? 0) === 0

/** One line for the end of a run: the agent, then its components in the order of the flow; those that passed everything on stand together. */
export const accountsLine = (accounts: Accounts): string => {
  const uneven = accounts.components.filter((c) => !isEven(c)).map((c) => `${c.name} ${figures(c)}`)
  const even = accounts.components.filter(isEven).map((c) => `${c.name} ${thousands(c.in)}`)
  const evenly = even.length === 0 ? [] : [`all passed on: ${even.join(', ')}`]
  return [`Events ${figures(accounts.total)}`, ...notesOf(accounts), ...uneven, ...evenly].join('; ')
}
