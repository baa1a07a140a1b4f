/**
 * Wall-clock time in a time zone, for paths with dates in them. Offsets are asked for once per quarter of an hour: every change of a zone's
 * offset falls on one.
 */

const quarterHourMs = 15 * 60_000
const rememberedMax = 1024

/** Milliseconds to add to UTC at a moment. */
type Offset = (timeMs: number) => number

/** `GMT-07:00`, `GMT+05:30`, `GMT`, with seconds in times long ago. */
const parseOffset = (text: string): number => {
  const found = /^(?:GMT|UTC)?([+-])(\d{1,2})(?::?(\d\d))?(?::(\d\d))?$/.exec(text)
  if (found === null) return 0
  const [, sign, hours, minutes = '0', seconds = '0'] = found
  return (sign === '-' ? -1000 : 1000) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds))
}

const zoneOffset = (timeZone: string): Offset => {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  const remembered = new Map<number, number>()
  return (timeMs) => {
    const quarter = Math.floor(timeMs / quarterHourMs)
    let offset = remembered.get(quarter)
    if (offset === undefined) {
      const parts = format.formatToParts(quarter * quarterHourMs)
      offset = parseOffset(parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT')
      if (remembered.size >= rememberedMax) remembered.clear()
      remembered.set(quarter, offset)
    }
    return offset
  }
}

const systemOffset: Offset = (timeMs) => -60_000 * new Date(timeMs).getTimezoneOffset()

/** Java's own form of a fixed offset. */
const fixedZone = /^(?:GMT|UTC)[+-]\d{1,2}(?::?\d\d)?$/

const offsetOf = (timeZone: string | undefined): Offset => {
  if (timeZone === undefined) return systemOffset
  if (fixedZone.test(timeZone)) {
    const offset = parseOffset(timeZone)
    return () => offset
  }
  try {
    return zoneOffset(timeZone)
  } catch (thrown) {
    throw new Error(`'${timeZone}' is no time zone`, { cause: thrown })
  }
}

/** Moments to wall-clock times and back. A wall-clock time is written as the milliseconds at which UTC would show it. */
export class Calendar {
  readonly #offset: Offset

  /** A name such as `Europe/Berlin`, `UTC` or `GMT+8`; the system's zone without one. Throws an Error for a name nobody knows. */
  constructor(timeZone?: string) {
    this.#offset = offsetOf(timeZone)
  }

  /** What the clock on the wall shows at a moment. */
  wall(timeMs: number): number {
    return timeMs + this.#offset(timeMs)
  }

  /** The moment at which the wall shows `wallMs`; the earlier offset where a change makes it show that twice. */
  moment(wallMs: number): number {
    const guess = wallMs - this.#offset(wallMs)
    return wallMs - this.#offset(wallMs - this.#offset(guess))
  }
}

export type RoundUnit = 'second' | 'minute' | 'hour'

const unitMs = { second: 1000, minute: 60_000, hour: 3_600_000 } as const
const parentMs = { second: 60_000, minute: 3_600_000, hour: 86_400_000 } as const

/** Rounds a wall-clock time down to a multiple of `value` units within the next larger unit: 11:54 by 10 minutes is 11:50. */
export const roundDown = (wallMs: number, value: number, unit: RoundUnit): number => {
  const parent = Math.floor(wallMs / parentMs[unit]) * parentMs[unit]
  const step = value * unitMs[unit]
  return parent + Math.floor((wallMs - parent) / step) * step
}
