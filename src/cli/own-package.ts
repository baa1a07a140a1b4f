/**
 * A user's module imports `millrace`. Whichever copy is installed beside it, and also where none is, it gets the one that runs: another copy's faults and
 * rejections would be other classes, which no runner knows.
 */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageFile } from './package-folder.ts'

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

/** The sources that `npm run build` makes the exported files of, where it is the sources that run. */
const runningForm = (exported: string): string =>
  extname(import.meta.url) === '.ts' ? exported.replace(/^\.\/dist\/(.*)\.js$/, '$1.ts') : exported

/** What package.json exports, by the words of an import, as the running files' URLs. */
const ownUrls = (): ReadonlyMap<string, string> => {
  const { name, exports } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as Manifest
  const rows = Object.entries(exports).map(([key, to]) => [
    `${name}${key.slice(1)}`,
    pathToFileURL(packageFile(runningForm(typeof to === 'string' ? to : to.default))).href,
  ])
  return new Map(rows as [string, string][])
}

let isGiven = false

/** From now on every import of this package, in whatever module, is the running copy. Safe twice. */
export const giveOwnPackage = (): void => {
  if (isGiven) return
  isGiven = true
  const urls = ownUrls()
  registerHooks({
    resolve(specifier, context, next) {
      const url = urls.get(specifier)
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true }
    },
  })
}
