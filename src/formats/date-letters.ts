/** What the one-letter date escapes of Flume's paths give. Names of days and months are English, whatever the machine's language. */

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

const two = (value: number): string => String(value).padStart(2, '0')
const short = (name: string | undefined): string => (name ?? '').slice(0, 3)
const hour12 = (date: Date): number => date.getUTCHours() % 12 || 12
const clock = (date: Date): string =>
  `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
const dayOfYear = (date: Date): number =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1
const shortDate = (date: Date): string =>
  `${short(days[date.getUTCDay()])} ${short(months[date.getUTCMonth()])} ${date.getUTCDate()}`

const offset = (minutes: number): string => {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
}

export interface Letter {
  /** The text at a moment, whose wall-clock time `wall` shows as if it were UTC. */
  readonly text: (wall: Date, timeMs: number) => string
  /** What it can look like, as a regular expression. */
  readonly pattern: string
  /** How long it stays the same, in ms; a quarter of an hour is the most that any promises. */
  readonly steadyMs: number
}

const quarterHour = 900_000
const letter = (pattern: string, text: Letter['text'], steadyMs = quarterHour): Letter => ({ text, pattern, steadyMs })

const name = '[A-Z][a-z]+'
const digits = '\\d\\d'
const number = '\\d{1,2}'

/** `%D` and `%t` are not here: the first stands for `%m/%d/%y`, the second for a header. */
export const dateLetters: Readonly<Record<string, Letter>> = {
  a: letter(name, (d) => short(days[d.getUTCDay()])),
  A: letter(name, (d) => days[d.getUTCDay()] ?? ''),
  b: letter(name, (d) => short(months[d.getUTCMonth()])),
  B: letter(name, (d) => months[d.getUTCMonth()] ?? ''),
  c: letter('[A-Za-z0-9: ]+', (d) => `${shortDate(d)} ${clock(d)} ${d.getUTCFullYear()}`, 1000),
  d: letter(digits, (d) => two(d.getUTCDate())),
  e: letter(number, (d) => String(d.getUTCDate())),
  H: letter(digits, (d) => two(d.getUTCHours())),
  I: letter(digits, (d) => two(hour12(d))),
  j: letter('\\d{3}', (d) => String(dayOfYear(d)).padStart(3, '0')),
  k: letter(number, (d) => String(d.getUTCHours())),
  l: letter(number, (d) => String(hour12(d))),
  m: letter(digits, (d) => two(d.getUTCMonth() + 1)),
  M: letter(digits, (d) => two(d.getUTCMinutes()), 60_000),
  n: letter(number, (d) => String(d.getUTCMonth() + 1)),
  p: letter('[AP]M', (d) => (d.getUTCHours() < 12 ? 'AM' : 'PM')),
  s: letter('\\d+', (_, timeMs) => String(Math.floor(timeMs / 1000)), 1000),
  S: letter(digits, (d) => two(d.getUTCSeconds()), 1000),
  y: letter(digits, (d) => two(d.getUTCFullYear() % 100)),
  Y: letter('\\d{4,}', (d) => String(d.getUTCFullYear()).padStart(4, '0')),
  z: letter('[+-]\\d{4}', (d, timeMs) => offset(Math.round((d.getTime() - timeMs) / 60_000))),
}
