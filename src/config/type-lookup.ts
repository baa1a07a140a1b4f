/** From the word in `type = …` to a definition, or to what is to be said about a word that has none. */
import { closest } from './did-you-mean.ts'
import { type ComponentKind, knownTypes } from './known-types.ts'
import type { Registry } from './plan.ts'
import type { Definition } from './setting.ts'

export const definitionsOf = (registry: Registry, kind: ComponentKind): readonly Definition[] => registry[`${kind}s`]

const namesOf = ({ type, aliases }: Definition): readonly string[] => [type, ...aliases]

const bare = (name: string): string => name.toLowerCase().replace(/\$builder$/, '')

/** Short names, older ones and class names, in any case; a class with or without `$Builder`. */
export const definitionFor = (definitions: readonly Definition[], name: string): Definition | undefined =>
  definitions.find((definition) => namesOf(definition).some((known) => bare(known) === bare(name)))

/** A path to a TypeScript or JavaScript file, which is taken relative to the configuration's own folder. */
export const isModulePath = (name: string): boolean =>
  /^(?:\.{0,2}\/|file:|[\w@][^\s:]*\/).*\.[cm]?[jt]s$/.test(name) || /^[\w-]+\.[cm]?ts$/.test(name)

const isJavaClass = (name: string): boolean => /^[a-z_]\w*(?:\.\w+)+(?:\$\w+)*$/i.test(name)

/** Of `org.apache.flume.channel.kafka.KafkaChannel` those before `kafka`. */
const flumeSegments = 4

export interface TypeTrouble {
  readonly says: string
  readonly hint: string
}

const kinds: readonly ComponentKind[] = ['source', 'channel', 'sink', 'interceptor', 'selector', 'processor']

/** `a` or `an`. */
const withArticle = (word: string): string => `${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word}`

const ofAnotherKind = (registry: Registry, kind: ComponentKind, name: string): TypeTrouble | undefined => {
  const other = kinds.find((k) => k !== kind && definitionFor(definitionsOf(registry, k), name) !== undefined)
  return (
    other && {
      says: `${name} is ${withArticle(other)} and not ${withArticle(kind)}`,
      hint: 'move it, or correct the type',
    }
  )
}

const notThereYet = (kind: ComponentKind, name: string): TypeTrouble | undefined => {
  const known = knownTypes.find((row) => row.kind === kind && row.names.some((n) => bare(n) === bare(name)))
  if (known === undefined) return undefined
  const says = `the ${kind} ${known.names[0]} is not there yet`
  return { says, hint: known.instead ?? `\`millrace components\` lists the ${kind}s there are` }
}

const near = (registry: Registry, kind: ComponentKind, name: string): string | undefined => {
  const ours = definitionsOf(registry, kind).flatMap(namesOf)
  const theirs = knownTypes.filter((row) => row.kind === kind).flatMap((row) => row.names)
  return closest(name, [...ours, ...theirs])
}

/** What people call a component that Flume knows by its class alone: `kafka`, `KafkaChannel`. */
const partsOf = (name: string): readonly string[] => bare(name).split('.').slice(flumeSegments)
const byPart = (registry: Registry, kind: ComponentKind, name: string): string | undefined =>
  definitionsOf(registry, kind).find((definition) => namesOf(definition).some((n) => partsOf(n).includes(bare(name))))
    ?.type

/** What to say about a type that is not in the registry, which may hold modules that the caller has loaded. */
export const troubleWith = (registry: Registry, kind: ComponentKind, name: string): TypeTrouble => {
  const found = notThereYet(kind, name) ?? ofAnotherKind(registry, kind, name)
  if (found !== undefined) return found
  if (isModulePath(name))
    return { says: `the module ${name} is not loaded`, hint: 'check the path and what the module exports' }
  const meant = byPart(registry, kind, name) ?? near(registry, kind, name)
  if (meant !== undefined) return { says: `unknown ${kind} type ${name}`, hint: `did you mean ${meant}?` }
  if (!isJavaClass(name)) return { says: `unknown ${kind} type ${name}`, hint: `\`millrace components\` lists them` }
  return {
    says: `${name} is a Java class, and no Java runs here`,
    hint: `write it as a TypeScript or JavaScript module that exports ${withArticle(kind)}, and give the path to it as the type`,
  }
}
