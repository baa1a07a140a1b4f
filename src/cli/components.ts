/** `millrace components [NAME]`: what may stand behind `type =`, and the settings of one of them. */
import { closest } from '../config/did-you-mean.ts'
import { knownTypes } from '../config/known-types.ts'
import { definitionFor } from '../config/type-lookup.ts'
import { type Command, exitCodes } from './command.ts'
import { componentKinds, type ListedComponent, listedComponents } from './component-list.ts'
import { componentsNamed } from './component-search.ts'
import { defaultText, rowsOf } from './settings-table.ts'
import { summaries } from './summaries.ts'
import { answerWord } from './usage.ts'

const usage = `usage: millrace components [NAME]

Lists what may stand behind \`type =\` in an agent file, or the settings of one of them.
NAME is a type, a class name with or without its package, or a part of one: KafkaSink, regex.
`

const padded = (cells: readonly string[], widths: readonly number[]): string =>
  cells
    .map((cell, i) => (i === cells.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
    .join('  ')
    .trimEnd()

const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows.map((row) => `  ${padded(row, widths)}\n`).join('')
}

const overview = (all: readonly ListedComponent[]): string =>
  componentKinds
    .map((kind) => {
      const rows = all.filter((one) => one.kind === kind).map(({ definition }) => [definition.type, definition.summary])
      return rows.length === 0 ? '' : `${kind}s\n${columns(rows)}\n`
    })
    .join('')

const detail = ({ kind, definition, common }: ListedComponent): string => {
  const { type, aliases, summary, settings } = definition
  const also = aliases.length === 0 ? '' : `also: ${aliases.join(', ')}\n`
  const table = (rows: ReturnType<typeof rowsOf>): string =>
    columns(rows.map((row) => [row.name, row.kind, defaultText(row), row.doc]))
  const own = rowsOf(settings)
  return `${kind} ${type}: ${summary}\n${also}\n${own.length === 0 ? 'It has no settings of its own.\n' : table(own)}\nand those of every ${kind}:\n${table(rowsOf(common))}`
}

/** Flume's names that are not there yet are called so, of whichever kind they are. */
const notThereYet = (name: string): string | undefined => {
  const known = knownTypes.find(({ names }) => names.some((one) => one.toLowerCase() === name.toLowerCase()))
  if (known === undefined) return undefined
  return `the ${known.kind} ${name} is not there yet${known.instead === undefined ? '' : ` (${known.instead})`}`
}

const troubleText = (name: string, all: readonly ListedComponent[]): string => {
  const near = closest(
    name,
    all.flatMap(({ definition }) => [definition.type, ...definition.aliases]),
  )
  return `there is no component ${name} (${near === undefined ? '`millrace components` lists them' : `did you mean ${near}?`})`
}

const more = '`millrace components NAME` lists the settings of one.\n'

export const command: Command = {
  name: 'components',
  summary: summaries.components,
  async run([name, ...others]) {
    if (others[0] !== undefined) return answerWord(others[0], usage)
    if (name?.startsWith('-') === true) return answerWord(name, usage)
    const all = await listedComponents()
    if (name === undefined) {
      process.stdout.write(`${overview(all)}${more}`)
      return exitCodes.done
    }
    const found = componentsNamed(all, name)
    const isExact = found.some(({ definition }) => definitionFor([definition], name) !== undefined)
    const missing = isExact ? undefined : notThereYet(name)
    if (missing !== undefined || found.length === 0) {
      process.stderr.write(`${missing ?? troubleText(name, all)}\n`)
      return exitCodes.usage
    }
    // The same word for several kinds is shown for each; words that are only parts of several names are a question.
    const words = new Set(found.map(({ definition }) => definition.type.toLowerCase()))
    process.stdout.write(words.size === 1 ? found.map(detail).join('\n') : `${overview(found)}${more}`)
    return exitCodes.done
  },
}
