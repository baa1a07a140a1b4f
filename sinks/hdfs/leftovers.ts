/**
 * Files that a crash left under their in-use names get their final ones at the next start. Only names that this sink's own path and prefix can
 * make are looked for, and a file that some process still has open is left alone.
 */
import { dirname, join } from 'node:path'
import { reasonOf, systemCode } from '../../src/base/faults.ts'
import type { Context } from '../../src/flow/context.ts'
import type { Template } from '../../src/formats/escapes.ts'
import type { FileNames } from './bucket.ts'

export interface LeftoverOptions {
  /** Of an absolute path. */
  readonly template: Template
  readonly names: FileNames
  /** Those of the paths that a process has open. */
  readonly openElsewhere: (paths: readonly string[]) => ReadonlySet<string>
}

/** Names that are looked at before the search is given up: a path of headers alone may match a whole disk. */
const lookedAtMax = 1_000_000

const quoted = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** A part of a path without anything to fill in. */
const isLiteral = (pattern: string): boolean => !/(?<!\\)[.*+?[\]{}]|\\[dw]/.test(pattern)

const unquoted = (pattern: string): string => pattern.replaceAll(/\\(.)/g, '$1')

class Search {
  readonly #context: Context
  #lookedAt = 0

  constructor(context: Context) {
    this.#context = context
  }

  get isTooMuch(): boolean {
    return this.#lookedAt > lookedAtMax
  }

  /** Paths below `folder` whose parts match the patterns, one for each. */
  find(folder: string, patterns: readonly string[]): string[] {
    const [first, ...rest] = patterns
    if (first === undefined) return [folder]
    if (rest.length > 0 && isLiteral(first)) return this.find(join(folder, unquoted(first)), rest)
    const pattern = new RegExp(`^(?:${first})$`, 's')
    const found = this.#list(folder).filter((name) => pattern.test(name))
    // A header that is missing leaves its part of the path out.
    const without = rest.length > 0 && pattern.test('') ? this.find(folder, rest) : []
    return [...without, ...found.flatMap((name) => this.find(join(folder, name), rest))]
  }

  #list(folder: string): string[] {
    if (this.isTooMuch) return []
    try {
      const names = this.#context.disk.list(folder)
      this.#lookedAt += names.length
      return names
    } catch (thrown) {
      if (systemCode(thrown) === undefined) throw thrown
      return []
    }
  }
}

/** Takes the in-use mark off a name; undefined where there is none. */
const finalName = (name: string, { inUsePrefix, inUseSuffix }: FileNames): string | undefined =>
  name.startsWith(inUsePrefix) && name.endsWith(inUseSuffix) && name.length > inUsePrefix.length + inUseSuffix.length
    ? name.slice(inUsePrefix.length, name.length - inUseSuffix.length)
    : undefined

/** Renames what is found, and says how many. A file without a byte holds no event: it is removed. */
export const finishLeftovers = ({ template, names, openElsewhere }: LeftoverOptions, context: Context): void => {
  if (names.inUsePrefix === '' && names.inUseSuffix === '') return
  const parts = template.pattern.split('/')
  const prefix = parts.pop() ?? ''
  const file = `${quoted(names.inUsePrefix)}${prefix}\\.\\d{12,}${quoted(names.suffix + names.inUseSuffix)}`
  const search = new Search(context)
  const left = search.find('/', [...parts.slice(1), file])
  const open = openElsewhere(left)
  const finished = left.filter((path) => !open.has(path) && finish(path, names, context))
  const { log } = context
  if (finished.length > 0)
    log.info(`Files left in use that have their final names now: ${finished.length}, ${finished[0]} among them.`)
  if (open.size > 0) log.info(`Files in use that are left alone, because a process has them open: ${open.size}.`)
  if (search.isTooMuch) log.warn(`Files left in use were looked for among ${lookedAtMax} names only.`)
}

const finish = (path: string, names: FileNames, { disk, log }: Context): boolean => {
  const name = finalName(path.slice(path.lastIndexOf('/') + 1), names)
  if (name === undefined) return false
  const target = join(dirname(path), name)
  try {
    if (disk.stat(path)?.size === 0) {
      disk.unlink(path)
      return false
    }
    if (disk.stat(target) !== undefined) throw new Error(`${target} is there already`)
    disk.rename(path, target)
    return true
  } catch (thrown) {
    log.warn(`${path} keeps its in-use name: ${reasonOf(thrown)}.`)
    return false
  }
}
