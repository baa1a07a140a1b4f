/**
 * What became of every event. For each component `in = out + dropped + held`, and so for the whole agent: the line at the end of a run shows
 * it, and a difference is a bug that the check names.
 */
import { thousands } from '../base/counted.ts'

export interface Account {
  /** Events that came in. */
  in: number
  /** Events that went on to the next component or were stored. */
  out: number
  /** Events dropped by an interceptor or selector, or quarantined by a sink. */
  dropped: number
  /** Events that came in and have gone nowhere yet. */
  held: number
}

export interface ComponentAccount extends Readonly<Account> {
  readonly kind: 'source' | 'channel' | 'sink'
  readonly name: string
  /** Of a channel: what it holds is there after the next start. */
  readonly durable?: boolean
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
  accounts.reduce((total, account) => total + account[key], 0)

/** The whole agent's accounts. A sink's held events are also held by its channel, so they count once. */
export const totalled = (components: readonly ComponentAccount[], copied: number, found: number): Accounts => {
  const of = (kind: ComponentAccount['kind']) => components.filter((c) => c.kind === kind)
  const [sources, channels, sinks] = [of('source'), of('channel'), of('sink')]
  const total = {
    in: sum(sources, 'in') + copied + found,
    out: sum(sinks, 'out'),
    dropped: sum(sources, 'dropped') + sum(sinks, 'dropped'),
    held: sum(sources, 'held') + sum(channels, 'held'),
  }
  return { components, copied, found, total }
}

const missing = (a: Readonly<Account>): number => a.in - a.out - a.dropped - a.held

/** What does not balance, a sentence each; empty when all does. */
export const imbalances = (accounts: Accounts): string[] => [
  ...accounts.components
    .filter((c) => missing(c) !== 0)
    .map((c) => `${c.kind} ${c.name}: in ${c.in}, out ${c.out}, dropped ${c.dropped}, held ${c.held}`),
  ...(missing(accounts.total) === 0 ? [] : [`the agent as a whole is off by ${missing(accounts.total)} events`]),
]

const figures = (a: Readonly<Account>): string =>
  `in ${thousands(a.in)}, out ${thousands(a.out)}, dropped ${thousands(a.dropped)}, held ${thousands(a.held)}`

const notesOf = (accounts: Accounts): string[] => [
  ...(accounts.copied === 0 ? [] : [`${thousands(accounts.copied)} of those in are copies for further channels`]),
  ...(accounts.found === 0 ? [] : [`${thousands(accounts.found)} of those in were in the channels before`]),
  ...imbalances(accounts).map((what) => `NOT BALANCED: ${what}`),
]

/** One line for the end of a run: the agent, then each component in the order of the flow. */
export const accountsLine = (accounts: Accounts): string => {
  const components = accounts.components.map((c) => `${c.name} ${figures(c)}`)
  return [`Events ${figures(accounts.total)}`, ...notesOf(accounts), ...components].join('; ')
}

const isEven = (a: Readonly<Account>): boolean => a.in === a.out && a.dropped === 0 && a.held === 0

/** The same in fewer words, for a screen: components that passed everything on stand together. */
export const accountsBrief = (accounts: Accounts): string => {
  const uneven = accounts.components.filter((c) => !isEven(c)).map((c) => `${c.name} ${figures(c)}`)
  const even = accounts.components.filter(isEven).map((c) => `${c.name} ${thousands(c.in)}`)
  const evenly = even.length === 0 ? [] : [`in = out, dropped 0, held 0: ${even.join(', ')}`]
  return [`Events ${figures(accounts.total)}`, ...notesOf(accounts), ...uneven, ...evenly].join('; ')
}
