/**
 * Reads RE2's syntax into steps: literals, `.`, classes, groups, alternatives, repetition, anchors, word boundaries and the flags `i` and `s`. What RE2
 * itself refuses (look-around, back-references) is refused in its words; Unicode classes (`\p{…}`) are too, since topic names are ASCII.
 */
import { type Accepts, anyOf, classEscapes, posixClasses, range, single } from './pattern-classes.ts'

export class BadPattern extends Error {}

/** One step of a pattern. */
export type Step =
  | { readonly kind: 'char'; readonly accepts: (code: number) => boolean }
  /** Goes on at both. */
  | { readonly kind: 'split'; readonly to: number; readonly or: number }
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'assert'; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: 'match' }

const PATTERN_LENGTH_MAX = 10_000
const REPEAT_MAX = 1000
/** Nested repetition multiplies; beyond this RE2 gives up as well. */
const STEPS_MAX = 20_000
const DEPTH_MAX = 200

type Piece = readonly Step[]

/** Steps hold places relative to themselves until the end. */
const offset = (piece: Piece, by: number): Piece =>
  piece.map((step) => {
    if (step.kind === 'jump') return { ...step, to: step.to + by }
    return step.kind === 'split' ? { ...step, to: step.to + by, or: step.or + by } : step
  })

const checkSize = (length: number): void => {
  if (length > STEPS_MAX) throw new BadPattern('pattern too large - compile failed')
}

const chain = (pieces: readonly Piece[]): Piece => {
  const steps: Step[] = []
  for (const piece of pieces) {
    checkSize(steps.length + piece.length)
    steps.push(...offset(piece, steps.length))
  }
  return steps
}

const star = (piece: Piece): Piece => [
  { kind: 'split', to: 1, or: piece.length + 2 },
  ...offset(piece, 1),
  { kind: 'jump', to: 0 },
]
/** One of several. Laid out in one go: pieces put around pieces would be copied over and over. */
const oneOf = (pieces: readonly Piece[]): Piece => {
  const end = pieces.reduce((sum, piece) => sum + piece.length + 2, -2)
  checkSize(end)
  const steps: Step[] = []
  for (const [i, piece] of pieces.entries()) {
    const isLast = i === pieces.length - 1
    if (!isLast) steps.push({ kind: 'split', to: steps.length + 1, or: steps.length + piece.length + 2 })
    steps.push(...offset(piece, steps.length))
    if (!isLast) steps.push({ kind: 'jump', to: end })
  }
  return steps
}

const repeated = (piece: Piece, least: number, most: number): Piece => {
  if (!Number.isFinite(most)) {
    checkSize(piece.length * (least + 1))
    return chain([...Array.from({ length: least }, () => piece), star(piece)])
  }
  const end = least * piece.length + (most - least) * (piece.length + 1)
  checkSize(end)
  const steps: Step[] = []
  for (let i = 0; i < most; i++) {
    if (i >= least) steps.push({ kind: 'split', to: steps.length + 1, or: end })
    steps.push(...offset(piece, steps.length))
  }
  return steps
}

const isWord = classEscapes['w'] ?? (() => false)
const boundary = (text: string, at: number): boolean =>
  (at > 0 && isWord(text.charCodeAt(at - 1))) !== (at < text.length && isWord(text.charCodeAt(at)))
const atBegin: Step = { kind: 'assert', holds: (_, at) => at === 0 }
const atEnd: Step = { kind: 'assert', holds: (text, at) => at === text.length }
const assertions: Readonly<Record<string, Step>> = {
  A: atBegin,
  z: atEnd,
  b: { kind: 'assert', holds: boundary },
  B: { kind: 'assert', holds: (text, at) => !boundary(text, at) },
}

const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }
const char = (accepts: Accepts): Piece => [{ kind: 'char', accepts }]

class Parser {
  readonly #text: string
  #at = 0
  #depth = 0
  #ignoresCase = false
  #dotAcceptsNewline = false

  constructor(text: string) {
    this.#text = text
  }

  whole(): Piece {
    const piece = this.#alternatives()
    if (this.#at < this.#text.length) throw new BadPattern(`unexpected ): ${this.#text}`)
    return [...piece, { kind: 'match' }]
  }

  get #next(): string {
    return this.#text[this.#at] ?? ''
  }

