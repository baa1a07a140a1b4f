/**
 * `${…}` in values, as Flume 1.10 and 1.11 have it: `${env:NAME}`, `${sys:NAME}` (a -D property), `${date:…}`, another key of the same
 * configuration, defaults after `:-`, one inside another, `$${` for a plain `${`. What cannot be resolved stays as it is written. Keys are never
 * touched. Unlike there, another key is found wherever it stands: Flume finds it only if it came up earlier in the order of a hash table.
 */
import { dateText } from './date-pattern.ts'
import type { PropertyEntry } from './entry.ts'
import type { FileFinding } from './finding.ts'

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The -D properties, and those of the JVM that have a meaning here. */
  readonly properties: ReadonlyMap<string, string>
  readonly nowMs: number
}

export interface Substituted {
  readonly entries: readonly PropertyEntry[]
  readonly findings: readonly FileFinding[]
}

/** The class that makes a bare `${NAME}` mean an environment variable, set by -DpropertiesImplementation. */
const envResolver = 'org.apache.flume.node.EnvVarResolverProperties'

/** How deep placeholders may be nested, how many one value may need in all, and how long it may become. */
const depthMax = 20
const countMax = 10_000
const lengthMax = 1024 * 1024

/** What became of a placeholder: a text, or why there is none. */
type Found =
  | { readonly text: string }
  | { readonly trouble: FileFinding['says']; readonly level: FileFinding['level']; readonly hint: string }

const unresolved = (name: string): Found => ({
  level: 'warning',
  trouble: `\${${name}} stays as it is: nothing is called that`,
  hint: 'set it, give a default with :-, or write $${ for a plain ${',
})

/** The end of the placeholder that starts at `from` (its `$`), inner ones skipped; -1 when it is not closed. */
const closing = (text: string, from: number): number => {
  let depth = 0
  for (let i = from; i < text.length; i++) {
    if (text.startsWith('${', i)) depth++
    else if (text[i] === '}' && --depth === 0) return i
  }
  return -1
}

