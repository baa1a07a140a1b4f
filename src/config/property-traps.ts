/**
 * The silent traps of the properties grammar, each turned into a finding: a backslash that the grammar drops, a `#` that starts no comment,
 * an escape that Java refuses, a blank that is none, a value that is empty, a key that is set twice. No finding shows a value: it may be a secret.
 */
import type { PropertyEntry } from './entry.ts'
import type { FileFinding } from './finding.ts'

export interface WrittenEntry extends PropertyEntry {
  readonly rawKey: string
  /** The line on which the value starts. */
  readonly valueLine: number
}

/** After these a backslash has a meaning, or is dropped without harm. */
const harmlessAfterBackslash = /[\\tnrf=:#! \t\f\n"'/,;<>@%&~]/

const warning = (at: { file: string; line: number }, says: string, hint: string): FileFinding => ({
  level: 'warning',
  file: at.file,
  line: at.line,
  says,
  hint,
})

interface Escape {
  /** The character after the backslash. */
  readonly char: string
  readonly offset: number
}

const escapesIn = (raw: string): Escape[] =>
  [...raw.matchAll(/\\([\s\S])/g)].map((m) => ({ char: m[1] ?? '', offset: m.index }))

const linesBefore = (text: string, offset: number): number => text.slice(0, offset).split('\n').length - 1

const badUnicode = (text: string, entry: WrittenEntry, line: number): FileFinding[] =>
  escapesIn(text)
    .filter((e) => e.char === 'u' && !/^[0-9a-fA-F]{4}/.test(text.slice(e.offset + 2)))
    .map((e) => ({
      level: 'fault',
      file: entry.file,
      line: line + linesBefore(text, e.offset),
      says: `${entry.key}: \\u needs exactly four hexadecimal digits after it`,
      hint: 'write \\\\u for a backslash and a u',
    }))

const droppedBackslashes = (entry: WrittenEntry): FileFinding[] => {
  const dropped = escapesIn(entry.raw).filter((e) => e.char !== 'u' && !harmlessAfterBackslash.test(e.char))
  const [first] = dropped
  if (first === undefined) return []
  const all = [...new Set(dropped.map((e) => `\\${e.char}`))]
  const line = entry.valueLine + linesBefore(entry.raw, first.offset)
  return [
    warning(
      { file: entry.file, line },
      `${entry.key}: the properties grammar drops the backslash of ${all.join(' ')}`,
      `to keep it write ${all.map((e) => `\\${e}`).join(' ')}`,
    ),
  ]
}

const windowsPath = (entry: WrittenEntry): FileFinding[] =>
  /^[A-Za-z]:\\[tnrf]/.test(entry.raw) || /^[A-Za-z]:\\.*[^\\]\\[tnrf]/.test(entry.raw)
    ? [warning(entry, `${entry.key}: \\t, \\n, \\r and \\f in a path are control characters`, 'write / or \\\\')]
    : []

const inlineComment = (entry: WrittenEntry): FileFinding[] =>
  /[ \t\f]#/.test(entry.raw)
    ? [
        warning(
          entry,
          `${entry.key}: the # and what follows it are part of the value`,
          'a comment needs a line of its own; write \\# to say that you mean it',
        ),
      ]
    : []

const quoted = (entry: WrittenEntry): FileFinding[] =>
  /^(?:"[^"]*"|'[^']*')$/.test(entry.value)
    ? [warning(entry, `${entry.key}: the quotation marks are part of the value`, 'leave them away')]
    : []

const oddBlanks = (entry: WrittenEntry): FileFinding[] =>
  /[\u00A0\u2000-\u200B\u202F\u3000\uFEFF]/.test(entry.key + entry.value)
    ? [warning(entry, `${entry.key}: holds a no-break or zero-width space`, 'it counts as a letter; type a plain one')]
    : []

/** What the grammar does behind the writer's back in one entry. A fault among it means that Java would refuse the file. */
export const trapsOf = (entry: WrittenEntry): FileFinding[] => [
  ...badUnicode(entry.rawKey, entry, entry.line),
  ...badUnicode(entry.raw, entry, entry.valueLine),
  ...droppedBackslashes(entry),
  ...windowsPath(entry),
  ...inlineComment(entry),
  ...quoted(entry),
  ...oddBlanks(entry),
]

export const emptyValue = (entry: PropertyEntry): FileFinding =>
  warning(entry, `${entry.key} has no value and is ignored`, 'an empty value cannot be set; remove the line')

/** A warning at each line whose key a later line of the same file sets again. */
export const setTwice = (entries: readonly PropertyEntry[]): FileFinding[] => {
  const last = new Map(entries.map((entry) => [entry.key, entry]))
  return entries.flatMap((entry) => {
    const winner = last.get(entry.key)
    if (winner === undefined || winner === entry) return []
    const says = `${entry.key} is set again on line ${winner.line}, which wins`
    return [warning(entry, says, 'remove one of the two')]
  })
}
