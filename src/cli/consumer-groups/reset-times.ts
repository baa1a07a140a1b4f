/** Times and durations as `--to-datetime` and `--by-duration` take them. */
import { ToolFailure } from '../kafka-failure.ts'

const parseException = (message: string): ToolFailure => new ToolFailure(message, 'java.text.ParseException')

/** `2026-01-31T12:30:00.000`, with or without a zone (`Z`, `+02`, `+0200`, `+02:00`); UTC without one. Throws a ToolFailure. */
export const dateTimeMs = (text: string): number => {
  if (!text.includes('T'))
    throw parseException("Error parsing timestamp. It does not contain a 'T' according to ISO8601 format")
  const [, date, time, zone] =
    /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d{1,3})?)(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(text) ?? []
  const withColon =
    zone === undefined ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_, h: string, m = '00') => `${h}:${m}`)
  const ms = date === undefined ? NaN : Date.parse(`${date}T${time}${withColon}`)
  if (Number.isNaN(ms)) throw parseException(`Unparseable date: "${text}"`)
  return ms
}

const dayMs = 86_400_000

/** `P1DT2H3M4.5S`, parts left away at will, each with a sign if need be; in ms. Throws a ToolFailure. */
export const durationMs = (text: string): number => {
  const match = /^([+-]?)P(?:([+-]?\d+)D)?(T(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?\d+(?:\.\d{0,9})?)S)?)?$/i.exec(
    text,
  )
  const [, sign, days, time, hours, minutes, seconds] = match ?? []
  const isEmpty = days === undefined && hours === undefined && minutes === undefined && seconds === undefined
  if (match === null || isEmpty || /^T$/i.test(time ?? ''))
    throw new ToolFailure('Text cannot be parsed to a Duration', 'java.time.format.DateTimeParseException')
  const ms = Number(days ?? 0) * dayMs + Number(hours ?? 0) * 3_600_000 + Number(minutes ?? 0) * 60_000 + Number(seconds ?? 0) * 1000 // prettier-ignore
  return sign === '-' ? -ms : ms
}
