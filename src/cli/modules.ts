/**
 * Components that a user wrote: where the type is the path of a TypeScript or JavaScript module, it is loaded (relative to the configuration file)
 * and its definition joins the registry under that path. Its default export, or the one export that is a definition, is taken.
 */
import { dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { AgentRegistry } from '../agent/registry.ts'
import { reasonOf } from '../base/faults.ts'
import type { PropertyEntry } from '../config/entry.ts'
import type { FileFinding } from '../config/finding.ts'
import type { ComponentKind } from '../config/known-types.ts'
import type { Definition } from '../config/setting.ts'
import type { AgentTree, ComponentTree } from '../config/tree.ts'
import { isModulePath } from '../config/type-lookup.ts'
import { giveOwnPackage } from './own-package.ts'

interface Wanted {
  readonly kind: ComponentKind
  readonly entry: PropertyEntry
}

const inSource = ({ given }: ComponentTree): Wanted[] =>
  [...given].flatMap(([key, entry]): Wanted[] => {
    if (key === 'selector.type') return [{ kind: 'selector', entry }]
    return /^interceptors\.[^.]+\.type$/.test(key) ? [{ kind: 'interceptor', entry }] : []
  })

const ofKind = (kind: ComponentKind, key: string, components: Iterable<ComponentTree>): Wanted[] =>
  [...components].flatMap(({ given }) => {
    const entry = given.get(key)
    return entry === undefined ? [] : [{ kind, entry }]
  })

const wantedBy = ({ kinds }: AgentTree): Wanted[] => {
  const of = (word: keyof AgentTree['kinds']): ComponentTree[] => [...kinds[word].components.values()]
  return [
    ...ofKind('source', 'type', of('sources')),
    ...ofKind('channel', 'type', of('channels')),
    ...ofKind('sink', 'type', of('sinks')),
    ...ofKind('processor', 'processor.type', of('sinkgroups')),
    ...of('sources').flatMap(inSource),
  ].filter(({ entry }) => isModulePath(entry.value))
}

const isDefinition = (value: unknown): value is Definition =>
  typeof value === 'object' &&
  value !== null &&
  'settings' in value &&
  typeof value.settings === 'object' &&
  'create' in value &&
  typeof value.create === 'function'

const moduleUrl = ({ value, file }: PropertyEntry): string =>
  pathToFileURL(resolve(dirname(file), value.startsWith('file:') ? fileURLToPath(value) : value)).href

/** Throws with what is wrong with the module. */
const definitionIn = async ({ kind, entry }: Wanted): Promise<Definition> => {
  giveOwnPackage()
  const exported = (await import(moduleUrl(entry))) as Readonly<Record<string, unknown>>
  const found = [exported['default'], ...Object.values(exported)].find(isDefinition)
  if (found === undefined) throw new Error(`it exports no ${kind}: an object with type, settings and create`)
  const { type = entry.value, aliases = [], summary = '' } = found as Partial<Definition>
  return { ...found, type, aliases: [...aliases, entry.value], summary }
}

/** `npm init` writes a package.json whose modules are CommonJS: there `import` and `export` are the fault, and Node's words have no cure. */
const cureOf = (thrown: unknown): { readonly hint?: string } =>
  thrown instanceof SyntaxError && /outside a module|token 'export'/.test(thrown.message)
    ? { hint: 'write "type": "module" into the package.json beside it, or let its name end in .mts or .mjs' }
    : {}

export interface WithModules {
  readonly registry: AgentRegistry
  readonly findings: readonly FileFinding[]
}

/** Loads every module that the agent names. Running a module's top level is the only thing that happens. */
export const withModules = async (agent: AgentTree, registry: AgentRegistry): Promise<WithModules> => {
  const lists: Record<string, Definition[]> = {}
  const findings: FileFinding[] = []
  for (const wanted of wantedBy(agent)) {
    const list = (lists[`${wanted.kind}s`] ??= [])
    if (list.some((definition) => definition.aliases.includes(wanted.entry.value))) continue
    try {
      list.push(await definitionIn(wanted))
    } catch (thrown) {
      const { file, line, value } = wanted.entry
      findings.push({
        level: 'fault',
        file,
        line,
        says: `${value} cannot be loaded: ${reasonOf(thrown)}`,
        ...cureOf(thrown),
      })
    }
  }
  const joined = Object.entries(registry).map(([kind, own]: [string, readonly Definition[]]) => [
    kind,
    [...own, ...(lists[kind] ?? [])],
  ])
  return { registry: Object.fromEntries(joined) as AgentRegistry, findings }
}
