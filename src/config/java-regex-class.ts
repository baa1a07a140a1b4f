/** Character classes of Java's regular expressions: `[a-z&&[^aeiou]]`, `\d`, `\h`, `\p{Alpha}`, as JavaScript's with the `v` flag. */
import { literal, type RegexReader } from './java-regex-reader.ts'

const horizontal = ' \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000'
const vertical = '\\n\\v\\f\\r\\x85\\u2028\\u2029'
const space = ' \\t\\n\\v\\f\\r'

/** What stands between the brackets for each predefined class; upper case is everything else. */
const classes: Readonly<Record<string, string>> = { d: '0-9', w: '\\w', s: space, h: horizontal, v: vertical }

const posix: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\x00-\\x7F',
  Alpha: 'a-zA-Z',
  Digit: '0-9',
  Alnum: 'a-zA-Z0-9',
  Punct: '\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e',
  Graph: '\\x21-\\x7e',
  Print: '\\x20-\\x7e',
  Blank: ' \\t',
  Cntrl: '\\x00-\\x1f\\x7f',
  XDigit: '0-9a-fA-F',
  Space: space,
  javaLowerCase: '\\p{Lowercase}',
  javaUpperCase: '\\p{Uppercase}',
  javaWhitespace: '\\t-\\r\\x1c-\\x20\\u1680\\u2000-\\u2006\\u2008-\\u200a\\u2028\\u2029\\u205f\\u3000',
}

/** Java's own names of Unicode properties that JavaScript calls otherwise. */
const renamed: Readonly<Record<string, string>> = {
  Letter: 'L',
  Punctuation: 'P',
  Control: 'Cc',
  Digit: 'Nd',
  Titlecase: 'Lt',
}

const isProperty = (name: string): boolean => {
  try {
    return new RegExp(`\\p{${name}}`, 'v').source !== ''
  } catch {
    return false
  }
}

/** The form of `\p{NAME}`: Java writes categories, scripts and properties with or without a prefix, in few cases the same as JavaScript. */
const unicode = (name: string): string | undefined => {
  const [key = '', value] = name.split('=')
  const plain = name.replace(/^Is/, '')
  const forms =
    value === undefined
      ? [renamed[plain] ?? plain, `Script=${plain}`]
      : [`${/^(?:gc|general_category)$/i.test(key) ? 'General_Category' : 'Script'}=${value}`]
  if (value !== undefined && !/^(?:gc|general_category|sc|script)$/i.test(key)) return undefined
  const form = forms.find(isProperty)
  return form === undefined ? undefined : `\\p{${form}}`
}

const property = (from: RegexReader): string => {
  let name = from.any()
  if (name === '{') {
    name = ''
    for (let char = from.any(); char !== '}'; char = from.any()) name += char
  }
  const inside = (Object.hasOwn(posix, name) ? posix[name] : undefined) ?? unicode(name)
  return inside ?? from.fail(`\\p{${name}} has no form here`)
}

/** A predefined class or property, after the backslash; undefined when an ordinary escape stands there. */
export const predefined = (from: RegexReader): string | undefined => {
  const char = from.next
  if (char === 'p' || char === 'P') {
    from.any()
    return `[${char === 'P' ? '^' : ''}${property(from)}]`
  }
  const inside = Object.hasOwn(classes, char.toLowerCase()) ? classes[char.toLowerCase()] : undefined
  if (inside === undefined) return undefined
  from.any()
  return `[${char === char.toLowerCase() ? '' : '^'}${inside}]`
}

/** One character of a class, or undefined when the escape before was a class of its own, which is then in `into`. */
const member = (from: RegexReader, into: string[]): string | undefined => {
  const char = from.any()
  if (char !== '\\') return char
  const inner = predefined(from)
  if (inner === undefined) return from.escapedChar()
  into.push(inner)
  return undefined
}

const range = (from: RegexReader, first: string): string => {
  if (from.next !== '-' || from.after === ']' || from.after === '[') return literal(first)
  from.any()
  const nothing: string[] = []
  const last = member(from, nothing)
  if (last === undefined || (last.codePointAt(0) ?? 0) < (first.codePointAt(0) ?? 0))
    return from.fail(`the range from ${first} goes backwards or nowhere`)
  return `${literal(first)}-${literal(last)}`
}

/** A class after its `[`, nested ones, intersections and all, up to and with its `]`. */
export const classText = (from: RegexReader): string => {
  const negated = from.take('^')
  const operands: string[] = []
  let members: string[] = []
  let first = true
  const closeOperand = (): void => {
    if (members.length > 0) operands.push(`[${members.join('')}]`)
    members = []
  }
  while (first || from.next !== ']') {
    if (from.ended) from.fail('a class is not closed')
    if (from.take('&&')) closeOperand()
    else if (from.next === '[') members.push(from.skipped('') + classText(from))
    else {
      const char = member(from, members)
      if (char !== undefined) members.push(range(from, char))
    }
    first = false
  }
  from.any()
  closeOperand()
  const [only = '[]'] = operands
  if (operands.length === 1) return negated ? `[^${only.slice(1)}` : only
  return `[${negated ? '^' : ''}${operands.join('&&')}]`
}
