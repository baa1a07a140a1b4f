/** `millrace components [NAME]`: what may stand behind `type =`, and the settings of one of them. */
import { closest } from '../config/did-you-mean.ts'
import { knownTypes } from '../config/known-types.ts'
import { definitionFor } from '../config/type-lookup.ts'
import { type Command, exitCodes } from './command.ts'
import { componentKinds, type ListedComponent, listedComponents } from './component-list.ts'
import { defaultText, rowsOf } from './settings-table.ts'
import { summaries } from './summaries.ts'

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
const troubleText = (name: string, all: readonly ListedComponent[]): string => {
  const known = knownTypes.find(({ names }) => names.some((one) => one.toLowerCase() === name.toLowerCase()))
  if (known !== undefined)
    return `the ${known.kind} ${name} is not there yet${known.instead === undefined ? '' : ` (${known.instead})`}`
  const near = closest(
    name,
    all.flatMap(({ definition }) => [definition.type, ...definition.aliases]),
  )
  return `there is no component ${name} (${near === undefined ? '`millrace components` lists them' : `did you mean ${near}?`})`
}

export const command: Command = {
  name: 'components',
  summary: summaries.components,
  async run([name]) {
    const all = await listedComponents()
    if (name === undefined) {
      process.stdout.write(`${overview(all)}\`millrace components NAME\` lists the settings of one.\n`)
      return exitCodes.done
    }
    const found = all.filter(({ definition }) => definitionFor([definition], name) !== undefined)
    if (found.length === 0) {
      process.stderr.write(`${troubleText(name, all)}\n`)
      return exitCodes.usage
    }
    process.stdout.write(found.map(detail).join('\n'))
    return exitCodes.done
  },
}