const isFilterUse = (name: string): boolean => /^\w+\[(['"]?)[-\w]+\1\]$/.test(name)

class Substitution {
  readonly findings: FileFinding[] = []
  readonly #around: Surroundings
  readonly #byKey: ReadonlyMap<string, PropertyEntry>
  /** Placeholders that the current value may still need; negative once it was refused. */
  #left = 0

  constructor(entries: readonly PropertyEntry[], around: Surroundings) {
    this.#around = around
    this.#byKey = new Map(entries.map((entry) => [entry.key, entry]))
  }

  entry(entry: PropertyEntry): PropertyEntry {
    if (!entry.value.includes('${')) return entry
    this.#left = countMax
    return {
      ...entry,
      value: this.#text(entry.value, entry, [entry.key]),
      ...(entry.items === undefined ? {} : { items: entry.items.map((item) => this.#text(item, entry, [entry.key])) }),
    }
  }

  /** `path` is the keys that led here, so that a key that refers to itself is found. */
  #text(text: string, at: PropertyEntry, path: readonly string[]): string {
    let done = ''
    let rest = text
    for (let start = rest.indexOf('${'); start !== -1; start = rest.indexOf('${')) {
      const end = closing(rest, start)
      if (end === -1) break
      if (rest[start - 1] === '$') {
        done += rest.slice(0, start - 1) + rest.slice(start, end + 1)
      } else {
        done += rest.slice(0, start) + this.#placeholder(rest.slice(start + 2, end), at, path)
      }
      rest = rest.slice(end + 1)
      if (done.length > lengthMax) return this.#refuse(at, 'the value becomes longer than 1 MB')
    }
    return done + rest
  }

  /** Once for a value: whatever else is wrong with it follows from that. */
  #refuse(at: PropertyEntry, says: string): string {
    if (this.#left < 0) return ''
    this.#left = -1
    this.findings.push({ level: 'fault', file: at.file, line: at.line, says: `${at.key}: ${says}` })
    return ''
  }

  #placeholder(inner: string, at: PropertyEntry, path: readonly string[]): string {
    if (this.#left < 0) return ''
    if (--this.#left < 0) {
      this.#left = 0
      return this.#refuse(at, `it needs more than ${countMax} placeholders`)
    }
    if (path.length > depthMax) return this.#refuse(at, `placeholders are nested more than ${depthMax} deep`)
    const cut = inner.indexOf(':-')
    const name = this.#text(cut === -1 ? inner : inner.slice(0, cut), at, [...path, inner])
    const found = this.#look(name, at, path)
    if ('text' in found) return found.text
    if (cut !== -1) return this.#text(inner.slice(cut + 2), at, [...path, inner])
    const { level, trouble, hint } = found
    this.findings.push({ level, file: at.file, line: at.line, says: `${at.key}: ${trouble}`, hint })
    return `\${${name}}`
  }

  #look(name: string, at: PropertyEntry, path: readonly string[]): Found {
    const colon = name.indexOf(':')
    const [prefix, key] = colon === -1 ? ['', name] : [name.slice(0, colon), name.slice(colon + 1)]
    const found = this.#byPrefix(prefix, key) ?? this.#otherKey(name, at, path)
    if (found !== undefined) return found
    if (isFilterUse(name))
      return {
        level: 'fault',
        trouble: `\${${name}} asks a config filter, and those are not there yet`,
        hint: 'write ${env:NAME}',
      }
    return unresolved(name)
  }

  #byPrefix(prefix: string, key: string): Found | undefined {
    const { env, properties, nowMs } = this.#around
    const bareIsEnv =
      prefix === '' && properties.get('propertiesImplementation') === envResolver && !this.#byKey.has(key)
    if (prefix === 'env' || bareIsEnv) return asFound(Object.hasOwn(env, key) ? env[key] : undefined)
    if (prefix === 'sys') return asFound(properties.get(key))
    return prefix === 'date' ? asFound(dateText(key, nowMs)) : undefined
  }

  #otherKey(key: string, at: PropertyEntry, path: readonly string[]): Found | undefined {
    const other = this.#byKey.get(key)
    if (other === undefined) return undefined
    if (path.includes(key)) return { text: this.#refuse(at, `\${${key}} leads back to itself`) }
    return { text: this.#text(other.value, at, [...path, key]) }
  }
}

const asFound = (text: string | undefined): Found | undefined => (text === undefined ? undefined : { text })

/** Resolves all values. A value that comes out empty is left as Flume leaves it: dropped, with a word. */
export const substitute = (entries: readonly PropertyEntry[], around: Surroundings): Substituted => {
  const substitution = new Substitution(entries, around)
  const resolved = entries.map((entry) => substitution.entry(entry))
  const empty = resolved.filter((entry) => entry.value.trim() === '')
  const faulty = new Set(substitution.findings.map((f) => `${f.file}:${f.line}`))
  const dropped = empty
    .filter((entry) => !faulty.has(`${entry.file}:${entry.line}`))
    .map(({ key, file, line }) => {
      const says = `${key} is ignored: what it refers to is empty`
      return { level: 'warning', file, line, says, hint: 'an empty value cannot be set' } as const
    })
  return {
    entries: resolved.filter((entry) => !empty.includes(entry)),
    findings: [...substitution.findings, ...dropped],
  }
}

/** Properties that a JVM always has and that files refer to. */
export const jvmProperties = (system: {
  readonly home: string
  readonly folder: string
  readonly user: string
  readonly temporary: string
}): ReadonlyMap<string, string> =>
  new Map([
    ['user.home', system.home],
    ['user.dir', system.folder],
    ['user.name', system.user],
    ['java.io.tmpdir', system.temporary],
    ['file.separator', '/'],
    ['path.separator', ':'],
    ['line.separator', '\n'],
  ])
