/**
 * The same tree written as YAML, one to one: what stands between dots in a properties file is nesting here, and a key may still hold dots
 * (`hdfs.path: /x`). A properties file says `a1.sources = r1` and `a1.sources.r1.type = …`; a map cannot be both, so where a list of names has
 * settings below it (`sources`, `interceptors`, `filegroups`, …) its keys are the list, in their order, unless a dotted key gives another.
 * Values are taken as they are written (010 stays 010). The library is loaded when the first YAML file is read.
 */
import type * as Library from 'yaml'
import type { Document, Node, Pair } from 'yaml'
import type { ParsedFile, PropertyEntry } from './entry.ts'
import type { FileFinding } from './finding.ts'
import { javaTrim } from './properties.ts'
import { emptyValue, setTwice } from './property-traps.ts'

type Yaml = typeof Library

/** Keys whose map is also a list of names, and how deep they stand: 1 is the agent's own level. */
const listsOfTheAgent = ['sources', 'channels', 'sinks', 'sinkgroups']
const listsOfComponents = ['interceptors', 'filegroups', 'serializers']

/** Aliases may repeat a part of the document any number of times; this is where it ends. */
const entriesMax = 100_000
const depthMax = 50

class TooLarge extends Error {}

class Walk {
  readonly findings: FileFinding[] = []
  readonly #entries: PropertyEntry[] = []
  /** Lists that the keys of a map make. */
  readonly #implied = new Set<PropertyEntry>()
  readonly #yaml: Yaml
  readonly #document: Document
  readonly #file: string
  readonly #lineAt: (offset: number) => number

  constructor(yaml: Yaml, document: Document, file: string, lineAt: (offset: number) => number) {
    this.#yaml = yaml
    this.#document = document
    this.#file = file
    this.#lineAt = lineAt
  }

  /** A list that a map's keys make gives way to one that a dotted key states. */
  entries(): PropertyEntry[] {
    const stated = new Set(this.#entries.filter((entry) => !this.#implied.has(entry)).map((entry) => entry.key))
    return this.#entries.filter((entry) => !this.#implied.has(entry) || !stated.has(entry.key))
  }

  map(node: Node, path: readonly string[]): void {
    if (path.length > depthMax) throw new TooLarge()
    if (!this.#yaml.isMap(node)) {
      this.#misfit(node, 'AGENT: with its sources, channels and sinks below is what the file must hold')
      return
    }
    for (const pair of node.items) this.#pair(pair as Pair<Node, Node | null>, path)
  }

  #pair(pair: Pair<Node, Node | null>, path: readonly string[]): void {
    const line = this.#lineOf(pair.key)
    const key = this.#yaml.isScalar(pair.key) ? this.#scalar(pair.key) : undefined
    if (key === undefined) {
      this.#misfit(pair.key, 'a key must be a plain word')
      return
    }
    const parts = [...path, ...key.split('.')]
    const value = this.#resolved(pair.value)
    if (this.#yaml.isMap(value)) {
      this.#names(value.items as Pair<Node, Node | null>[], parts, line)
      this.map(value, parts)
    } else if (this.#yaml.isSeq(value)) this.#list(value.items as Node[], parts, line)
    else this.#add(parts, this.#yaml.isScalar(value) ? this.#scalar(value) : '', line)
  }

  /** The keys of a map that is a list of names too. */
  #names(items: readonly Pair<Node, Node | null>[], parts: readonly string[], line: number): void {
    const last = parts.at(-1) ?? ''
    const isList =
      parts.length === 2 ? listsOfTheAgent.includes(last) : parts.length > 2 && listsOfComponents.includes(last)
    if (!isList) return
    const names = items.map(({ key }) => (this.#yaml.isScalar(key) ? (this.#scalar(key).split('.')[0] ?? '') : ''))
    const unique = [...new Set(names)].filter((name) => name !== '')
    if (unique.length > 0) this.#implied.add(this.#add(parts, unique.join(' '), line, unique))
  }

  #list(nodes: readonly Node[], parts: readonly string[], line: number): void {
    const items: string[] = []
    for (const node of nodes) {
      const value = this.#resolved(node)
      if (this.#yaml.isScalar(value)) items.push(this.#scalar(value))
      else this.#misfit(node, 'a list may hold plain values only')
    }
    this.#add(parts, items.join(' '), line, items)
  }

  #add(parts: readonly string[], raw: string, line: number, items?: readonly string[]): PropertyEntry {
    if (this.#entries.length >= entriesMax) throw new TooLarge()
    const value = javaTrim(raw)
    const entry = {
      key: parts.join('.'),
      value,
      raw,
      file: this.#file,
      line,
      ...(items === undefined ? {} : { items }),
    }
    if (value === '') this.findings.push(emptyValue(entry))
    else this.#entries.push(entry)
    return entry
  }

  #resolved(node: Node | null): Node | null {
    return this.#yaml.isAlias(node) ? ((node.resolve(this.#document) as Node | undefined) ?? null) : node
  }

  #scalar(node: { readonly value: unknown; readonly source?: string }): string {
    return typeof node.value === 'string' ? node.value : (node.source ?? '')
  }

  #lineOf(node: Node): number {
    return this.#lineAt(node.range?.[0] ?? 0)
  }

  #misfit(node: Node, hint: string): void {
    const says = 'this does not fit into a configuration'
    this.findings.push({ level: 'fault', file: this.#file, line: this.#lineOf(node), says, hint })
  }
}

/** Reads the text of one file; what is wrong with it is among the findings. */
export const parseYaml = async (text: string, file: string): Promise<ParsedFile> => {
  const yaml = await import('yaml')
  const counter = new yaml.LineCounter()
  const document = yaml.parseDocument(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    lineCounter: counter,
    prettyErrors: false,
  })
  const lineAt = (offset: number): number => counter.linePos(offset).line
  const faults = document.errors.map((error): FileFinding => ({
    level: 'fault',
    file,
    line: lineAt(error.pos[0]),
    says: `not YAML: ${error.message}`,
  }))
  const walk = new Walk(yaml, document, file, lineAt)
  if (faults.length === 0 && document.contents !== null) {
    try {
      walk.map(document.contents, [])
    } catch (thrown) {
      if (!(thrown instanceof TooLarge)) throw thrown
      faults.push({
        level: 'fault',
        file,
        line: 0,
        says: `it holds more than ${entriesMax} settings, or nests them too deep`,
      })
    }
  }
  const entries = walk.entries()
  return { entries, findings: [...faults, ...walk.findings, ...setTwice(entries)] }
}
