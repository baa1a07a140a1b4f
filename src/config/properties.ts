/**
 * The `.properties` reader: the whole grammar of java.util.Properties, by the library `dot-properties`, with line numbers and with a word about
 * each of the grammar's silent traps (property-traps.ts). Files are UTF-8, as under Flume 1.9 on a normal machine; Flume 1.10 and 1.11 read
 * them as ISO-8859-1 and so garble every raw letter beyond ASCII. The form \uXXXX means the same everywhere.
 */
import { type Pair, parseLines } from 'dot-properties'
import type { ParsedFile, PropertyEntry } from './entry.ts'
import type { FileFinding } from './finding.ts'
import { emptyValue, setTwice, trapsOf } from './property-traps.ts'

/** Java's String.trim: everything up to U+0020 at either end, and nothing else (a no-break space stays). */
export const javaTrim = (text: string): string => {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 32) start++
  while (end > start && text.charCodeAt(end - 1) <= 32) end--
  return text.slice(start, end)
}

/** Counts lines as it is asked for rising offsets. */
const lineCounter = (text: string): ((offset: number) => number) => {
  let line = 1
  let next = text.indexOf('\n')
  return (offset) => {
    while (next !== -1 && next < offset) {
      line++
      next = text.indexOf('\n', next + 1)
    }
    return line
  }
}

const isPair = (node: { readonly type: string }): node is Required<Pair> => node.type === 'PAIR'

/**
 * Reads the text of one file; `file` is what findings call it. It never throws: what Java refuses (a bad \u) is a fault among the findings,
 * and its entry is left out.
 */
export const parseProperties = (text: string, file: string): ParsedFile => {
  // The library takes a lone or a Windows line end inside a continuation for text; each is one line end in Java, so each becomes one here.
  const source = text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n')
  const lineAt = lineCounter(source)
  const entries: PropertyEntry[] = []
  const findings: FileFinding[] = []
  for (const node of parseLines(source, true)) {
    if (!isPair(node)) continue
    const [start, keyEnd, valueStart, valueEnd] = node.range
    const raw = source.slice(valueStart, valueEnd)
    const at = { file, line: lineAt(start) }
    const entry = { key: javaTrim(node.key), value: javaTrim(node.value), ...at, raw }
    const found = trapsOf({ ...entry, rawKey: source.slice(start, keyEnd), valueLine: lineAt(valueStart) })
    findings.push(...found)
    if (found.some((f) => f.level === 'fault')) continue
    if (entry.value === '') findings.push(emptyValue(entry))
    else entries.push(entry)
  }
  return { entries, findings: [...findings, ...setTwice(entries)] }
}
