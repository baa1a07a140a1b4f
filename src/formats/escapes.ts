/**
 * Flume's escapes in paths, prefixes and topics: `%{header}`, `%Y` and the other dates, `%[localhost]`. A template is taken apart once; rendering
 * then only puts texts together, and says for how long its result holds, so that a sink need not render for every event.
 */
import type { Headers } from '../flow/event.ts'
import { Calendar, roundDown, type RoundUnit } from './calendar.ts'
import { dateLetters, type Letter } from './date-letters.ts'

export interface EscapeOptions {
  /** The zone of the dates; the system's without one. */
  readonly timeZone?: string | undefined
  /** Round times down before they are written. */
  readonly round?: { readonly value: number; readonly unit: RoundUnit } | undefined
  /** `%t` is the clock's time and not the header's text. */
  readonly localTime?: boolean
  /** What `%[localhost]`, `%[IP]` and `%[FQDN]` give. */
  readonly host?: () => HostNames
}

export interface HostNames {
  readonly localhost: string
  readonly ip: string
  readonly fqdn: string
}

const epoch = new Date(0)

/** The header that holds an event's time, in ms. */
export const timestampHeader = 'timestamp'

/** The event's own time in ms; undefined without the header, NaN where it is no time. */
export const timestampOf = (headers: Headers): number | undefined => {
  const text = headers[timestampHeader]
  if (text === undefined) return undefined
  const timeMs = /^[+-]?\d+$/.test(text) ? Number(text) : NaN
  return Math.abs(timeMs) <= 8.64e15 ? timeMs : NaN
}

/** One rendering: the event, and its time in the forms that the parts need. */
interface Moment {
  readonly headers: Headers
  readonly timeMs: number
  /** The time as it is shown: rounded, if so set. */
  readonly shownMs: number
  /** What the wall shows at `shownMs`, as if it were UTC. */
  readonly wall: Date
}

interface Part {
  readonly text: (moment: Moment) => string
  /** What the text can look like, as a regular expression. */
  readonly pattern: () => string
  readonly header?: string
  readonly steadyMs: number
}

const quoted = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')

const literal = (text: string): Part => ({ text: () => text, pattern: () => quoted(text), steadyMs: Infinity })

const headerPart = (name: string): Part => ({
  text: ({ headers }) => headers[name] ?? '',
  pattern: () => '.*',
  header: name,
  steadyMs: Infinity,
})

const datePart = ({ text, pattern, steadyMs }: Letter): Part => ({
  text: ({ wall, shownMs }) => text(wall, shownMs),
  pattern: () => pattern,
  steadyMs,
})

const millisPart: Part = { text: ({ timeMs }) => String(timeMs), pattern: () => '\\d+', steadyMs: 1 }

const hostPart = (word: keyof HostNames, host: () => HostNames): Part => ({
  text: () => host()[word],
  pattern: () => quoted(host()[word]),
  steadyMs: Infinity,
})

const escape = /%(?:\{([\w.-]+)\}|\[(\w+)\]|(\w|%))/g

const hostWord = (word: string): keyof HostNames => {
  const lower = word.toLowerCase()
  if (lower === 'localhost' || lower === 'ip' || lower === 'fqdn') return lower
  throw new Error(`%[${word}] is unknown; %[localhost], %[IP] and %[FQDN] are known`)
}

/** What a one-letter escape stands for: nothing for letters without a meaning. */
const letterParts = (letter: string, options: EscapeOptions): Part[] => {
  if (letter === '%') return [literal('%')]
  if (letter === 'D') return partsOf('%m/%d/%y', options)
  if (letter === 't') return [options.localTime === true ? millisPart : headerPart(timestampHeader)]
  const date = dateLetters[letter]
  return date === undefined ? [] : [datePart(date)]
}

const noHost = (): HostNames => ({ localhost: 'localhost', ip: '127.0.0.1', fqdn: 'localhost' })

const partsOf = (template: string, options: EscapeOptions): Part[] => {
  const parts: Part[] = []
  let end = 0
  for (const found of template.matchAll(escape)) {
    const [whole, header, host, letter = ''] = found
    if (found.index > end) parts.push(literal(template.slice(end, found.index)))
    end = found.index + whole.length
    if (header !== undefined) parts.push(headerPart(header))
    else if (host !== undefined) parts.push(hostPart(hostWord(host), options.host ?? noHost))
    else parts.push(...letterParts(letter, options))
  }
  if (end < template.length) parts.push(literal(template.slice(end)))
  return parts
}

/** Letters that no date stands behind: Flume writes nothing for them. */
export const unknownEscapes = (template: string): string[] =>
  [...template.matchAll(escape)]
    .filter(([, , , letter]) => letter !== undefined && !'Dt%'.includes(letter) && dateLetters[letter] === undefined)
    .map(([whole]) => whole)

export class Template {
  /** Headers that the text depends on, each once. */
  readonly headers: readonly string[]
  /** A time is needed to render it. */
  readonly needsTime: boolean
  /** Times within the same multiple of so many ms give the same text. Infinity without dates. */
  readonly steadyMs: number
  readonly #parts: readonly Part[]
  readonly #calendar: Calendar
  readonly #round: EscapeOptions['round']

  /** Throws an Error for an unknown zone or host word. */
  constructor(template: string, options: EscapeOptions = {}) {
    this.#parts = partsOf(template, options)
    this.#calendar = new Calendar(options.timeZone)
    this.#round = options.round
    this.headers = [...new Set(this.#parts.flatMap(({ header }) => header ?? []))]
    this.steadyMs = Math.min(Infinity, ...this.#parts.map((part) => part.steadyMs))
    this.needsTime = this.steadyMs < Infinity
  }

  /** The text for an event's headers and time. A missing header gives nothing. */
  render(headers: Headers, timeMs: number): string {
    const moment = this.needsTime ? this.#moment(headers, timeMs) : { headers, timeMs, shownMs: 0, wall: epoch }
    return this.#parts.map((part) => part.text(moment)).join('')
  }

  /**
   * A regular expression, as text, for everything that `render` can give. It may be split at its slashes: each part then stands for one name of a
   * path, headers being taken to have no slash in them.
   */
  get pattern(): string {
    return this.#parts.map((part) => part.pattern()).join('')
  }

  #moment(headers: Headers, timeMs: number): Moment {
    const wallMs = this.#calendar.wall(timeMs)
    if (this.#round === undefined) return { headers, timeMs, shownMs: timeMs, wall: new Date(wallMs) }
    const rounded = roundDown(wallMs, this.#round.value, this.#round.unit)
    return { headers, timeMs, shownMs: this.#calendar.moment(rounded), wall: new Date(rounded) }
  }
}
