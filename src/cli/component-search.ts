/** Finds the component that a person means: by its type, an alias, the class name without its package, or a part of either. */
import { definitionFor } from '../config/type-lookup.ts'
import type { ListedComponent } from './component-list.ts'

/** `kafkasink` of `org.apache.flume.sink.kafka.KafkaSink`, `host` of `host`. */
const simpleName = (name: string): string =>
  name
    .replace(/\$builder$/i, '')
    .replace(/^.*[.$]/, '')
    .toLowerCase()

/** The first rule that anything follows decides; what is there in several kinds comes several times. */
export const componentsNamed = (all: readonly ListedComponent[], word: string): readonly ListedComponent[] => {
  const sought = word.toLowerCase()
  const named = (fits: (name: string) => boolean) =>
    all.filter(({ definition: { type, aliases } }) => [type, ...aliases].some(fits))
  const rules = [
    () => all.filter(({ definition }) => definitionFor([definition], word) !== undefined),
    () => named((name) => simpleName(name) === simpleName(word)),
    () => named((name) => simpleName(name).includes(sought)),
    () => named((name) => name.toLowerCase().includes(sought)),
  ]
  for (const rule of rules) {
    const found = rule()
    if (found.length > 0) return found
  }
  return []
}
