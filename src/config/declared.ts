/** The names that a list declares, against the components that have settings. */
import type { FileFinding } from './finding.ts'
import { meantOr, nameList } from './name-list.ts'
import { findingAt } from './settings-check.ts'
import type { AgentTree, ComponentTree, KindWord } from './tree.ts'

export interface Declared {
  /** Every component in the list that has settings, in the order of the list. */
  readonly components: readonly ComponentTree[]
  /** Every name in the list. */
  readonly names: ReadonlySet<string>
  readonly findings: readonly FileFinding[]
}

/** Judges one list, `a1.channels`, against the components of its kind. */
export const declaredIn = (agent: AgentTree, word: KindWord): Declared => {
  const { list, components } = agent.kinds[word]
  const { names, findings } = nameList(list, `${agent.name}.${word}`)
  const one = word.slice(0, -1)
  const idle = [...components.values()].filter((component) => !names.includes(component.name))
  const missing = names
    .filter((name) => !components.has(name))
    .map((name) => {
      const otherwise = `add ${agent.name}.${word}.${name}.type, or take it off the list`
      const hint = name.includes('.')
        ? 'a name cannot hold a dot'
        : meantOr(
            name,
            idle.map((component) => component.name),
            otherwise,
          )
      return findingAt(list ?? agent.at, 'fault', `${one} ${name} is in the list, but nothing configures it`, hint)
    })
  const unused = idle.map(({ name, at }) => {
    const says = `${one} ${name} is configured, but ${agent.name}.${word} does not list it`
    return findingAt(at, 'warning', says, `add it to ${agent.name}.${word}, or remove it`)
  })
  return {
    components: names.flatMap((name) => components.get(name) ?? []),
    names: new Set(names),
    findings: [...findings, ...missing, ...unused],
  }
}
