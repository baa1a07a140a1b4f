/** Classes of characters, as RE2 names them. */
export type Accepts = (code: number) => boolean

const within =
  (from: number, to: number): Accepts =>
  (code) =>
    code >= from && code <= to

export const anyOf =
  (classes: readonly Accepts[]): Accepts =>
  (code) =>
    classes.some((accepts) => accepts(code))

const otherCase = (code: number): number => {
  const letter = String.fromCharCode(code)
  const lower = letter.toLowerCase()
  return (lower === letter ? letter.toUpperCase() : lower).charCodeAt(0)
}

/** From one character to another, in either case if need be. */
export const range = (from: number, to: number, ignoresCase: boolean): Accepts => {
  const accepts = within(from, to)
  return ignoresCase ? (code) => accepts(code) || accepts(otherCase(code)) : accepts
}

export const single = (code: number, ignoresCase: boolean): Accepts => range(code, code, ignoresCase)

const of =
  (text: string): Accepts =>
  (code) =>
    text.includes(String.fromCharCode(code))
const not =
  (accepts: Accepts): Accepts =>
  (code) =>
    !accepts(code)

const digit = within(0x30, 0x39)
const upper = within(0x41, 0x5a)
const lower = within(0x61, 0x7a)
const alpha = anyOf([upper, lower])
const word = anyOf([alpha, digit, of('_')])
const space = of(' \t\n\f\r')

/** By the letter behind the backslash. */
export const classEscapes: Readonly<Record<string, Accepts>> = {
  d: digit,
  D: not(digit),
  w: word,
  W: not(word),
  s: space,
  S: not(space),
}

/** By the name in `[:name:]`. */
export const posixClasses: Readonly<Record<string, Accepts>> = {
  alnum: anyOf([alpha, digit]),
  alpha,
  ascii: within(0, 0x7f),
  blank: of(' \t'),
  cntrl: anyOf([within(0, 0x1f), within(0x7f, 0x7f)]),
  digit,
  graph: within(0x21, 0x7e),
  lower,
  print: within(0x20, 0x7e),
  punct: anyOf([within(0x21, 0x2f), within(0x3a, 0x40), within(0x5b, 0x60), within(0x7b, 0x7e)]),
  space: anyOf([space, of('\v')]),
  upper,
  word,
  xdigit: anyOf([digit, within(0x41, 0x46), within(0x61, 0x66)]),
}