  #eat(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #alternatives(): Piece {
    if (++this.#depth > DEPTH_MAX) throw new BadPattern('expression nests too deeply')
    const pieces = [this.#sequence()]
    while (this.#eat('|')) pieces.push(this.#sequence())
    this.#depth--
    return oneOf(pieces)
  }

  #sequence(): Piece {
    const pieces: Piece[] = []
    while (this.#at < this.#text.length && this.#next !== '|' && this.#next !== ')') pieces.push(this.#repetition())
    return chain(pieces)
  }

  #repetition(): Piece {
    const begin = this.#at
    let piece = this.#atom()
    for (let times = 0; ; times++) {
      const counts = this.#counts()
      if (counts === undefined) return piece
      if (times > 0) throw new BadPattern(`invalid nested repetition operator: ${this.#text.slice(begin, this.#at)}`)
      this.#eat('?')
      piece = repeated(piece, ...counts)
    }
  }

  #counts(): [number, number] | undefined {
    if (this.#eat('*')) return [0, Infinity]
    if (this.#eat('+')) return [1, Infinity]
    if (this.#eat('?')) return [0, 1]
    const match = /^\{(\d+)(,(\d*))?\}/.exec(this.#text.slice(this.#at, this.#at + 16))
    if (match === null) return undefined
    const least = Number(match[1])
    const most = match[2] === undefined ? least : match[3] === '' ? Infinity : Number(match[3])
    const isBad = least > REPEAT_MAX || (Number.isFinite(most) && most > REPEAT_MAX) || most < least
    if (isBad) throw new BadPattern(`invalid repetition size: ${match[0]}`)
    this.#at += match[0].length
    return [least, most]
  }

  #atom(): Piece {
    const letter = this.#next
    if (letter === '*' || letter === '+' || letter === '?') throw new BadPattern(`no argument for repetition operator: ${letter}`) // prettier-ignore
    this.#at++
    if (letter === '(') return this.#group()
    if (letter === '[') return char(this.#class())
    if (letter === '\\') return this.#escape()
    if (letter === '^') return [atBegin]
    if (letter === '$') return [atEnd]
    const takesNewline = this.#dotAcceptsNewline
    if (letter === '.') return char((code) => takesNewline || code !== 10)
    return char(single(letter.charCodeAt(0), this.#ignoresCase))
  }

  #group(): Piece {
    const [ignoresCase, dotAcceptsNewline] = [this.#ignoresCase, this.#dotAcceptsNewline]
    if (this.#eat('?') && !this.#name()) {
      const flags = /^([imsU]*)(-[imsU]+)?([:)])/.exec(this.#text.slice(this.#at, this.#at + 16))
      if (flags === null) throw new BadPattern(`invalid perl operator: (?${this.#next}`)
      this.#at += flags[0].length
      this.#setFlags(flags[1] ?? '', flags[2] ?? '')
      if (flags[3] === ')') return []
    }
    const piece = this.#alternatives()
    if (!this.#eat(')')) throw new BadPattern(`missing closing ): ${this.#text}`)
    this.#ignoresCase = ignoresCase
    this.#dotAcceptsNewline = dotAcceptsNewline
    return piece
  }

  #name(): boolean {
    const name = /^P?<\w+>/.exec(this.#text.slice(this.#at, this.#at + 256))
    this.#at += name?.[0].length ?? 0
    return name !== null
  }

  #setFlags(on: string, off: string): void {
    if (on.includes('i')) this.#ignoresCase = true
    if (on.includes('s')) this.#dotAcceptsNewline = true
    if (off.includes('i')) this.#ignoresCase = false
    if (off.includes('s')) this.#dotAcceptsNewline = false
  }

  #escape(): Piece {
    const letter = this.#next
    const assertion = assertions[letter]
    if (assertion !== undefined) {
      this.#at++
      return [assertion]
    }
    const accepts = classEscapes[letter]
    if (accepts === undefined) return char(single(this.#escapedCode(), this.#ignoresCase))
    this.#at++
    return char(accepts)
  }

  /** The character behind a backslash. */
  #escapedCode(): number {
    const letter = this.#next
    this.#at++
    const control = controls[letter]
    if (control !== undefined) return control
    if (letter === '') throw new BadPattern('trailing \\ at end of regexp')
    const hex = letter === 'x' ? /^(?:([\da-fA-F]{2})|\{([\da-fA-F]{1,6})\})/.exec(this.#text.slice(this.#at, this.#at + 10)) : null // prettier-ignore
    if (hex !== null) {
      this.#at += hex[0].length
      return Number.parseInt(hex[1] ?? hex[2] ?? '', 16)
    }
    if (/[\w\s]/.test(letter)) throw new BadPattern(`invalid escape sequence: \\${letter}`)
    return letter.charCodeAt(0)
  }

  #class(): Accepts {
    const isNegated = this.#eat('^')
    const members: Accepts[] = []
    for (let first = true; first || this.#next !== ']'; first = false) {
      if (this.#at >= this.#text.length) throw new BadPattern(`missing closing ]: ${this.#text}`)
      members.push(this.#classMember())
    }
    this.#at++
    const accepts = anyOf(members)
    return isNegated ? (code) => !accepts(code) : accepts
  }

  #classMember(): Accepts {
    const named = /^\[:(\^?)(\w+):\]/.exec(this.#text.slice(this.#at, this.#at + 16))
    if (named !== null) {
      const accepts = posixClasses[named[2] ?? '']
      if (accepts === undefined) throw new BadPattern(`invalid character class range: ${named[0]}`)
      this.#at += named[0].length
      return named[1] === '^' ? (code) => !accepts(code) : accepts
    }
    const escape = this.#next === '\\' ? classEscapes[this.#text[this.#at + 1] ?? ''] : undefined
    if (escape !== undefined) {
      this.#at += 2
      return escape
    }
    const from = this.#classCode()
    if (this.#next !== '-' || this.#text[this.#at + 1] === ']' || this.#at + 1 >= this.#text.length)
      return single(from, this.#ignoresCase)
    this.#at++
    const to = this.#classCode()
    if (to < from) throw new BadPattern(`invalid character class range: ${String.fromCharCode(from)}-${String.fromCharCode(to)}`) // prettier-ignore
    return range(from, to, this.#ignoresCase)
  }

  #classCode(): number {
    if (this.#eat('\\')) return this.#escapedCode()
    return this.#text.charCodeAt(this.#at++)
  }
}

/** `\Q…\E` is taken apart into its characters, escaped where they would mean something. */
const unquoted = (text: string): string =>
  text.replace(/\\(?:Q(.*?)(?:\\E|$)|.)/gs, (pair, quoted?: string) => quoted?.replace(/[^\w\s]/g, '\\$&') ?? pair)

/** The steps of a pattern, places counted from the first. Throws BadPattern. */
export const parsePattern = (text: string): readonly Step[] => {
  if (text.length > PATTERN_LENGTH_MAX) throw new BadPattern(`pattern longer than ${PATTERN_LENGTH_MAX} characters`)
  return new Parser(unquoted(text)).whole()
}
